using System.Text;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Text tables as people and programs write them.</summary>
public sealed class TextQuirkTests
{
    private static void AssertTwoStars(Loaded loaded)
    {
        Assert.Equal(["11", "12"], loaded.Stars.Select(s => s.Id));
        Assert.Equal([10.5, 20.25], loaded.Stars.Select(s => s.Ra));
        Assert.Equal([-5.0, 6.0], loaded.Stars.Select(s => s.Dec));
        Assert.Empty(loaded.Rejected);
    }

    [Theory]
    [InlineData("id,ra,dec\n11,10.5,-5\n12,20.25,+6\n")]
    [InlineData("id,ra,dec\r\n11,10.5,-5\r\n12,20.25,6")]
    [InlineData("id,ra,dec\r11,10.5,-5\r12,20.25,6\r")]
    [InlineData("\uFEFFid,ra,dec\n11,10.5,-5\n12,20.25,6\n")]
    [InlineData("id\tra\tdec\n11\t10.5\t-5\n12\t20.25\t6\n")]
    [InlineData("id;ra;dec\n11;10.5;-5\n12;20.25;6\n")]
    [InlineData("id|ra|dec\n11|10.5|-5\n12|20.25|6\n")]
    [InlineData("  id   ra     dec\n  11  10.5   -5\n  12  20.25   6\n")]
    [InlineData("# made by hand\n\n# ra in degrees\nid,ra,dec\n# the first two\n11,10.5,-5\n\n12,20.25,6\n# end\n")]
    [InlineData("# id ra dec\n11 10.5 -5\n12 20.25 6\n")]
    [InlineData("#id,ra,dec\n11,10.5,-5\n12,20.25,6\n")]
    [InlineData("My result of today\nid,ra,dec\n11,10.5,-5\n12,20.25,6\n")]
    [InlineData("id,ra,dec,\n11,10.5,-5,\n12,20.25,6,\n")]
    [InlineData("id,ra,dec\n11,10.5,-5,\n12,20.25,6,\n")]
    [InlineData("id,ra,dec,\n11,10.5,-5\n12,20.25,6\n")]
    [InlineData("\"id\",\"ra\",\"dec\"\n\"11\",\"10.5\",\"-5\"\n\"12\", \"20.25\" ,\"6\"\n")]
    [InlineData("id , ra , dec\n 11 , 10.5 , -5\n 12 , 20.25 , 6 \n")]
    [InlineData("id;ra;dec\n ;deg;deg\n--;-----;--\n11;10.5;-5\n12;20.25;6\n")]
    [InlineData("A title\n\nid\tra\tdec\n--\t--\t---\n11\t10.5\t-5\n12\t20.25\t6\n[EOD]\n")]
    [InlineData("id,ra,ra,dec,dec\n11,10.5,1,-5,2\n12,20.25,1,6,2\n")]
    [InlineData("RA,DEC,ID\n1.05e1,-5.0,11\n202.5E-1,6.,12\n")]
    public void A_table_is_read_however_it_is_written(string text) => AssertTwoStars(Load.Text(text));

