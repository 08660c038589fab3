using Xunit;

namespace Almagest.Discovery.Tests;

public sealed class NearestNameTests
{
    private static readonly string[] s_names =
    [
        "--dataset",
        "--database",
        "--filter",
        "--features",
        "magnitude",
        "parallax_mas",
        "parallax_error_mas",
    ];

    [Theory]
    [InlineData("--datset", "--dataset")]
    [InlineData("--databsae", "--database")]
    [InlineData("--FILTER", "--filter")]
    [InlineData("--feat", "--features")]
    [InlineData("magnitud", "magnitude")]
    [InlineData("parallax-mas", "parallax_mas")]
    [InlineData("paralax_eror_mas", "parallax_error_mas")]
    public void A_mistyped_or_unfinished_name_finds_the_one_that_is_meant(string typed, string meant) =>
        Assert.Equal(meant, NearestName.Of(typed, s_names));

    [Theory]
    [InlineData("xyzzy")]
    [InlineData("--f")]
    [InlineData("parallax")]
    [InlineData("")]
    public void What_is_far_from_all_names_or_the_beginning_of_several_finds_none(string typed) =>
        Assert.Null(NearestName.Of(typed, s_names));
}
