using System.Text;
using Almagest.Catalog.Files;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>FITS and VOTable: choice of table, nulls, damage and hostile files.</summary>
public sealed class BinaryFormatTests
{
    private static string VoTable(string fields, string data, string around = "") =>
        $"<?xml version=\"1.0\"?>\n<VOTABLE version=\"1.4\" xmlns=\"http://www.ivoa.net/xml/VOTable/v1.3\"><RESOURCE>{around}<TABLE "
        + $"name=\"stars\">{fields}<DATA>{data}</DATA></TABLE></RESOURCE></VOTABLE>";

    private const string Position =
        "<FIELD name=\"id\" datatype=\"long\"/><FIELD name=\"a\" datatype=\"double\" unit=\"deg\" ucd=\"pos.eq.ra;meta.main\"/><FIELD "
        + "name=\"d\" datatype=\"double\" unit=\"deg\" ucd=\"pos.eq.dec;meta.main\"/>";

    private static string Refusal(string content) => Assert.Throws<CatalogFormatException>(() => Load.Text(content)).Message;

    [Fact]
    public void A_votable_gives_names_units_ucds_nulls_and_arrays()
    {
        var text = VoTable(
            Position
                + "<FIELD name=\"n\" datatype=\"int\"><DESCRIPTION>count</DESCRIPTION><VALUES null=\"-99\"/></FIELD><FIELD name=\"v\" "
                + "datatype=\"float\" arraysize=\"*\"/><FIELD name=\"t\" datatype=\"char\" arraysize=\"*\"/><FIELD name=\"b\" "
                + "datatype=\"boolean\"/>",
            "<TABLEDATA>\n<TR><TD>9223372036854775807</TD><TD>10.5</TD><TD>-5</TD><TD>7</TD><TD>1.5 NaN 2</TD><TD>a &amp; "
                + "b</TD><TD>T</TD></TR>\n<TR><TD>2</TD><TD>11</TD><TD>6</TD><TD>-99</TD><TD/><TD></TD><TD>?</TD></TR>\n"
                + "<TR><TD>3</TD><TD>12</TD></TR></TABLEDATA>"
        );
        var loaded = Load.Text(text);
        Assert.Equal(["9223372036854775807", "2"], loaded.Stars.Select(s => s.Id));
        Assert.Equal(["{\"n\":7,\"v\":[1.5,null,2],\"t\":\"a & b\",\"b\":true}", "{}"], loaded.Stars.Select(s => s.Extra));
        Assert.Equal("count", loaded.Reader.Columns[3].Description);
        Assert.Equal((5L, "too few cells: found 2, expected 7"), (loaded.Rejected[0].LineNumber, loaded.Rejected[0].Reason));
    }

    [Fact]
    public void One_of_several_tables_is_chosen_by_name_or_number()
    {
        var file = RealData.File("formats/votable/vizier_multi_table_viz.xml");
        var first = Name(null);
        Assert.Equal(first, Name("1"));
        Assert.NotEqual(first, Name("2"));
        Assert.Equal(Name("2"), Name(Name("2")));
        Assert.Contains(
            "has no table 'nowhere'",
            Assert.Throws<CatalogFormatException>(() => Name("nowhere")).Message,
            StringComparison.Ordinal
        );

        string Name(string? table)
        {
            using var reader = CatalogFile.Open(file, new CatalogOpenOptions { Table = table });
            return reader.Metadata["table"];
        }
    }

