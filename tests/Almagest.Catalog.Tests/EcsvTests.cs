using Almagest.Catalog.Stars;
using Xunit;

namespace Almagest.Catalog.Tests;

public sealed class EcsvTests
{
    private static string Ecsv(string columns, string body, string more = "") =>
        $"# %ECSV 1.0\n# ---\n{more}# datatype:\n{columns}# schema: astropy-2.0\n{body}";

    private const string Position =
        "# - {name: id, datatype: int64}\n# - {name: ra, unit: deg, datatype: float64}\n# - {name: dec, unit: deg, datatype: float64}\n";

    [Fact]
    public void Declared_types_units_and_descriptions_are_kept()
    {
        using var reader = Load.OpenText(
            Ecsv(
                Position
                    + "# - {name: flag, datatype: bool, description: a flag}\n# - {name: note, datatype: string}\n# - {name: v, "
                    + "datatype: string, subtype: 'float64[null]'}\n# - {name: o, datatype: string, subtype: json}\n",
                "id ra dec flag note v o\n1 10.5 -5 True \"a b\" [1.5,null] \"{\"\"k\"\": 1}\"\n2 11 6 False \"\" \"\" \"\"\n",
                "# meta: {origin: test, n: 3}\n"
            )
        );
        Assert.Equal("ECSV", reader.Format);
        Assert.Equal(
            [ColumnType.Int64, ColumnType.Double, ColumnType.Double, ColumnType.Boolean, ColumnType.Text, ColumnType.Json, ColumnType.Json],
            reader.Columns.Select(c => c.Type)
        );
        Assert.Equal(("deg", "a flag", "test"), (reader.Columns[1].Unit, reader.Columns[3].Description, reader.Metadata["origin"]));
        var stars = Load.Stars(reader, new StarReaderOptions()).Stars;
        Assert.Equal("{\"flag\":true,\"note\":\"a b\",\"v\":[1.5,null],\"o\":{\"k\": 1}}", stars[0].Extra);
        Assert.Equal("{\"flag\":false}", stars[1].Extra);
        Assert.Equal(14, stars[0].Line);
    }

    [Fact]
    public void Text_that_only_claims_to_be_json_is_kept_as_text()
    {
        var stars = Load.Text(
            Ecsv(
                Position + "# - {name: v, datatype: string, subtype: json}\n",
                "id ra dec v\n1 1 1 [1,NaN]\n2 1 1 [1\n3 1 1 [1e999]\n4 1 1 \"\"\"\\u0000\"\"\"\n"
            )
        ).Stars;
        Assert.Equal(
            ["{\"v\":\"[1,NaN]\"}", "{\"v\":\"[1\"}", "{\"v\":\"[1e999]\"}", "{\"v\":\"\\\"\\\\u0000\\\"\"}"],
            stars.Select(s => s.Extra)
        );
    }

    [Fact]
    public void Version_0_9_and_carriage_returns_are_read()
    {
        var text = Ecsv(Position, "id,ra,dec\n1,10.5,-5\n", "# delimiter: ','\n")
            .Replace("1.0", "0.9", StringComparison.Ordinal)
            .Replace("\n", "\r\n", StringComparison.Ordinal);
        Assert.Equal("1", Assert.Single(Load.Text(text).Stars).Id);
    }

    [Fact]
    public void A_unit_of_hours_is_converted()
    {
        var columns = "# - {name: ra, unit: hourangle, datatype: float64}\n# - {name: dec, unit: deg, datatype: float64}\n";
        Assert.Equal(150, Assert.Single(Load.Text(Ecsv(columns, "ra dec\n10 20\n")).Stars).Ra);
    }

    [Theory]
    [InlineData("# - {name: id}\n", "id\n1\n", "has no datatype")]
    [InlineData("# - {datatype: int64}\n", "id\n1\n", "has no name")]
    [InlineData("# - id\n", "id\n1\n", "is not a mapping")]
    [InlineData("# - {name: id, datatype: number}\n", "id\n1\n", "'number'")]
    [InlineData("# - {name: id, datatype: int64}\n", "jd\n1\n", "declared as 'id', while the line of names (line 7) has 'jd'")]
    [InlineData("# - {name: id, datatype: int64}\n", "id ra\n1 2\n", "declared as nothing")]
    [InlineData("# - {name: id, datatype: int64}\n", "", "no line of column names")]
    [InlineData("# - {name: id, datatype: [int64\n", "id\n1\n", "not valid YAML")]
    [InlineData("", "id\n1\n", "no list 'datatype'")]
    public void A_broken_header_is_refused_with_what_is_wrong(string columns, string body, string wrong)
    {
        var message = Assert.Throws<CatalogFormatException>(() => Load.OpenText(Ecsv(columns, body, "# delimiter: ' '\n"))).Message;
        Assert.Contains(wrong, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deeply_nested_and_self_expanding_yaml_is_refused_in_no_time()
    {
        var deep = new string('[', 100_000);
        Assert.Throws<CatalogFormatException>(() => Load.OpenText($"# %ECSV 1.0\n# ---\n# meta: {deep}\nid\n1\n"));
        var dashes = string.Concat(Enumerable.Repeat("- ", 100_000));
        Assert.Throws<CatalogFormatException>(() => Load.OpenText($"# %ECSV 1.0\n# ---\n# datatype:\n# {dashes}a\nid\n1\n"));
        var bomb =
            "# meta:\n#   a: &a [x, x, x, x, x, x, x, x]\n"
            + string.Concat(
                Enumerable
                    .Range(1, 12)
                    .Select(i =>
                        $"#   {(char)('a' + i)}: &{(char)('a' + i)} "
                        + $"[{string.Join(", ", Enumerable.Repeat($"*{(char)('a' + i - 1)}", 8))}]\n"
                    )
            );
        Assert.Single(Load.Text(Ecsv(Position, "id ra dec\n1 2 3\n", bomb)).Stars);
    }
}
