using System.Text.Json;
using Almagest.Sky;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Older systems and other epochs, against astropy; <c>Expected/frames_with_astropy.py</c> makes the expectations.</summary>
public sealed class FrameTests
{
    private static readonly JsonElement Expected = JsonDocument.Parse(
        new StreamReader(typeof(FrameTests).Assembly.GetManifestResourceStream("astropy-frames.json")!).ReadToEnd()).RootElement;

    /// <summary>Milliarcseconds between two directions in degrees.</summary>
    private static double Apart(double ra1, double dec1, double ra2, double dec2)
    {
        const double degree = Math.PI / 180;
        return (Direction.Of(ra1 * degree, dec1 * degree) - Direction.Of(ra2 * degree, dec2 * degree)).Length / degree * 3.6e6;
    }

    [Fact]
    public void Positions_and_motions_of_older_systems_are_those_of_astropy()
    {
        int n = 0;
        foreach (var e in Expected.GetProperty("frames").EnumerateArray())
        {
            var frame = e[0].GetString() switch { "fk5" => SkyFrame.Fk5, "fk4" => SkyFrame.Fk4, _ => SkyFrame.Galactic };
            var system = new PositionSystem(frame, e[1].GetDouble(), e[2].ValueKind == JsonValueKind.Null ? null : e[2].GetDouble());
            double[] v = e.EnumerateArray().Skip(3).Select(x => x.GetDouble()).ToArray();
            var conversion = new FrameConversion(system);
            var (ra, dec) = conversion.Position(v[0], v[1]);
            Assert.True(Apart(ra, dec, v[4], v[5]) < 0.05, $"{system} ({v[0]}, {v[1]}): {Apart(ra, dec, v[4], v[5])} mas");
            var moved = conversion.Motion(v[0], v[1], v[2], v[3]);
            Assert.Equal((ra, dec), (moved.Ra, moved.Dec));
            // Next to a pole the direction of north turns by as much as the position differs.
            double tolerance = Math.Abs(v[1]) > 89.9 ? 2 : 0.05;
            Assert.True(Math.Abs(moved.Pmra - v[6]) < tolerance && Math.Abs(moved.Pmdec - v[7]) < tolerance, $"{system} ({v[0]}, {v[1]}): {moved.Pmra} {moved.Pmdec}, expected {v[6]} {v[7]}");
            n++;
        }
        Assert.Equal(320, n);
    }