    [Fact]
    public void A_header_that_lacks_the_name_of_an_index_column_is_understood() =>
        AssertTwoStars(Load.Text("id,ra,dec\n0,11,10.5,-5\n1,12,20.25,6\n"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Utf16_with_a_byte_order_mark_is_read(bool bigEndian)
    {
        var encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        AssertTwoStars(Load.Bytes([.. encoding.GetPreamble(), .. encoding.GetBytes("id,ra,dec\n11,10.5,-5\n12,20.25,6\n")]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("NULL")]
    [InlineData("NaN")]
    [InlineData("nan")]
    [InlineData("--")]
    [InlineData("N/A")]
    [InlineData("\"\"")]
    public void Marks_of_a_missing_value_are_missing_values(string mark)
    {
        var star = Load.Text($"id,ra,dec,parallax,name,n\n1,10,20,{mark},{mark},{mark}\n2,10,20,3,x,7\n").Stars[0];
        Assert.True(double.IsNaN(star.Parallax));
        Assert.Equal("{}", star.Extra);
    }

    [Fact]
    public void Quoted_fields_may_hold_delimiters_quotes_and_line_ends_and_lines_are_counted_physically()
    {
        var loaded = Load.Text("id,ra,dec,note\n1,10,20,\"a, \"\"b\"\"\r\nc\"\n2,11,21,plain\nx,11,91,last\n");
        Assert.Equal("{\"note\":\"a, \\\"b\\\"\\r\\nc\"}", loaded.Stars[0].Extra);
        Assert.Equal([2L, 4L], loaded.Stars.Select(s => s.Line));
        Assert.Equal(5, Assert.Single(loaded.Rejected).LineNumber);
    }

    [Fact]
    public void A_stray_quote_does_not_swallow_the_rest_of_the_file()
    {
        var loaded = Load.Text("id,ra,dec,sep\n1,10,20,\"5\n2,11,21,3\n3,12,22,\"4\" x\n4,13,23,1\n");
        Assert.Equal(["1", "2", "3", "4"], loaded.Stars.Select(s => s.Id));
        Assert.Equal("{\"sep\":\"\\\"5\"}", loaded.Stars[0].Extra);
    }

    [Fact]
    public void A_stray_quote_in_a_long_file_does_not_swallow_the_rest()
    {
        var text = new StringBuilder("id,ra,dec,sep\n1,10,20,\"5\n");
        for (var i = 2; i <= 50_000; i++)
            text.Append(i).Append(",10,20,2\n");
        var reader = Load.OpenText(text.ToString(), new CatalogOpenOptions { MaxRowBytes = 4096 });
        Assert.Equal(50_000, Load.Stars(reader, new StarReaderOptions()).Stars.Count);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_taken_for_latin1()
    {
        byte[] text = [.. "id,ra,dec,name\n1,10,20,"u8, 0xc5, (byte)'n', .. "\n2,11,21,Å\n"u8];
        var stars = Load.Bytes(text).Stars;
        Assert.Equal(["{\"name\":\"Ån\"}", "{\"name\":\"Å\"}"], stars.Select(s => s.Extra));
    }

    [Fact]
    public void Repeated_and_empty_column_names_become_distinct()
    {
        using var reader = Load.OpenText(",ra,dec,x,x,x_2,\n1,10,20,3,4,5,6\n");
        Assert.Equal(["column_1", "ra", "dec", "x", "x_3", "x_2", "column_7"], reader.Columns.Select(c => c.Name));
    }

    [Fact]
    public void A_header_alone_is_a_table_without_rows()
    {
        var loaded = Load.Text("source_id,ra,dec\n");
        Assert.Empty(loaded.Stars);
        Assert.Empty(loaded.Rejected);
        Assert.Equal("ra", loaded.Mapping[StarField.RaDeg]!.Formula);
    }

    [Fact]
    public void Numbers_without_a_header_are_named_by_position_and_can_be_mapped()
    {
        var loaded = Load.Text("11,10.5,-5\n12,20.25,6\n", "source_id=column_1", "ra_deg=column_2", "dec_deg=column_3");
        AssertTwoStars(loaded);
        Assert.Contains(loaded.Reader.Warnings, w => w.Contains("No header line", StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_beyond_the_bound_is_an_error_with_its_number()
    {
        var text = "id,ra,dec\n1,10,20\n2,10," + new string('2', 100_000) + "\n3,10,20\n";
        var error = Assert.Throws<CatalogFormatException>(() =>
            Load.Stars(Load.OpenText(text, new CatalogOpenOptions { MaxRowBytes = 50_000 }), new StarReaderOptions())
        );
        Assert.Contains("Line 3 is longer than 50,000 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_given_delimiter_is_used()
    {
        using var reader = Load.OpenText("a,b;c,d\n1,2;3,4\n5,6;7,8\n", new CatalogOpenOptions { Delimiter = ';' });
        Assert.Equal(["a,b", "c,d"], reader.Columns.Select(c => c.Name));
    }

    [Fact]
    public void Types_are_inferred_and_a_later_surprise_in_an_extra_column_loses_nothing()
    {
        var text = new StringBuilder("id,ra,dec,n,f,t,b\n");
        for (var i = 0; i < 3000; i++)
            text.Append(i + 1).Append(",10,20,5,1.5,x,true\n");
        text.Append("4000,10,20,5.25,word,7,maybe\n4001,10,20,007,12345678901234567890,8,FALSE\n4002,10,20,1e999,-inf,9,false\n");
        var loaded = Load.Text(text.ToString());
        Assert.Equal(
            [ColumnType.Int64, ColumnType.Double, ColumnType.Text, ColumnType.Boolean],
            loaded.Reader.Columns.Skip(3).Select(c => c.Type)
        );
        Assert.Equal("{\"n\":5,\"f\":1.5,\"t\":\"x\",\"b\":true}", loaded.Stars[0].Extra);
        Assert.Equal("{\"n\":5.25,\"f\":\"word\",\"t\":\"7\",\"b\":\"maybe\"}", loaded.Stars[3000].Extra);
        Assert.Equal("{\"n\":\"007\",\"f\":12345678901234567890,\"t\":\"8\",\"b\":false}", loaded.Stars[3001].Extra);
        Assert.Equal("{\"n\":\"1e999\",\"f\":\"-Infinity\",\"t\":\"9\",\"b\":false}", loaded.Stars[3002].Extra);
        Assert.Empty(loaded.Rejected);
    }

    [Fact]
    public void Extras_hold_nothing_that_a_database_refuses()
    {
        byte[] text = [.. "id,ra,dec,name\n1,10,20,a"u8, 1, .. "b\n"u8, .. Encoding.UTF8.GetBytes(new string('\n', 300))];
        Assert.Equal("{\"name\":\"a\\u0001b\"}", Load.Bytes(text).Stars[0].Extra);
    }

    [Theory]
    [InlineData("-----------------------------")]
    [InlineData("=============================")]
    public void One_rule_below_all_the_names_is_no_row(string rule)
    {
        var loaded = Load.Text($"Name   RAdeg  DEdeg  Vmag\n{rule}\nA1  10.5  -5.25  10.5\nA2  11.5  5.25  ---\n");
        Assert.Empty(loaded.Rejected);
        Assert.Equal([10.5, double.NaN], loaded.Stars.Select(s => s.Magnitude));
        Assert.DoesNotContain(loaded.Report.Suspicions, s => s.Contains("not of its type", StringComparison.Ordinal));
    }
}
