using Almagest.Contract.Runs;
using Xunit;

namespace Almagest.Contract.Tests;

public sealed class PercentTextTests
{
    [Theory]
    [InlineData(0, "0.##", "0 %")]
    [InlineData(0.004, "0.##", "<0.01 %")]
    [InlineData(0.006, "0.##", "0.01 %")]
    [InlineData(12.5, "0.0#", "12.5 %")]
    [InlineData(99.94, "0.#", "99.9 %")]
    [InlineData(99.96, "0.#", ">99.9 %")]
    [InlineData(100, "0.0#", "100.0 %")]
    public void Only_none_is_0_and_only_all_are_100(double percentage, string format, string expected) =>
        Assert.Equal(expected, PercentText.Of(percentage, format));
}
