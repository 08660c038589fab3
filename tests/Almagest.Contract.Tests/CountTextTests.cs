using Almagest.Contract.Runs;
using Xunit;

namespace Almagest.Contract.Tests;

public sealed class CountTextTests
{
    [Fact]
    public void One_is_one_and_all_other_numbers_are_many()
    {
        Assert.Equal("1 star", CountText.Of(1, "star", "stars"));
        Assert.Equal(["0 stars", "1,184 stars"], new long[] { 0, 1184 }.Select(n => CountText.Of(n, "star", "stars")));
        Assert.Equal(
            "1 of 2,000 stars was not analysed: no parallax (1).",
            AnalysedText.NotAnalysed(1999, [new ExcludedCount("no parallax", 1)])
        );
    }
}