    [Fact]
    public void What_a_service_says_in_a_votable_reaches_the_user()
    {
        Assert.Contains(
            "no such column",
            Refusal(
                "<VOTABLE><RESOURCE type=\"results\"><INFO name=\"QUERY_STATUS\" value=\"ERROR\">no such column</INFO></RESOURCE></VOTABLE>"
            ),
            StringComparison.Ordinal
        );
        var cut = VoTable(Position, "<TABLEDATA><TR><TD>1</TD><TD>2</TD><TD>3</TD></TR></TABLEDATA>")
            .Replace("</TABLE>", "</TABLE><INFO name=\"QUERY_STATUS\" value=\"OVERFLOW\"/>", StringComparison.Ordinal);
        Assert.Contains("OVERFLOW", Assert.Single(Load.Text(cut).Reader.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_kept_elsewhere_are_refused_and_never_fetched() =>
        Assert.Contains(
            "in another file",
            Refusal(VoTable(Position, "<BINARY><STREAM href=\"file:///etc/passwd\"/></BINARY>")),
            StringComparison.Ordinal
        );

    [Fact]
    public void Entities_are_not_expanded_and_external_ones_not_opened()
    {
        var bomb =
            "<!DOCTYPE VOTABLE [<!ENTITY a \"aaaaaaaaaa\">"
            + string.Concat(
                Enumerable
                    .Range(0, 20)
                    .Select(i => $"<!ENTITY {(char)('b' + i)} \"{string.Concat(Enumerable.Repeat($"&{(char)('a' + i)};", 10))}\">")
            )
            + "]>";
        var body = VoTable(Position, "<TABLEDATA><TR><TD>1</TD><TD>&u;</TD><TD>3</TD></TR></TABLEDATA>")
            .Replace("<?xml version=\"1.0\"?>\n", "", StringComparison.Ordinal);
        Assert.Contains("is not a well-formed VOTable", Refusal("<?xml version=\"1.0\"?>" + bomb + body), StringComparison.Ordinal);
        var external = "<!DOCTYPE VOTABLE [<!ENTITY u SYSTEM \"file:///etc/passwd\">]>" + body;
        Assert.Contains("is not a well-formed VOTable", Refusal(external), StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_that_a_binary_stream_only_claims_take_no_memory()
    {
        byte[] row = [0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 0xff, 0xff, 0xff];
        var fields = "<FIELD name=\"id\" datatype=\"long\"/><FIELD name=\"ra\" datatype=\"double\" arraysize=\"*\"/>";
        using var reader = Load.OpenText(
            VoTable(fields, $"<BINARY><STREAM encoding=\"base64\">{Convert.ToBase64String(row)}</STREAM></BINARY>")
        );
        Assert.Contains(
            "more than",
            Assert
                .Throws<CatalogFormatException>(() =>
                    reader.ReadBatches(cancellationToken: TestContext.Current.CancellationToken).ToArray()
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_table_cut_short_anywhere_is_an_error()
    {
        foreach (
            var file in new[]
            {
                "formats/votable/binary2_masked_strings.xml",
                "formats/votable/names.xml",
                "formats/fits/small_sky.fits",
                "formats/stilts_converted/pleiades2000.FITS.vot",
            }
        )
        {
            var bytes = File.ReadAllBytes(RealData.File(file));
            var step = Math.Max(1, bytes.Length / 150);
            // The last block of a FITS file may be padding.
            var end = file.EndsWith(".fits", StringComparison.Ordinal) ? bytes.Length - 2880 : bytes.Length - 3;
            for (var length = 100; length < end; length += step)
                Assert.Throws<CatalogFormatException>(() => Load.Bytes(bytes[..length]));
        }
    }

    [Fact]
    public void The_same_table_in_every_binary_form_gives_the_same_stars()
    {
        var expected = Load.File(RealData.File("formats/stilts_converted/pleiades2000.fits-basic.fits")).Stars;
        Assert.Equal(2000, expected.Count);
        foreach (var form in new[] { "fits-basic.fits.gz", "fits-plus.fits", "fits-var.fits", "BINARY.vot", "BINARY2.vot", "FITS.vot" })
            Assert.Equal(expected, Load.File(RealData.File($"formats/stilts_converted/pleiades2000.{form}")).Stars);
        // Text gives single-precision columns their shortest decimals.
        var text = Load.File(RealData.File("formats/stilts_converted/pleiades2000.TABLEDATA.vot")).Stars;
        Assert.Equal(
            expected.Select(s => (s.Id, s.Ra, s.Parallax, (float)s.Magnitude)),
            text.Select(s => (s.Id, s.Ra, s.Parallax, (float)s.Magnitude))
        );
    }

    [Fact]
    public void Blank_fields_of_a_fits_ascii_table_are_missing()
    {
        using var reader = CatalogFile.Open(RealData.File("formats/fits/vizier_ascii_table_ext_774.fit"));
        var columns = reader.Columns.Select(c => c.Name).ToList();
        var batch = Assert.Single(reader.ReadBatches(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(774, batch.Count);
        var flux = batch.Columns[columns.IndexOf("S500")];
        var error = batch.Columns[columns.IndexOf("e_S100")];
        Assert.Equal(20, Assert.IsType<Int64Vector>(flux).Values[0]);
        Assert.Equal(714, Enumerable.Range(0, 774).Count(error.IsNull));
    }

    [Fact]
    public void Scaled_and_null_columns_of_fits_are_read_as_the_standard_says()
    {
        var scaled = Load.File(RealData.File("formats/fits/made_scaled_tscal_tzero_tnull_2000.fits.gz")).Stars;
        var plain = Load.File(RealData.File("formats/stilts_converted/pleiades2000.csv")).Stars;
        Assert.Equal(plain.Select(s => s.Id), scaled.Select(s => s.Id));
        Assert.Equal(plain.Select(s => double.IsNaN(s.Color)), scaled.Select(s => double.IsNaN(s.Color)));
        foreach (var (a, b) in plain.Zip(scaled))
        {
            Assert.Equal(a.Magnitude, b.Magnitude, 0.00051);
            if (!double.IsNaN(a.Color))
                Assert.Equal(a.Color, b.Color, 0.00051);
        }
    }

    [Theory]
    [InlineData("NAXIS1  =                   40", "NAXIS1  =            999999999", "more than")]
    [InlineData("TFIELDS =                    6", "TFIELDS =                    0", "0 columns")]
    [InlineData("NAXIS2  =                  131", "NAXIS2  =             99999999", "cut short")]
    [InlineData("NAXIS2  =                  131", "NAXIS2  =                   -1", "whole number")]
    public void A_fits_header_that_lies_is_an_error(string from, string to, string message)
    {
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(RealData.File("formats/fits/small_sky.fits")));
        if (!text.Contains(from, StringComparison.Ordinal))
            from = text[text.IndexOf(from[..9], text.IndexOf("XTENSION", StringComparison.Ordinal), StringComparison.Ordinal)..][
                ..from.Length
            ];
        var at = text.IndexOf(from, text.IndexOf("XTENSION", StringComparison.Ordinal), StringComparison.Ordinal);
        var bytes = Encoding.Latin1.GetBytes(text[..at] + to + text[(at + from.Length)..]);
        Assert.Contains(message, Assert.Throws<CatalogFormatException>(() => Load.Bytes(bytes)).Message, StringComparison.Ordinal);
    }
}
