using Almagest.Dashboard.Pages;
using Xunit;

namespace Almagest.Dashboard.Tests.Pages;

/// <summary>How the page of comparisons writes chances and parameters.</summary>
public sealed class ComparedTextTests
{
    [Theory]
    [InlineData(0, "1")]
    [InlineData(-2, "0.01")]
    [InlineData(-12.3, "1e-12")]
    [InlineData(-99, "1e-99")]
    [InlineData(-693, "< 1e-99")]
    public void A_chance_that_nobody_can_mean_is_said_to_be_below_what_one_can(double log10, string text) =>
        Assert.Equal(text, Compare.Significance(log10));

    [Theory]
    [InlineData("false", "false")]
    [InlineData("true", "true")]
    [InlineData("\"eom\"", "eom")]
    [InlineData("0.05", "0.05")]
    [InlineData(null, "–")]
    public void Parameters_are_written_as_they_are_given(string? json, string text) => Assert.Equal(text, Compare.Plain(json));
}
