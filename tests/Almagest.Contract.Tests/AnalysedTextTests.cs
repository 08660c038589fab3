using Almagest.Contract.Runs;
using Xunit;

namespace Almagest.Contract.Tests;

public sealed class AnalysedTextTests
{
    private static readonly ExcludedCount[] s_left = [new("no parallax", 500), new("no color", 61)];

    [Fact]
    public void Stars_that_were_not_analysed_are_no_part_of_all_stars()
    {
        Assert.Equal("19,439 analysed of 20,000 of noise", AnalysedText.Selected(19_439, s_left, "noise", "all stars"));
        Assert.Equal("20,000 of noise (all)", AnalysedText.Selected(20_000, [], "noise", "all stars"));
        Assert.Equal("19,439 of 20,000 stars analysed", AnalysedText.Share(19_439, s_left));
        Assert.Equal("20,000 stars analysed", AnalysedText.Share(20_000, []));
        Assert.Equal("1 star analysed", AnalysedText.Share(1, null));
    }

    [Fact]
    public void What_conditions_select_is_told_from_what_was_analysed_and_is_not_called_the_dataset()
    {
        Assert.Equal(
            "1,184 analysed of 1,745 selected of noise: magnitude ≤ 12",
            AnalysedText.Selected(1184, s_left, "noise", "magnitude ≤ 12")
        );
        Assert.Equal("1,200 selected of noise, all analysed: magnitude ≤ 12", AnalysedText.Selected(1200, [], "noise", "magnitude ≤ 12"));
    }

    [Fact]
    public void Where_nobody_counted_the_stars_left_out_nothing_is_said_of_them()
    {
        Assert.Equal("noise: all stars", AnalysedText.Selected(0, null, "noise", "all stars"));
        Assert.Equal("1,200 of noise analysed; selected: all stars", AnalysedText.Selected(1200, null, "noise", "all stars"));
        Assert.Equal("1,200 stars analysed", AnalysedText.Share(1200, null));
    }
}
