using System.Globalization;
using System.Xml.Linq;
using Almagest.Charts.Drawing;
using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Charts.Tests;

/// <summary>The sky around a star.</summary>
public sealed class FinderChartTests
{
    // One star in the middle of three: north, east, and one without motion and magnitude to the south-west.
    private static readonly StarColumns s_field = new()
    {
        StarId = [1, 2, 3, 4],
        RaDeg = [10, 10, 10 + 0.05 / Math.Cos(60 * Math.PI / 180), 9.9],
        DecDeg = [60, 60.05, 60, 59.95],
        ParallaxMas = [1, 1, 1, double.NaN],
        PmraMasYr = [0, 100, 0, double.NaN],
        PmdecMasYr = [100, 0, 0, double.NaN],
        Magnitude = [10, 8, 12, double.NaN],
        Color = [1, 1, 1, double.NaN],
    };

    [Fact]
    public void North_is_up_east_is_left_and_arrows_show_where_stars_move()
    {
        var (svg, arrows) = FinderChart.Draw(s_field, 1, 10, 60, 0.1, 2016);
        Assert.Contains(">ICRS, epoch J2016.0; N up, E left<", svg, StringComparison.Ordinal);
        var view = XDocument.Parse(svg).Descendants().Single(e => e.Attribute("data-window") is not null);
        double N(XElement e, string name) => double.Parse(e.Attribute(name)!.Value, CultureInfo.InvariantCulture);
        var stars = view.Elements().Where(e => e.Name.LocalName == "circle").ToDictionary(e => (string)e.Attribute("data-star")!);
        Assert.Equal("flag", (string?)stars["1"].Attribute("class"));
        Assert.True(N(stars["2"], "cy") < N(stars["1"], "cy"));
        Assert.Equal(N(stars["1"], "cx"), N(stars["2"], "cx"), 0.1);
        Assert.True(N(stars["3"], "cx") < N(stars["1"], "cx"));
        Assert.True(N(stars["4"], "cx") > N(stars["1"], "cx") && N(stars["4"], "cy") > N(stars["1"], "cy"));
        // Brighter is larger.
        Assert.True(N(stars["2"], "r") > N(stars["1"], "r") && N(stars["1"], "r") > N(stars["3"], "r"));
        // The first moves north, the second east; both are 100 mas/yr: 0.3 of 0.1 degrees in at most 1,080 years.
        Assert.Equal("Arrows: proper motion in 1,000 years.", arrows);
        var shafts = view.Elements().Where(e => (string?)e.Attribute("class") == "err").Select(Ends).ToList();
        Assert.Equal(2, shafts.Count);
        Assert.True(shafts[0].Y2 < shafts[0].Y1 && Math.Abs(shafts[0].X2 - shafts[0].X1) < 0.1);
        Assert.True(shafts[1].X2 < shafts[1].X1 && Math.Abs(shafts[1].Y2 - shafts[1].Y1) < 0.1);
    }

    // M x y L x y, the shaft of an arrow.
    private static (double X1, double Y1, double X2, double Y2) Ends(XElement arrow)
    {
        var numbers = ((string)arrow.Attribute("d")!)
            .Split('M', StringSplitOptions.RemoveEmptyEntries)[0]
            .Split(' ', 'L')
            .Select(n => double.Parse(n, CultureInfo.InvariantCulture))
            .ToArray();
        return (numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    [Fact]
    public void No_arrow_leaves_the_field_and_those_that_would_are_told()
    {
        // The star in the middle moves a hundred times as fast as the other three: its arrow stays within.
        var fast = new StarColumns
        {
            StarId = s_field.StarId,
            RaDeg = s_field.RaDeg,
            DecDeg = s_field.DecDeg,
            ParallaxMas = s_field.ParallaxMas,
            Magnitude = s_field.Magnitude,
            Color = s_field.Color,
            PmraMasYr = [10_000, 0, 300, 0],
            PmdecMasYr = [0, 300, 0, 0],
        };
        foreach (var star in new long[] { 1, 2 })
        {
            var (svg, arrows) = FinderChart.Draw(fast, star, 10, star == 1 ? 60 : 60.05, 0.1);
            var view = XDocument.Parse(svg).Descendants().Single(e => e.Attribute("data-window") is not null);
            var box = ((string)view.Attribute("viewBox")!).Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
            void Inside(double x, double y)
            {
                Assert.InRange(x, box[0] - 0.01, box[0] + box[2] + 0.01);
                Assert.InRange(y, box[1] - 0.01, box[1] + box[3] + 0.01);
            }
            foreach (var line in view.Elements().Where(e => (string?)e.Attribute("class") == "err"))
            {
                if (line.Name.LocalName == "path")
                    Inside(Ends(line).X2, Ends(line).Y2);
                else
                    Inside(
                        double.Parse(line.Attribute("x2")!.Value, CultureInfo.InvariantCulture),
                        double.Parse(line.Attribute("y2")!.Value, CultureInfo.InvariantCulture)
                    );
            }
            Assert.Equal(star == 2, arrows!.Contains("without a head", StringComparison.Ordinal));
            Assert.Contains("epoch not known", svg, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Neighbours_are_told_by_separation_and_position_angle()
    {
        var near = FinderChart.Neighbours(s_field, 1, 10, 60);
        Assert.Equal([2L, 3, 4], near.Select(n => n.StarId).Order());
        var (north, east) = (near.Single(n => n.StarId == 2), near.Single(n => n.StarId == 3));
        Assert.Equal(180, north.SeparationArcsec, 1e-6);
        Assert.Equal(0, Math.Sin(north.AngleDeg * Math.PI / 180), 1e-6);
        Assert.Equal(180, east.SeparationArcsec, 0.1);
        Assert.Equal(90, east.AngleDeg, 0.1);
        Assert.InRange(near.Single(n => n.StarId == 4).AngleDeg, 180, 270);
    }
}
