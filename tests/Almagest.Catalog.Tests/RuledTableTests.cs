using System.Text;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Tables with a line that draws their columns: empty cells are blanks, and names may have blanks in them.</summary>
public sealed class RuledTableTests
{
    private const string Rows = """
        3064486692144030336 120.123456789   -10.5     7.25            10.1    HD 1
        3064486692144032338      359.9999     0.0                    13.25   TYC 3
        3064486692144033339          0.25    89.5     -0.1             9.0   a b c
        3064486692144035341       200.125   -45.0      3.0            15.0 Barnard's
        """;

    private const string Names = "          source_id            ra     dec parallax phot_g_mean_mag    name";
    private const string Dashes = "------------------- ------------- ------- -------- --------------- -------";

    public static TheoryData<string> Written =>
        [
            $"{Names}\n{Dashes}\n{Rows}\n",
            $"A list of mine\n{Names}\n{Dashes}\n{Rows}",
            $"# made by hand\n{Names}\n{Dashes}\n{Rows}\n# the end\n",
            $"{Dashes.Replace('-', '=')}\n{Names}\n{Dashes.Replace('-', '=')}\n{Rows}\n{Dashes.Replace('-', '=')}\n",
            $"{Names}\n                             deg     deg      mas             mag\n{Dashes}\n{Rows}\n",
        ];

    [Theory]
    [MemberData(nameof(Written))]
    public void Cells_stay_in_their_columns(string text)
    {
        var loaded = Load.Text(text);
        Assert.Empty(loaded.Rejected);
        Assert.Equal(
            ["3064486692144030336", "3064486692144032338", "3064486692144033339", "3064486692144035341"],
            loaded.Stars.Select(s => s.Id)
        );
        Assert.Equal([120.123456789, 359.9999, 0.25, 200.125], loaded.Stars.Select(s => s.Ra));
        Assert.Equal([-10.5, 0, 89.5, -45], loaded.Stars.Select(s => s.Dec));
        Assert.Equal([7.25, double.NaN, -0.1, 3], loaded.Stars.Select(s => s.Parallax));
        Assert.Contains("Barnard's", loaded.Stars[3].Extra, StringComparison.Ordinal);
        Assert.Contains("TYC 3", loaded.Stars[1].Extra, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_does_not_keep_to_the_columns_is_rejected_with_its_line()
    {
        // Beyond what is looked at to recognise the table.
        var text = new StringBuilder("id      ra     dec\n-- ------- -------\n");
        for (var i = 0; i < 3000; i++)
            text.Append("1".PadLeft(2)).Append(' ').Append("10.5".PadLeft(7)).Append(' ').Append("-5".PadLeft(7)).Append('\n');
        text.Append("123456 10.5 -5\n");
        using var reader = Files.CatalogFile.Open(new MemoryStream(Encoding.ASCII.GetBytes(text.ToString())), "ruled.txt");
        Assert.Equal("text in ruled columns", reader.Format);
        var batches = reader.ReadBatches().ToList();
        Assert.Equal(3000, batches.Sum(b => b.Count));
        var rejected = Assert.Single(batches.SelectMany(b => b.Rejected));
        Assert.Equal((3003L, "123456 10.5 -5"), (rejected.LineNumber, rejected.Text));
    }

    [Theory]
    // Dashes as a row of data, of blank-separated values that keep to no columns.
    [InlineData("id ra dec plx\n-- ---- --- --\n1 10.5 -5 7\n2 20.25 6 8\n")]
    [InlineData("id ra dec\n- - -\n1 10.5 -5\n2 20.25 6\n")]
    public void Lines_of_dashes_elsewhere_draw_no_columns(string text)
    {
        using var reader = Files.CatalogFile.Open(new MemoryStream(Encoding.ASCII.GetBytes(text)), "blanks.txt");
        Assert.NotEqual("text in ruled columns", reader.Format);
    }

    [Fact]
    public void A_table_drawn_by_TOPCAT_with_its_name_above_has_rows_alone()
    {
        var loaded = Load.Text(
            "Table name: mine.vot\n+----+-------+-----+\n| id | ra    | dec |\n+----+-------+-----+\n"
                + "| 11 | 10.5  | -5  |\n| 12 | 20.25 | 6   |\n+----+-------+-----+\n"
        );
        Assert.Empty(loaded.Rejected);
        Assert.Equal(["11", "12"], loaded.Stars.Select(s => s.Id));
        Assert.Equal([10.5, 20.25], loaded.Stars.Select(s => s.Ra));
    }
}
