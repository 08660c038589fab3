using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Sky;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Files whose positions are of older systems, or of other epochs than asked for.</summary>
public sealed class FrameTests
{
    private const string Fk4Table =
        "<VOTABLE><RESOURCE><COOSYS ID=\"o\" system=\"eq_FK4\" equinox=\"B1950\" epoch=\"1983.5\"/><COOSYS ID=\"i\" "
        + "system=\"ICRS\"/><TABLE>"
        + "<FIELD name=\"id\" datatype=\"int\"/><FIELD ref=\"o\" name=\"ra\" datatype=\"double\" unit=\"deg\"/><FIELD ref=\"o\" "
        + "name=\"dec\" datatype=\"double\" unit=\"deg\"/>"
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
        var ecliptic = Fk4Table.Replace("eq_FK4", "ecl_FK5", StringComparison.Ordinal);
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
        const string Text = "id,ra,dec,pmra,pmdec,ref_epoch\n1,10,20,1000,-500,2000\n2,10,20,1000,-500,2016\n3,10,20,,,2000\n";
        var loaded = Load.Stars(Load.OpenText(Text), new StarReaderOptions { TargetEpoch = 2016 });
        Assert.Equal([2016, 2016, 2000], loaded.Stars.Select(s => s.Epoch));
        Assert.Equal(20 - 500 * 16 / 3.6e6, loaded.Stars[0].Dec, 1e-6);
        Assert.Equal((10, 20), (loaded.Stars[1].Ra, loaded.Stars[1].Dec));
        Assert.Equal((10, 20), (loaded.Stars[2].Ra, loaded.Stars[2].Dec));
        Assert.Contains("\"dec\":20", loaded.Stars[0].Extra, StringComparison.Ordinal);
        Assert.Contains("\"ref_epoch\":2000", loaded.Stars[0].Extra, StringComparison.Ordinal);
        var refused = Assert.Throws<CatalogFormatException>(() =>
            Load.Stars(Load.OpenText("id,ra,dec\n1,10,20\n"), new StarReaderOptions { TargetEpoch = 2016 })
        );
        Assert.Equal(CatalogFormatException.CatalogueEpochUnknown, refused.Code);
    }
}
