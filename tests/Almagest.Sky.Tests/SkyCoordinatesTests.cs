using CsCheck;
using Xunit;

namespace Almagest.Sky.Tests;

public sealed class SkyCoordinatesTests
{
    [Theory]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(359.5, 0, 0.5, 0, 1)]
    [InlineData(10, 90, 200, 90, 0)]
    [InlineData(10, 90, 200, -90, 180)]
    [InlineData(0, 0, 180, 0, 180)]
    [InlineData(20, 30, 20, 31, 1)]
    [InlineData(0, 0, 90, 45, 90)]
    public void Known_separations(double ra1, double dec1, double ra2, double dec2, double expected) =>
        Assert.Equal(expected, SkyCoordinates.SeparationDeg(ra1, dec1, ra2, dec2), 1e-12);

    [Fact]
    public void A_separation_of_a_microarcsecond_keeps_its_digits()
    {
        const double Tiny = 1e-6 / 3600;
        Assert.Equal(1, SkyCoordinates.SeparationDeg(0, 0, Tiny, 0) / Tiny, 1e-12);
        Assert.Equal(1, (180 - SkyCoordinates.SeparationDeg(0, 0, 180 - Tiny, 0)) / Tiny, 1e-3);
    }

    [Fact]
    public void Separation_agrees_with_unit_vectors_and_is_symmetric() =>
        Gen.Select(Gen.Double[0, 360], Gen.Double[-90, 90], Gen.Double[0, 360], Gen.Double[-90, 90])
            .Sample(
                (ra1, dec1, ra2, dec2) =>
                {
                    var found = SkyCoordinates.SeparationDeg(ra1, dec1, ra2, dec2);
                    var chord = (SkyCoordinates.ToUnitVector(ra1, dec1) - SkyCoordinates.ToUnitVector(ra2, dec2)).Norm;
                    Assert.Equal(chord, 2 * Math.Sin(found * Math.PI / 360), 1e-14);
                    Assert.Equal(found, SkyCoordinates.SeparationDeg(ra2, dec2, ra1, dec1), 1e-12);
                }
            );

    [Theory]
    [InlineData(0, 0)]
    [InlineData(360, 0)]
    [InlineData(-1e-20, 0)]
    [InlineData(725, 5)]
    [InlineData(-10, 350)]
    public void Angles_are_brought_into_one_turn(double degrees, double expected) =>
        Assert.Equal(expected, SkyCoordinates.NormaliseDegrees(degrees));

    [Fact]
    public void A_vector_turns_back_into_its_position() =>
        Gen.Select(Gen.Double[0, 359.999], Gen.Double[-89.9, 89.9], Gen.Double[0.1, 50])
            .Sample(
                (ra, dec, length) =>
                {
                    var (backRa, backDec) = SkyCoordinates.FromVector(SkyCoordinates.ToUnitVector(ra, dec) * length);
                    return Math.Abs(backRa - ra) < 1e-10 && Math.Abs(backDec - dec) < 1e-12;
                }
            );
}
