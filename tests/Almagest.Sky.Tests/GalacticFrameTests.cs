using CsCheck;
using Xunit;

namespace Almagest.Sky.Tests;

public sealed class GalacticFrameTests
{
    // Positions from SIMBAD.
    [Theory]
    [InlineData(266.40499, -28.93617, 0.0, 0.0, 1e-3)] // the Galactic centre
    [InlineData(192.85948, 27.12825, double.NaN, 90.0, 1e-5)] // the north Galactic pole
    [InlineData(56.75, 24.1167, 166.5707, -23.5213, 2e-3)] // the Pleiades
    public void Galactic_coordinates_of_known_places(double ra, double dec, double l, double b, double tolerance)
    {
        var (foundL, foundB) = GalacticFrame.FromIcrs(ra, dec);
        Assert.Equal(b, foundB, tolerance);
        if (!double.IsNaN(l))
            Assert.InRange(Math.Abs((foundL - l + 540) % 360 - 180), 0, tolerance);
    }

    [Fact]
    public void Galactic_coordinates_are_those_of_astropy()
    {
        var rows = Astropy.Section("galactic").Select(e => e.EnumerateArray().Select(x => x.GetDouble()).ToArray()).ToList();
        Assert.Equal(40, rows.Count);
        foreach (var row in rows)
        {
            var (l, b) = GalacticFrame.FromIcrs(row[0], row[1]);
            Assert.True(
                SkyCoordinates.SeparationDeg(l, b, row[2], row[3]) < 1e-9,
                $"({row[0]}, {row[1]}): {l}, {b}, not {row[2]}, {row[3]}"
            );
        }
    }

    [Fact]
    public void Galactic_coordinates_turn_back_into_the_same_place() =>
        Gen.Select(Gen.Double[0, 360], Gen.Double[-90, 90])
            .Sample(
                (ra, dec) =>
                {
                    var (l, b) = GalacticFrame.FromIcrs(ra, dec);
                    var (backRa, backDec) = new FrameConversion(new PositionSystem(SkyFrame.Galactic, 2000)).Position(l, b);
                    return SkyCoordinates.SeparationDeg(ra, dec, backRa, backDec) < 1e-12;
                }
            );

    [Fact]
    public void A_vector_is_turned_as_its_position_is() =>
        Gen.Select(Gen.Double[0, 360], Gen.Double[-90, 90])
            .Sample(
                (ra, dec) =>
                {
                    var icrs = SkyCoordinates.ToUnitVector(ra, dec);
                    var galactic = GalacticFrame.FromIcrs(icrs * 7);
                    var (l, b) = GalacticFrame.FromIcrs(ra, dec);
                    var (foundL, foundB) = SkyCoordinates.FromVector(galactic);
                    Assert.True(SkyCoordinates.SeparationDeg(l, b, foundL, foundB) < 1e-12);
                    Assert.Equal(0, (GalacticFrame.ToIcrs(galactic) - icrs * 7).Norm, 1e-14);
                }
            );
}
