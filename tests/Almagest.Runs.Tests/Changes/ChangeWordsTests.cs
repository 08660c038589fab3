using Almagest.Runs.Changes;
using Almagest.Runs.Explanation;
using Xunit;

namespace Almagest.Runs.Tests.Changes;

/// <summary>Numbers in sentences have the digits that their errors bear out.</summary>
public sealed class ChangeWordsTests
{
    [Theory]
    [InlineData("parallax_mas", 0.1623, 0.02504, 0.4021, 0.3, "0.162 ± 0.025", "0.40 ± 0.30 mas")]
    [InlineData("radial_velocity_km_s", 1843.2, 123.4, -12.04, 1.26, "1840 ± 120", "-12.0 ± 1.3 km/s")]
    [InlineData("color", -0.08281, null, 1.70049, null, "-0.083", "1.700 mag")]
    [InlineData("parallax_mas", 12.3456, 0.0, 12.5, null, "12.35", "12.5 mas")]
    public void A_value_that_moved(string quantity, double one, double? error1, double two, double? error2, string from, string to) =>
        Assert.Contains(
            $" went from {from} to {to}, by +4.0 σ",
            ChangeWords.Moved(new ChangedValue(quantity, one, two, error1, error2, 4)),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(131.8, 0.1, "shrank from 130 to 0.10 mas")]
    [InlineData(0.02504, 0.02511, "grew from 0.02504 to 0.02511 mas")]
    public void An_error_that_changed(double one, double two, string words) =>
        Assert.Equal($"The error of its parallax {words}", ChangeWords.Error(new ChangedValue("parallax_mas", 1, 1, one, two, null)));

    [Theory]
    [InlineData(-0.08281, "mag", "-0.08")]
    [InlineData(-0.001, "mag", "0.00")]
    [InlineData(14.3147, "mag", "14.31")]
    [InlineData(75.834, "km/s", "75.83")]
    [InlineData(1234.56, "mas/yr", "1235")]
    public void A_value_of_an_explanation(double value, string unit, string text) => Assert.Equal(text, RunExplanation.Number(value, unit));
}
