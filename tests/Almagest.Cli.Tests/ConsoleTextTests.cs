using Almagest.Cli.Shell;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class ConsoleTextTests
{
    [Theory]
    [InlineData(-0.0005, "+0.00;-0.00", "+0.00")]
    [InlineData(-0.0005, "0.00", "0.00")]
    [InlineData(-0.006, "+0.00;-0.00", "-0.01")]
    [InlineData(0.0, "+0.0;-0.0", "+0.0")]
    [InlineData(-12.5, "0.0", "-12.5")]
    public void What_is_rounded_to_nothing_has_one_sign_or_none(double value, string format, string expected) =>
        Assert.Equal(expected, ConsoleText.Number(value, format));

    [Theory]
    [InlineData(359.9996, "0.00", "0.00")]
    [InlineData(359.99, "0.00", "359.99")]
    [InlineData(0.0, "0.000", "0.000")]
    public void No_right_ascension_is_written_as_360(double value, string format, string expected) =>
        Assert.Equal(expected, ConsoleText.RightAscension(value, format));

    [Theory]
    [InlineData(0.0, "0 %")]
    [InlineData(1 / 3000.0, "<0.1 %")]
    [InlineData(0.0006, "0.1 %")]
    [InlineData(0.315, "31.5 %")]
    [InlineData(2999 / 3000.0, ">99.9 %")]
    [InlineData(1.0, "100 %")]
    public void Only_none_is_0_percent_and_only_all_are_100(double share, string expected) =>
        Assert.Equal(expected, ConsoleText.SharePercent(share));
}
