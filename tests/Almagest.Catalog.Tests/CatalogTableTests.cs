using System.Text;
using Almagest.Catalog.Files;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Which tables a file holds, before one of them is chosen.</summary>
public sealed class CatalogTableTests
{
    private static string Real(string file) => RealData.File("formats/" + file);

    [Fact]
    public void The_tables_of_a_FITS_file_have_their_names_and_rows()
    {
        Assert.Equal(
            [(1, "AIPS FQ", 1), (2, "AIPS AN", 29), (3, "AIPS WX", 20), (4, "AIPS OF", 45), (5, "AIPS UV", 190)],
            CatalogFile.Tables(Real("fits/zerowidth.fits")).Select(t => (t.Number, t.Name, (int)t.Rows!))
        );
    }

    [Theory]
    [InlineData("fits/zerowidth.fits", "AIPS AN")]
    [InlineData("fits/stddata.fits", "2")]
    [InlineData("bsc5_two_tables_V50.tsv", "V_50_notes")]
    public void The_choice_of_a_table_opens_it(string file, string choice)
    {
        var table = Assert.Single(CatalogFile.Tables(Real(file)), t => t.Choice == choice);
        using var reader = CatalogFile.Open(Real(file), new CatalogOpenOptions { Table = table.Choice });
        Assert.NotEmpty(reader.Columns);
        if (table.Rows is { } rows)
            Assert.Equal(
                rows,
                reader.ReadBatches(cancellationToken: TestContext.Current.CancellationToken).Sum(b => b.Count + b.Rejected.Count)
            );
    }

    [Fact]
    public void The_first_that_is_listed_is_the_one_that_is_read_without_a_choice()
    {
        var path = Real("bsc5_two_tables_V50.tsv");
        using var chosen = CatalogFile.Open(path, new CatalogOpenOptions { Table = CatalogFile.Tables(path)[0].Choice });
        using var first = CatalogFile.Open(path);
        Assert.Equal(first.Columns.Select(c => c.Name), chosen.Columns.Select(c => c.Name));
    }

    [Theory]
    [InlineData("fits/small_sky.fits")]
    [InlineData("votable/names.xml")]
    [InlineData("gaiadr2_hyads_pipe_units_row_98col.csv")]
    public void A_file_with_one_table_leaves_nothing_to_choose(string file) => Assert.Empty(CatalogFile.Tables(Real(file)));

    [Fact]
    public void Tables_of_a_VOTable_are_counted_as_the_reader_counts_them_and_names_that_repeat_are_no_choice()
    {
        const string Text = """
            <VOTABLE><RESOURCE><TABLE name="empty"/>
            <TABLE name="a" nrows="1"><FIELD name="ra" datatype="double"/><FIELD name="dec" datatype="double"/><DATA><TABLEDATA><TR>
            <TD>1</TD><TD>2</TD></TR></TABLEDATA></DATA></TABLE>
            <TABLE name="a"><FIELD name="x" datatype="double"/><DATA><TABLEDATA><TR><TD>3</TD></TR></TABLEDATA></DATA></TABLE>
            <TABLE ID="c"><FIELD name="y" datatype="double"/></TABLE></RESOURCE></VOTABLE>
            """;
        Assert.Equal([(2, "a", "2"), (3, "a", "3"), (4, "c", "c")], Listed(Text).Select(t => (t.Number, t.Name, t.Choice)));
        // Cut off in the last table: those above it are there.
        Assert.Equal(2, Listed(Text[..Text.IndexOf("<TABLE ID", StringComparison.Ordinal)]).Count);
    }

    private static IReadOnlyList<CatalogTable> Listed(string text)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllText(path, text, new UTF8Encoding(false));
            var tables = CatalogFile.Tables(path);
            foreach (var table in tables)
            {
                using var reader = CatalogFile.Open(path, new CatalogOpenOptions { Table = table.Choice });
                Assert.NotEmpty(reader.Columns);
            }
            return tables;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
