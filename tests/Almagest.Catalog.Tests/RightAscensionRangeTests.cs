using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Right ascensions that are counted from -180 to 180 degrees, and those that rounding has put beyond a limit.</summary>
public sealed class RightAscensionRangeTests
{
    private static Loaded Read(string csv, int? from, params string[] map)
    {
        using var reader = Load.OpenText(csv);
        var mapping = ColumnMapping.Automatic(reader.Columns).With(map).WithRaFrom(from);
        return Load.Stars(reader, mapping, new StarReaderOptions());
    }

    [Fact]
    public void Counted_from_minus_180_they_are_stored_from_0_to_360_and_the_measured_ones_stay_beside()
    {
        var loaded = Read("id,ra_deg,dec\n1,-180,5\n2,-0.25,5\n3,0,5\n4,179.5,5\n5,180,5\n", -180);
        Assert.Empty(loaded.Rejected);
        Assert.Equal([180, 359.75, 0, 179.5, 180], loaded.Stars.Select(s => s.Ra));
        Assert.Equal("""{"ra_deg":-0.25}""", loaded.Stars[1].Extra);
        Assert.Contains("ra_deg ← ra_deg (from -180 to 180 degrees)", loaded.Mapping.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_said_it_the_file_is_refused_and_asked_about()
    {
        const string Sky = "id,RA_deg,dec\n1,-120,5\n2,-60,5\n3,0.5,5\n4,60,5\n5,120,5\n";
        var error = Assert.Throws<CatalogFormatException>(() => Read(Sky, null));
        Assert.Equal(CatalogFormatException.PositionRangeUnknown, error.Code);
        Assert.Equal("RA_deg", error.Facts["column"]);
        Assert.Null(error.Facts["ra_from"]);
        Assert.Equal(
            "2 of 5 right ascensions in 'RA_deg' are from -180 to below 0 degrees, and none is above 180: they may run from -180 to 180. "
                + "Say whether they do.",
            error.Message
        );
        Assert.Equal(error.Code, Assert.Throws<CatalogFormatException>(() => Read("id,ra_deg,dec\n1,-120,5\n", null)).Code);
        // Said to run from 0, the others load.
        var loaded = Read(Sky, 0);
        Assert.Equal([0.5, 60, 120], loaded.Stars.Select(s => s.Ra));
        Assert.All(loaded.Rejected, r => Assert.Equal("right ascension outside [0, 360) degrees", r.Reason));
    }

    [Fact]
    public void A_single_row_below_0_is_left_out_and_told()
    {
        var loaded = Read("id,ra_deg,dec\n1,-120,5\n2,60,5\n3,120,5\n", null);
        Assert.Equal(2, loaded.Stars.Count);
        Assert.Contains(loaded.Report.Suspicions, s => s.StartsWith("1 of 3 right ascensions in 'ra_deg'", StringComparison.Ordinal));
        // With one above 180 there is nothing to ask.
        loaded = Read("id,ra_deg,dec\n1,-120,5\n2,-60,5\n3,220,5\n", null);
        Assert.Equal((1, 2), (loaded.Stars.Count, loaded.Rejected.Count));
        Assert.DoesNotContain(loaded.Report.Suspicions, s => s.Contains("180", StringComparison.Ordinal));
    }

    [Fact]
    public void One_above_180_where_they_are_said_to_run_to_180_refuses_the_file_and_is_named()
    {
        var error = Assert.Throws<CatalogFormatException>(() => Read("id,ra_deg,dec\n1,-120,5\n2,60,5\n3,200.5,5\n", -180));
        Assert.Equal((CatalogFormatException.PositionRangeUnknown, -180), (error.Code, error.Facts["ra_from"]));
        Assert.Equal(
            "The right ascension in 'ra_deg' on line 4 is 200.5 degrees, where they were said to run from -180 to 180.",
            error.Message
        );
    }

    [Theory]
    [InlineData("-1e-12", 359.999999999999)]
    [InlineData("-1e-17", 0)]
    [InlineData("-0.0", 0)]
    [InlineData("360", 0)]
    [InlineData("360.0000000001", 9.9987573776161298e-11)]
    public void What_rounding_has_put_beyond_a_limit_is_the_same_place(string ra, double stored)
    {
        var loaded = Read($"id,ra_deg,dec\n1,{ra},5\n2,10,90.0000000001\n3,10,-90.0000000001\n", null);
        Assert.Empty(loaded.Rejected);
        Assert.Equal(stored, loaded.Stars[0].Ra);
        Assert.False(double.IsNegative(loaded.Stars[0].Ra));
        Assert.Equal([90, -90], loaded.Stars.Skip(1).Select(s => s.Dec));
    }

    [Theory]
    [InlineData("-1e-8", "5")]
    [InlineData("360.00000001", "5")]
    [InlineData("10", "90.00000001")]
    public void What_is_farther_beyond_is_none(string ra, string dec) =>
        Assert.Single(Read($"id,ra_deg,dec\n1,{ra},{dec}\n2,10,5\n3,190,5\n", null).Rejected);

    [Theory]
    [InlineData("id,RAJ2000,DEJ2000\n1,-00 30 00,+05 00 00\n2,-01:30:00,+05 00 00\n3,11:00:00,+05 00 00\n")]
    [InlineData("id,RAh,RAm,RAs,DE-,DEd,DEm,DEs\n1,-00,30,00,+,5,0,0\n2,-1,30,0,+,5,0,0\n3,11,0,0,+,5,0,0\n")]
    public void A_minus_before_the_hours_is_one_of_minutes_and_seconds_too(string csv)
    {
        var loaded = Read(csv, -180);
        Assert.Equal([352.5, 337.5, 165], loaded.Stars.Select(s => s.Ra));
        Assert.Equal(CatalogFormatException.PositionRangeUnknown, Assert.Throws<CatalogFormatException>(() => Read(csv, null)).Code);
    }

    [Fact]
    public void Hours_from_minus_12_to_12_are_such_right_ascensions()
    {
        const string Hours = "id,RA,dec\n1,-11.5,5\n2,-0.5,10\n3,3,-70\n4,11,70\n";
        Assert.Equal([187.5, 352.5, 45, 165], Read(Hours, -180, "ra_deg=RA:hours").Stars.Select(s => s.Ra));
        var error = Assert.Throws<CatalogFormatException>(() => Read(Hours, -180));
        Assert.Equal(CatalogFormatException.PositionUnitUnknown, error.Code);
        Assert.Contains("run from -11.5 to 11", error.Message, StringComparison.Ordinal);
        var taken = Read("id,RA,dec\n1,-11.5,5\n2,-0.5,6\n3,3,7\n4,11,8\n", -180);
        Assert.Contains(
            taken.Report.Suspicions,
            s => s.StartsWith("Every right ascension in 'RA' is from -12 to 12 and has no unit", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Galactic_longitudes_run_either_way_unless_it_is_said()
    {
        const string Galactic = "id,l,b\n1,-10,5\n2,200,5\n";
        Assert.Empty(Read(Galactic, null).Rejected);
        Assert.Equal(CatalogFormatException.PositionRangeUnknown, Assert.Throws<CatalogFormatException>(() => Read(Galactic, -180)).Code);
    }
}
