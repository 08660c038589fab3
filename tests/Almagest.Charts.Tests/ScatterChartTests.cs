using Almagest.Charts.Drawing;
using Almagest.Charts.Pictures;
using Xunit;

namespace Almagest.Charts.Tests;

public sealed class ScatterChartTests
{
    [Theory]
    [InlineData(1, 1, 1, "1 star in sight. The only one of the flagged stars in sight is drawn. An arrow at the edge points at one of the")]
    [InlineData(9, 2, 2, "9 stars in sight. All 2 flagged stars in sight are drawn. An arrow at the edge points at one of the")]
    [InlineData(9, 3, 1, "9 stars in sight. 1 of 3 flagged stars is drawn. An arrow at the edge points at one of the")]
    [InlineData(9, 0, 0, "9 stars in sight. An arrow at the edge points at one of the")]
    public void A_caption_counts_one_star_as_one(int inSight, int marks, int drawn, string expected)
    {
        var found = new StarLayer.Drawn(inSight, true, marks, drawn) { Beyond = 1 };
        var chart = new ScatterChart(_ => ("<svg/>", found), "flagged stars", new ChartFacts(inSight, inSight, "a colour", _ => "1°"));

        Assert.StartsWith(expected, chart.Show(null).Caption, StringComparison.Ordinal);
    }
}
