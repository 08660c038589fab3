using System.Text.Json;
using Xunit;

namespace Almagest.Sky.Tests;

public sealed class FrameConversionTests
{
    [Fact]
    public void Positions_and_motions_of_older_systems_are_those_of_astropy()
    {
        var n = 0;
        foreach (var e in Astropy.Section("frames"))
        {
            var frame = e[0].GetString() switch
            {
                "fk5" => SkyFrame.Fk5,
                "fk4" => SkyFrame.Fk4,
                _ => SkyFrame.Galactic,
            };
            var system = new PositionSystem(frame, e[1].GetDouble(), e[2].ValueKind == JsonValueKind.Null ? null : e[2].GetDouble());
            var v = e.EnumerateArray().Skip(3).Select(x => x.GetDouble()).ToArray();
            var conversion = new FrameConversion(system);
            var (ra, dec) = conversion.Position(v[0], v[1]);
            var apart = SkyCoordinates.SeparationDeg(ra, dec, v[4], v[5]) * 3.6e6;
            Assert.True(apart < 0.05, $"{system} ({v[0]}, {v[1]}): {apart} mas");
            var moved = conversion.Motion(v[0], v[1], v[2], v[3]);
            Assert.Equal((ra, dec), (moved.Ra, moved.Dec));
            // Next to a pole the direction of north turns by as much as the position differs.
            var tolerance = Math.Abs(v[1]) > 89.9 ? 2 : 0.05;
            Assert.True(
                Math.Abs(moved.Pmra - v[6]) < tolerance && Math.Abs(moved.Pmdec - v[7]) < tolerance,
                $"{system} ({v[0]}, {v[1]}): {moved.Pmra} {moved.Pmdec}, expected {v[6]} {v[7]}"
            );
            n++;
        }
        Assert.Equal(320, n);
    }

    [Fact]
    public void What_is_ICRS_already_stays_as_it_is()
    {
        var conversion = new FrameConversion(PositionSystem.Icrs);
        Assert.Equal((10.1, -20.2), conversion.Position(10.1, -20.2));
        Assert.Equal((10.1, -20.2, 3.3, 4.4), conversion.Motion(10.1, -20.2, 3.3, 4.4));
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
    public void A_system_is_understood_as_users_write_it(string text, string? system) =>
        Assert.Equal(system, PositionSystem.Parse(text)?.ToString());

    [Theory]
    [InlineData("J2016.0", 2016)]
    [InlineData("2016.", 2016)]
    [InlineData("B1950", 1949.99978)]
    [InlineData("JD2451545", 2000)]
    [InlineData("MJD51544.5", 2000)]
    public void An_epoch_is_understood_as_files_write_it(string text, double year) =>
        Assert.Equal(year, PositionSystem.ParseEpoch(text)!.Value, 1e-4);
}
