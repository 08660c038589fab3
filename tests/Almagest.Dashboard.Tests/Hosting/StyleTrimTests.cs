using Almagest.Dashboard.Hosting;
using Xunit;

namespace Almagest.Dashboard.Tests.Hosting;

/// <summary>Of the frame's style sheet browsers get what pages can meet.</summary>
public sealed class StyleTrimTests
{
    [Theory]
    [InlineData("a{b:c}", "a{b:c}")]
    [InlineData(".mud-alert{b:c}.mud-chart{b:c}", ".mud-alert{b:c}")]
    [InlineData(".mud-alert-icon,.mud-chart{b:c}", ".mud-alert-icon{b:c}")]
    [InlineData(".mud-alert .mud-chart{b:c}", "")]
    [InlineData(".pa-4{b:c}", "")]
    [InlineData("@media(x){.mud-alert{b:c}.y{d:e}}", "@media(x){.mud-alert{b:c}}")]
    [InlineData("@media(x){.y{d:e}}", "")]
    [InlineData("@keyframes k{from{a:b}to{c:d}}.mud-alert{animation:k 1s}", "@keyframes k{from{a:b}to{c:d}}.mud-alert{animation:k 1s}")]
    [InlineData("@keyframes k{from{a:b}}.y{animation:k}", "")]
    [InlineData("/*! x */:root{--a:1}", ":root{--a:1}")]
    [InlineData("a:is(.mud-alert,.y){b:c}", "")]
    [InlineData("@charset \"utf-8\";a{b:c}", "@charset \"utf-8\";a{b:c}")]
    public void Rules_stay_whose_classes_pages_have(string css, string kept) => Assert.Equal(kept, StyleTrim.Trim(css, ["mud-alert"]));
}
