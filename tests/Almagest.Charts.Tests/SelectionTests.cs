using System.Buffers.Binary;
using System.Xml.Linq;
using Almagest.Charts.Drawing;
using Almagest.Charts.Pictures;
using Almagest.Charts.Selecting;
using Almagest.Contract.Errors;
using Xunit;

namespace Almagest.Charts.Tests;

/// <summary>Stars that are pointed out in charts.</summary>
public sealed class SelectionTests
{
    [Theory]
    [InlineData("rect:cmd:-0.5,3,15,2")]
    [InlineData("lasso:sky:0,0,1,0,0.5,1")]
    [InlineData("stars:1,2,3")]
    [InlineData("below:-0.0123")]
    [InlineData("cluster:-1;cluster:4")]
    [InlineData("box:359.5,0.25,-10,10.125")]
    [InlineData("label:my%20set%3B1;rect:motions:1,2,3,4")]
    [InlineData("")]
    public void A_selection_is_read_again_as_it_is_written(string text) => Assert.Equal(text, StarSelection.Parse(text).ToString());

    [Theory]
    [InlineData("rect:cmd:1,2,3")]
    [InlineData("rect:cmd:1,2,3,NaN")]
    [InlineData("lasso:cmd:1,2,3,4")]
    [InlineData("lasso:cmd:1,2,3,4,5,6,7")]
    [InlineData("box:1,2,3")]
    [InlineData("box:-1,2,3,4")]
    [InlineData("box:1,361,3,4")]
    [InlineData("box:1,2,4,3")]
    [InlineData("box:1,2,3,91")]
    [InlineData("stars:")]
    [InlineData("stars:-5")]
    [InlineData("below:x")]
    [InlineData("cluster:-2")]
    [InlineData("moon:1")]
    public void What_is_no_selection_is_refused_by_the_parameter(string text) =>
        Assert.Equal("select", Assert.Throws<LedgerException>(() => StarSelection.Parse(text)).Field);

    [Fact]
    public void A_star_that_is_chosen_again_is_let_go()
    {
        var one = StarSelection.Of(new StarsPart([7]));
        Assert.Equal("stars:7,9", one.With(new StarsPart([9])).ToString());
        Assert.Equal("stars:9", one.With(new StarsPart([9])).With(new StarsPart([7])).ToString());
        Assert.True(one.With(new StarsPart([7])).IsNone);
        Assert.Equal("cluster:1;stars:7", StarSelection.Of(new ClusterPart(1)).With(new StarsPart([7])).ToString());
    }

    [Fact]
    public void A_box_on_the_sky_holds_its_edges_and_may_lie_across_right_ascension_0()
    {
        var plain = new BoxPart(10, 20, -5, 5);
        Assert.True(plain.Holds(10, 5));
        Assert.False(plain.Holds(9.999, 0));
        Assert.False(plain.Holds(15, 5.001));
        var across = new BoxPart(350, 10, -5, 5);
        Assert.True(across.Holds(355, 0));
        Assert.True(across.Holds(0, 0));
        Assert.True(across.Holds(10, 0));
        Assert.False(across.Holds(180, 0));
        Assert.Equal("RA 350° to 10°, Dec -5° to 5°", across.Describe());
    }

    [Fact]
    public void A_lasso_holds_what_it_goes_around_also_where_it_is_not_convex()
    {
        // A U: its opening is outside.
        var lasso = new LassoPart("cmd", [0, 0, 3, 0, 3, 3, 2, 3, 2, 1, 1, 1, 1, 3, 0, 3]);
        Assert.True(lasso.Holds(0.5, 2));
        Assert.True(lasso.Holds(2.5, 2));
        Assert.True(lasso.Holds(1.5, 0.5));
        Assert.False(lasso.Holds(1.5, 2));
        Assert.False(lasso.Holds(4, 1));
        Assert.False(lasso.Holds(double.NaN, 1));
    }

    [Fact]
    public void Selected_stars_are_shown_though_most_are_drawn_as_a_density()
    {
        const int N = 9000;
        var random = new Random(3);
        float[] Values() => [.. Enumerable.Range(0, N).Select(_ => random.NextSingle())];
        var ids = Enumerable.Range(1, N).Select(i => (long)i).ToArray();
        var cloud = new PointCloud(Values(), Values(), new ChartWindow(0, 1, 0, 1));
        XElement Draw(bool[] chosen) =>
            XDocument
                .Parse(
                    ScatterPlot
                        .Draw(cloud, new StarLayer(ids, StarMarks.Of(ids, false, [(0, [5, 6])])) { Chosen = chosen }, "x", "y", "")
                        .Svg
                )
                .Root!;
        static IEnumerable<string> Stars(XElement svg) =>
            svg.Descendants()
                .Where(e =>
                    ((string?)e.Attribute("class"))?.Split(' ').Contains("selected") == true && e.Attribute("data-star") is not null
                )
                .Select(e => (string)e.Attribute("data-star")!);

        // One by one, as long as they are few: unmarked and marked ones.
        var few = Draw([.. ids.Select(i => i is 5 or 100 or 200)]);
        Assert.Equal(["100", "200", "5"], Stars(few).Order());
        Assert.Single(few.Descendants(), e => e.Name.LocalName == "image");
        // Of many, the cells that hold one: a second picture over the density.
        var many = Draw([.. ids.Select(_ => true)]);
        Assert.Equal(["5", "6"], Stars(many).Order());
        Assert.Equal(2, many.Descendants().Count(e => e.Name.LocalName == "image"));
    }

    [Fact]
    public void Cells_say_from_which_share_on_a_threshold_flags_a_star_there()
    {
        // Four stars in two cells; the last was not analysed.
        var cloud = new PointCloud([0.2f, 0.3f, 0.8f, 0.9f], [0.5f, 0.5f, 0.5f, 0.5f], new ChartWindow(0, 1, 0, 1));
        var shades = ThresholdShades.Of("cmd", cloud, cloud.Whole, [70, 10, 40, -1], 100, (2, 1));
        var cells = Convert.FromBase64String(shades.Cells);
        var shares = Enumerable.Range(0, 2).Select(i => (int)BinaryPrimitives.ReadUInt16LittleEndian(cells.AsSpan(2 * i))).ToArray();
        // Place 10 of 100: flagged where more than a tenth is. Place 70 never is, since one half is the most.
        Assert.Equal([ThresholdShades.ShareOf(10, 100), ThresholdShades.ShareOf(40, 100)], shares);
        Assert.Equal(65_535, ThresholdShades.ShareOf(70, 100));
        foreach (var share in new[] { 0.05, 0.101, 0.39, 0.41, 0.5 })
            Assert.Equal(shares.Select(s => s < Math.Round(share * 2 * 65534)), [share > 0.1, share > 0.4]);
    }
}