    [Fact]
    public void Stars_carried_over_years_are_where_astropy_has_them()
    {
        foreach (var e in Expected.GetProperty("motions").EnumerateArray())
        {
            double[] v = e.EnumerateArray().Skip(1).Select(x => x.GetDouble()).ToArray();
            var there = SpaceMotion.Propagate(v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
            double apart = Apart(there.Ra, there.Dec, v[7], v[8]);
            // Light time, which is left out, grows with the square of the years.
            Assert.True(apart < 0.01 + 2.5e-4 * v[6] * v[6], $"{e[0]} after {v[6]} years: {apart} mas");
            Assert.True(Math.Abs(there.Pmra - v[9]) < 0.1 && Math.Abs(there.Pmdec - v[10]) < 0.1, $"{e[0]} after {v[6]} years: {there.Pmra} {there.Pmdec}, expected {v[9]} {v[10]}");
            Assert.Equal(v[11], there.Parallax, 0.01);
            Assert.Equal(v[12], there.RadialVelocity, 0.05);
        }
    }

    [Fact]
    public void Carrying_a_star_there_and_back_changes_nothing()
    {
        var there = SpaceMotion.Propagate(269.45, 4.69, -801.5, 10362.4, 546.98, -110.5, 40);
        var back = SpaceMotion.Propagate(there.Ra, there.Dec, there.Pmra, there.Pmdec, there.Parallax, there.RadialVelocity, -40);
        Assert.True(Apart(269.45, 4.69, back.Ra, back.Dec) < 1e-4);
        Assert.Equal(-801.5, back.Pmra, 1e-6);
        Assert.Equal(-110.5, back.RadialVelocity, 1e-6);
    }

    [Theory]
    [InlineData("ICRS", "ICRS")]
    [InlineData("fk5", "FK5 J2000")]
    [InlineData("FK5:J1975", "FK5 J1975")]
    [InlineData("B1950", "FK4 B1950")]
    [InlineData("fk4:B1900", "FK4 B1900")]
    [InlineData("eq_FK5", "FK5 J2000")]
    [InlineData("galactic", "Galactic")]
    [InlineData("ecliptic", null)]
    [InlineData("icrs:J2000", null)]
    [InlineData("fk5:next year", null)]
    public void A_system_is_understood_as_users_write_it(string text, string? system) => Assert.Equal(system, PositionSystem.Parse(text)?.ToString());

    [Theory]
    [InlineData("J2016.0", 2016)]
    [InlineData("2016.", 2016)]
    [InlineData("B1950", 1949.99978)]
    [InlineData("JD2451545", 2000)]
    [InlineData("MJD51544.5", 2000)]
    public void An_epoch_is_understood_as_files_write_it(string text, double year) => Assert.Equal(year, PositionSystem.ParseEpoch(text)!.Value, 1e-4);

    private const string Fk4Table = "<VOTABLE><RESOURCE><COOSYS ID=\"o\" system=\"eq_FK4\" equinox=\"B1950\" epoch=\"1983.5\"/><COOSYS ID=\"i\" system=\"ICRS\"/><TABLE>"
        + "<FIELD name=\"id\" datatype=\"int\"/><FIELD ref=\"o\" name=\"ra\" datatype=\"double\" unit=\"deg\"/><FIELD ref=\"o\" name=\"dec\" datatype=\"double\" unit=\"deg\"/>"
        + "<DATA><TABLEDATA><TR><TD>1</TD><TD>10</TD><TD>20</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";

    [Fact]
    public void A_votable_says_in_which_system_its_columns_are()
    {
        var loaded = Load.Text(Fk4Table);
        var (ra, dec) = new FrameConversion(new PositionSystem(SkyFrame.Fk4, 1950, 1983.5)).Position(10, 20);
        Assert.Equal((ra, dec), (loaded.Stars[0].Ra, loaded.Stars[0].Dec));
        Assert.Equal(1983.5, loaded.Stars[0].Epoch);
        Assert.Contains("FK4 B1950 to ICRS", loaded.Mapping.ToString(), StringComparison.Ordinal);
        Assert.Equal("{\"ra\":10,\"dec\":20}", loaded.Stars[0].Extra);
        var taken = Load.Stars(Load.OpenText(Fk4Table), new StarReaderOptions(), PositionSystem.Icrs);
        Assert.Equal((10, 20, "{}"), (taken.Stars[0].Ra, taken.Stars[0].Dec, taken.Stars[0].Extra));
    }

    [Fact]
    public void A_system_that_is_not_converted_is_refused_and_named()
    {
        string ecliptic = Fk4Table.Replace("eq_FK4", "ecl_FK5", StringComparison.Ordinal);
        Assert.Contains("ecl_FK5", Assert.Throws<CatalogFormatException>(() => Load.Text(ecliptic)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Galactic_positions_are_found_and_converted_where_there_are_no_others()
    {
        var star = Load.Text("id,GLON,GLAT,pml,pmb\n1,121.17,-21.57,10,5\n2,-10,0,,\n").Stars;
        var expected = new FrameConversion(new PositionSystem(SkyFrame.Galactic, 2000)).Motion(121.17, -21.57, 10, 5);
        Assert.Equal((expected.Ra, expected.Dec, expected.Pmra, expected.Pmdec), (star[0].Ra, star[0].Dec, star[0].Pmra, star[0].Pmdec));
        Assert.InRange(star[0].Ra, 10.5, 10.9);
        Assert.InRange(star[0].Dec, 41.1, 41.4);
        Assert.True(star[1].Ra is >= 0 and < 360);
        Assert.Equal("ra", Load.Text("id,l,b,ra,dec\n1,121,-21,10,20\n").Mapping[StarField.RaDeg]!.Formula);
    }

    [Fact]
    public void Equatorial_motions_beside_galactic_positions_stay_as_they_are()
    {
        var star = Load.Text("id,GLON,GLAT,pmra,pmdec\n1,121.17,-21.57,10,5\n").Stars[0];
        Assert.Equal((10, 5), (star.Pmra, star.Pmdec));
    }

    [Fact]
    public void Stars_are_carried_to_an_epoch_each_from_its_own()
    {
        const string text = "id,ra,dec,pmra,pmdec,ref_epoch\n1,10,20,1000,-500,2000\n2,10,20,1000,-500,2016\n3,10,20,,,2000\n";
        var loaded = Load.Stars(Load.OpenText(text), new StarReaderOptions { TargetEpoch = 2016 });
        Assert.Equal([2016, 2016, 2000], loaded.Stars.Select(s => s.Epoch));
        Assert.Equal(20 - 500 * 16 / 3.6e6, loaded.Stars[0].Dec, 1e-6);
        Assert.Equal((10, 20), (loaded.Stars[1].Ra, loaded.Stars[1].Dec));
        Assert.Equal((10, 20), (loaded.Stars[2].Ra, loaded.Stars[2].Dec));
        Assert.Contains("\"dec\":20", loaded.Stars[0].Extra, StringComparison.Ordinal);
        Assert.Contains("\"ref_epoch\":2000", loaded.Stars[0].Extra, StringComparison.Ordinal);
        var refused = Assert.Throws<CatalogFormatException>(() =>
            Load.Stars(Load.OpenText("id,ra,dec\n1,10,20\n"), new StarReaderOptions { TargetEpoch = 2016 }));
        Assert.Equal(CatalogFormatException.CatalogueEpochUnknown, refused.Code);
    }
}
