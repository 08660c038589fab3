using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Which fields without a unit of right ascension are loaded as degrees, and for which the unit is asked.</summary>
public sealed class HoursDoubtTests
{
    // As hours: whatever the place and the width of the cone.
    [Theory]
    [InlineData(56.75, 24.1, 2, 300)]
    [InlineData(56.75, 24.1, 0.3, 20)]
    [InlineData(20, 70, 8, 300)] // crosses 0 h
    [InlineData(0, 0, 0.5, 300)] // crosses 0 h
    [InlineData(0.1, -45, 3, 40)]
    [InlineData(30, 88, 4, 300)] // has the pole
    [InlineData(200, -90, 10, 100)]
    [InlineData(12, 85.2, 1, 300)]
    [InlineData(180, 70, 19, 300)]
    [InlineData(100, 0, 60, 300)]
    [InlineData(100, 20, 180, 300)] // the whole sky
    public void A_cone_in_hours_is_not_taken_for_degrees(double ra, double dec, double radius, int stars) =>
        Assert.Contains("they may be hours", Doubt(Cone(ra, dec, radius, stars).Select(s => (s.Ra / 15, s.Dec))), StringComparison.Ordinal);

    // As degrees: the ordinary cones at right ascensions that might be hours.
    [Theory]
    [InlineData(12, 85.2, 0.5, 300)] // NGC 188
    [InlineData(12, 85.2, 0.5, 30)]
    [InlineData(13.2, -72.8, 3, 300)] // the Small Magellanic Cloud
    [InlineData(10.7, 41.3, 2, 300)] // M 31
    [InlineData(6, -72.1, 0.8, 12)] // 47 Tucanae
    [InlineData(12, 0, 11, 2000)]
    [InlineData(12, 60, 5, 300)]
    [InlineData(12, -30, 0.05, 40)]
    public void A_cone_in_degrees_is_loaded(double ra, double dec, double radius, int stars) =>
        Assert.Null(Doubt(Cone(ra, dec, radius, stars)));

    [Theory]
    [InlineData(0.5, 23, -5, 5, true)] // wider than tall
    [InlineData(10, 14, 40, 44, true)] // a box in right ascension and declination
    [InlineData(10, 15, 60, 65, true)]
    [InlineData(10, 15, -4, 4, true)]
    [InlineData(0.01, 23.99, -10, 10, false)] // as a strip round the sky
    [InlineData(0.3, 3.2, 62, 78, false)]
    public void A_box_is_loaded_unless_it_is_tall_or_goes_round(double ra, double toRa, double dec, double toDec, bool loads)
    {
        var stars = Enumerable.Range(0, 400).Select(i => (ra + (toRa - ra) * (i % 20) / 19, dec + (toDec - dec) * (i / 20) / 19));
        Assert.Equal(loads, Doubt(stars) is null);
    }

    [Fact]
    public void Once_the_unit_is_said_or_a_star_is_beyond_24_nothing_is_asked()
    {
        var hours = Cone(56.75, 24.1, 2, 300).Select(s => (s.Ra / 15, s.Dec)).ToArray();
        Assert.NotNull(Doubt(hours));
        Assert.Null(Doubt(hours, "RA_deg"));
        Assert.Null(Doubt([.. hours, (24.01, 24)]));
    }

    [Theory]
    [InlineData(1.45, 1.69, -0.2, 0.19, true)]
    [InlineData(0.01, 6.28, -1.57, 1.57, true)]
    [InlineData(1.45, 6.9, -0.2, 0.19, false)]
    [InlineData(1.45, 1.69, -2, 0.19, false)]
    public void What_may_be_radians_is_told_so(double ra, double toRa, double dec, double toDec, bool told)
    {
        var doubt = new HoursDoubt(ColumnMapping.Automatic([new("RA", ColumnType.Double), new("Dec", ColumnType.Double)]));
        doubt.Add([ra, toRa], [dec, toDec], 2);
        Assert.Equal(told, doubt.Remark!.Contains("radians: ra_deg=RA:rad and dec_deg=Dec:rad.", StringComparison.Ordinal));
    }

    private static string? Doubt(IEnumerable<(double Ra, double Dec)> stars, string ra = "RA")
    {
        var doubt = new HoursDoubt(ColumnMapping.Automatic([new(ra, ColumnType.Double), new("Dec", ColumnType.Double)]));
        foreach (var batch in stars.Chunk(100))
            doubt.Add([.. batch.Select(s => s.Ra)], [.. batch.Select(s => s.Dec)], batch.Length);
        if (doubt.Doubt is null)
            doubt.Judge();
        else
            Assert.Equal(CatalogFormatException.PositionUnitUnknown, Assert.Throws<CatalogFormatException>(doubt.Judge).Code);
        return doubt.Doubt;
    }

    // Spread evenly and the same each time: the golden angle from star to star.
    private static IEnumerable<(double Ra, double Dec)> Cone(double ra, double dec, double radius, int stars)
    {
        var (sin, cos) = Math.SinCos(double.DegreesToRadians(dec));
        for (var i = 0; i < stars; i++)
        {
            var far = Math.Acos(1 - (i + 0.5) / stars * (1 - Math.Cos(double.DegreesToRadians(radius))));
            var angle = i * Math.PI * (3 - Math.Sqrt(5));
            var z = sin * Math.Cos(far) + cos * Math.Sin(far) * Math.Cos(angle);
            var east = Math.Atan2(Math.Sin(angle) * Math.Sin(far) * cos, Math.Cos(far) - sin * z);
            yield return ((ra + double.RadiansToDegrees(east) + 360) % 360, double.RadiansToDegrees(Math.Asin(z)));
        }
    }
}
