using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>CDS and MRT tables: descriptions, missing values, positions in parts, ReadMe files beside.</summary>
public sealed class CdsTests
{
    private const string Rule = "--------------------------------------------------------------------------------\n";

    private const string Mrt =
        "Title: Made\n================================================================================\nByte-by-byte Description of "
        + "file: made.txt\n"
        + Rule
        + "   Bytes Format Units  Label  Explanations\n"
        + Rule
        + "   1-  3 I3     ---    Seq    Number\n   5-  6 I2     h      RAh    Hour of Right Ascension (J2000)\n   8-  9 I2     min   "
        + " RAm    Minute\n  11- 15 F5.2   s      RAs    Second\n"
        + "      17 A1     ---    DE-    Sign\n  18- 19 I2     deg    DEd    Degree\n  21- 22 I2     arcmin DEm    Minute\n  24- 27 "
        + "F4.1   arcsec DEs    Second\n"
        + "  29- 33 F5.2   mag    Vmag   ?=-9.99 Brightness\n                              as seen (1)\n  35- 40 E6.1   mas    Plx    "
        + "[]? Parallax\n"
        + Rule
        + "Note (1): from the ground.\n"
        + Rule
        + "  1 00 00 00.36 -00 30 00.0 -9.99 1.0D+1\n  2 23 59 59.64 +89 59 59.9 12.34\n\n  3 12 00       -45 30      10.00       \n";

    [Fact]
    public void Bytes_signs_and_marks_of_missing_values_are_understood()
    {
        var loaded = Load.Text(Mrt);
        Assert.Equal(("CDS/MRT table", 3, 0), (loaded.Reader.Format, loaded.Stars.Count, loaded.Rejected.Count));
        // The sign has a column of its own: minus zero degrees are south.
        Assert.Equal([0.0015, 359.9985, 180], loaded.Stars.Select(s => Math.Round(s.Ra, 10)));
        Assert.Equal([-0.5, 89.9999722222, -45.5], loaded.Stars.Select(s => Math.Round(s.Dec, 10)));
        Assert.Equal([double.NaN, 12.34, 10], loaded.Stars.Select(s => s.Magnitude));
        Assert.Equal([10, double.NaN, double.NaN], loaded.Stars.Select(s => s.Parallax));
        Assert.Equal("?=-9.99 Brightness as seen (1)", loaded.Reader.Columns[8].Description);
        Assert.Equal("mag", loaded.Reader.Columns[8].Unit);
        Assert.Equal("ra_deg ← RAh RAm RAs (converted from h, m, s)", loaded.Mapping[StarField.RaDeg]!.ToString());
        Assert.Equal(21L, loaded.Stars[0].Line);
    }

    [Fact]
    public void Minutes_that_are_none_reject_their_row()
    {
        var loaded = Load.Text(Mrt.Replace("  2 23 59 59.64", "  2 23 61 59.64", StringComparison.Ordinal));
        Assert.Equal((2, "expected 0 to 60 in column 'RAm'"), (loaded.Stars.Count, Assert.Single(loaded.Rejected).Reason));
    }

    [Fact]
    public void A_readme_is_found_beside_its_table_or_named()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var description = Mrt[..(Mrt.LastIndexOf(Rule, StringComparison.Ordinal) + Rule.Length)]
                .Replace("made.txt", "made*.dat", StringComparison.Ordinal);
            var rows = Mrt[(Mrt.LastIndexOf(Rule, StringComparison.Ordinal) + Rule.Length)..];
            string table = Path.Combine(folder.FullName, "made7.dat.gz"),
                other = Path.Combine(folder.FullName, "other.dat");
            File.WriteAllBytes(table, Load.Gzip(System.Text.Encoding.ASCII.GetBytes(rows)));
            File.WriteAllText(other, rows);
            File.WriteAllText(Path.Combine(folder.FullName, "ReadMe"), description);
            Assert.Equal(("CDS table, gzip", 3), (Load.File(table).Reader.Format, Load.File(table).Stars.Count));
            // Another table is not taken for this one, unless the user says so.
            Assert.Throws<CatalogFormatException>(() => Load.File(other));
            using var named = CatalogFile.Open(other, new CatalogOpenOptions { ReadMe = Path.Combine(folder.FullName, "ReadMe") });
            Assert.Equal(10, named.Columns.Count);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("   5-  6 I2 ", "   6-  5 I2 ", "bytes 6-5")]
    [InlineData("   Bytes Format", "   5-  6 A0  ", "")]
    public void A_description_that_makes_no_sense_is_an_error_or_ignored(string from, string to, string message)
    {
        try
        {
            Load.Text(Mrt.Replace(from, to, StringComparison.Ordinal));
            Assert.Empty(message);
        }
        catch (CatalogFormatException e)
        {
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_ipac_table_gives_types_units_and_nulls()
    {
        const string Text =
            "\\origin = 'made'\n|  id |     ra |    dec | mag |\n| int | double | double |   r |\n|     |    deg |    deg | mag |\n| "
            + "-1  |   null |   null | 99  |\n   7    10.5     -20.25   99\n   8    11       -21      12.5\n";
        var loaded = Load.Text(Text);
        Assert.Equal(
            ("IPAC table", "7", 10.5, -20.25),
            (loaded.Reader.Format, loaded.Stars[0].Id, loaded.Stars[0].Ra, loaded.Stars[0].Dec)
        );
        Assert.Equal([double.NaN, 12.5], loaded.Stars.Select(s => s.Magnitude));
        Assert.Equal("deg", loaded.Reader.Columns[1].Unit);
        Assert.Equal("made", loaded.Reader.Metadata["origin"]);
    }
}
