using Almagest.Contract.Errors;
using Almagest.Ledger.Datasets;
using Xunit;

namespace Almagest.Ledger.Tests.Datasets;

/// <summary>What a dataset may be called.</summary>
public sealed class DatasetNameTests
{
    [Theory]
    [InlineData("gaia-100pc")]
    [InlineData("M 45 (DR3)")]
    [InlineData("Плеяды")]
    [InlineData("昴")]
    [InlineData("a.b")]
    [InlineData("<script>")]
    [InlineData("𝛼 Cen")]
    public void Words_of_any_script_are_names(string name) => Assert.Equal(name, DatasetName.Require(name));

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("../../etc/passwd", "two dots")]
    [InlineData("a/b", "'/'")]
    [InlineData("a\\b", "'\\'")]
    [InlineData("a\u0000b", "U+0000")]
    [InlineData("a\nb", "U+000A")]
    [InlineData("abc\u202Evsc", "U+202E")]
    [InlineData("a\u2066b", "U+2066")]
    [InlineData("a\u200Bb", "U+200B")]
    [InlineData("a\u2028b", "U+2028")]
    [InlineData(" a", "blank")]
    [InlineData("a ", "blank")]
    [InlineData("12", "mere number")]
    public void What_is_a_path_or_cannot_be_seen_is_not_a_name(string name, string why)
    {
        var refusal = Assert.Throws<LedgerException>(() => DatasetName.Require(name));
        Assert.Equal("dataset", refusal.Field);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        // What is refused for being invisible is not shown either.
        Assert.DoesNotContain(refusal.Message, c => char.IsControl(c) || c is '\u202E' or '\u2066' or '\u200B' or '\u2028');
    }

    [Fact]
    public void Half_a_character_and_too_many_are_not_a_name()
    {
        Assert.Contains("U+FFFD", Assert.Throws<LedgerException>(() => DatasetName.Require("a\ud800")).Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 100), DatasetName.Require(new string('x', 100)));
        Assert.Contains(
            "more than 100 characters",
            Assert.Throws<LedgerException>(() => DatasetName.Require(new string('x', 101))).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("/data/gaia-100pc.csv.gz", "gaia-100pc")]
    [InlineData("/data/hats/gaia/", "gaia")]
    [InlineData("/data/.hidden.csv", ".hidden")]
    [InlineData("/data/123.csv", "catalogue 123")]
    [InlineData("/data/a\u202Eb.csv", "a_b")]
    [InlineData("/data/ spaced .csv", "spaced")]
    public void A_file_gives_its_name_without_endings(string file, string name)
    {
        Assert.Equal(name, DatasetName.OfFile(file));
        Assert.Equal(name, DatasetName.Require(name));
    }

    [Fact]
    public void Any_file_gives_a_name()
    {
        foreach (
            var file in new[]
            {
                "/data/..csv",
                "/data/" + new string('n', 200) + ".csv",
                "/data/...",
                "/data/" + new string('n', 99) + "𝛼𝛼.csv",
            }
        )
            Assert.Equal(DatasetName.OfFile(file), DatasetName.Require(DatasetName.OfFile(file)));
    }
}
