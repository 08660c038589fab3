using Almagest.Catalog.Mapping;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Columns that R and pandas write of themselves.</summary>
public sealed class RowNumberTests
{
    private static IReadOnlyList<string> Remarks(string text, params string[] map)
    {
        using var reader = Load.OpenText(text);
        return ColumnMapping.Automatic(reader.Columns).With(map).Remarks;
    }

    [Theory]
    [InlineData(",ra,dec\n0,10,20\n1,11,21\n2,12,22\n")]
    [InlineData("\"\",\"ra\",\"dec\"\n\"1\",10,20\n\"2\",11,21\n\"3\",12,22\n")]
    [InlineData("Unnamed: 0,ra,dec\n0,10,20\n1,11,21\n")]
    public void Row_numbers_without_a_name_are_remarked(string text)
    {
        Assert.Contains(Remarks(text), r => r.Contains("counts the rows from", StringComparison.Ordinal));
        Assert.DoesNotContain(
            Remarks(text, $"source_id={(text[0] == 'U' ? "Unnamed: 0" : "column_1")}"),
            r => r.Contains("counts the rows", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(",ra,dec\n5,10,20\n9,11,21\n")]
    [InlineData("id,ra,dec\n0,10,20\n1,11,21\n")]
    [InlineData(",ra,dec\n0,10,20\n0,11,21\n1,12,22\n")]
    public void Other_columns_are_not(string text) =>
        Assert.DoesNotContain(Remarks(text), r => r.Contains("counts the rows", StringComparison.Ordinal));
}
