using Almagest.Contract.Runs;
using Almagest.Discovery.Statistics;
using Xunit;

namespace Almagest.Contract.Tests;

/// <summary>Shares as people read them.</summary>
public sealed class RunScoreTextTests
{
    [Theory]
    [InlineData(181, 200, "0.905 (0.86–0.94)")]
    [InlineData(5111, 5115, "0.999 (0.998–1.000)")]
    [InlineData(4, 5115, "0.001 (0.000–0.002)")]
    [InlineData(205, 205, "1.000 (0.98–1.00)")]
    [InlineData(3, 7, "3 of 7")]
    [InlineData(0, 0, "")]
    public void An_interval_as_it_is_written_holds_the_share(long successes, long trials, string expected) =>
        Assert.Equal(expected, RunScoreResource.Text(WilsonInterval.Of(successes, trials)));
}
