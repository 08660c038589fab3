using CsCheck;
using Xunit;

namespace Almagest.Sky.Tests;

public sealed class SpaceMotionTests
{
    [Fact]
    public void Stars_carried_over_years_are_where_astropy_has_them()
    {
        var n = 0;
        foreach (var e in Astropy.Section("motions"))
        {
            var v = e.EnumerateArray().Skip(1).Select(x => x.GetDouble()).ToArray();
            var there = SpaceMotion.Propagate(v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
            var apart = SkyCoordinates.SeparationDeg(there.Ra, there.Dec, v[7], v[8]) * 3.6e6;
            // Light time, which is left out, grows with the square of the years.
            Assert.True(apart < 0.01 + 2.5e-4 * v[6] * v[6], $"{e[0]} after {v[6]} years: {apart} mas");
            Assert.True(
                Math.Abs(there.Pmra - v[9]) < 0.1 && Math.Abs(there.Pmdec - v[10]) < 0.1,
                $"{e[0]} after {v[6]} years: {there.Pmra} {there.Pmdec}, expected {v[9]} {v[10]}"
            );
            Assert.Equal(v[11], there.Parallax, 0.01);
            Assert.Equal(v[12], there.RadialVelocity, 0.05);
            n++;
        }
        Assert.Equal(16, n);
    }

    [Theory]
    // Expected: astropy 5.2, SkyCoord.apply_space_motion of a star without radial velocity, so near (0.01 pc) that light time does not
    // matter.
    [InlineData(269.452, 4.693, -801.551, 10362.394, 24.75, 269.44647023520037, 4.764241399949316)]
    [InlineData(10.0, 89.9, 500.0, -300.0, -24.75, 7.989804525643013, 89.90200219236573)]
    [InlineData(0.0001, -45.0, -2000.0, 1500.0, 100.0, 359.9215897233446, -44.95830644578014)]
    [InlineData(179.5, -89.99, 300.0, 4000.0, 50.0, 183.1367889306509, -89.93431218022832)]
    public void A_star_without_distance_and_radial_velocity_is_where_astropy_puts_it(
        double ra,
        double dec,
        double pmra,
        double pmdec,
        double years,
        double expectedRa,
        double expectedDec
    )
    {
        var there = SpaceMotion.Propagate(ra, dec, pmra, pmdec, double.NaN, double.NaN, years);
        Assert.InRange(SkyCoordinates.SeparationDeg(there.Ra, there.Dec, expectedRa, expectedDec) * 3.6e6, 0, 0.001);
        Assert.Equal((double.NaN, double.NaN), (there.Parallax, there.RadialVelocity));
        var stays = SpaceMotion.Propagate(ra, dec, pmra, pmdec, double.NaN, double.NaN, 0);
        Assert.Equal((ra, dec, pmra, pmdec), (stays.Ra, stays.Dec, stays.Pmra, stays.Pmdec));
    }

    [Fact]
    public void A_star_whose_proper_motion_is_unknown_stays_where_it_is()
    {
        var there = SpaceMotion.Propagate(10, 20, double.NaN, 5, 3, 4, 100);
        Assert.Equal((10, 20, double.NaN, 5, 3, 4), there);
    }

    [Fact]
    public void Carrying_a_star_there_and_back_changes_nothing()
    {
        var there = SpaceMotion.Propagate(269.45, 4.69, -801.5, 10362.4, 546.98, -110.5, 40);
        var back = SpaceMotion.Propagate(there.Ra, there.Dec, there.Pmra, there.Pmdec, there.Parallax, there.RadialVelocity, -40);
        Assert.True(SkyCoordinates.SeparationDeg(269.45, 4.69, back.Ra, back.Dec) * 3.6e6 < 1e-4);
        Assert.Equal(-801.5, back.Pmra, 1e-6);
        Assert.Equal(-110.5, back.RadialVelocity, 1e-6);
    }

    /// <summary>The definition, in space: a place in parsecs and a velocity that does not change.</summary>
    [Fact]
    public void A_star_moves_straight_through_space() =>
        Gen.Select(
                Gen.Double[0, 360],
                Gen.Double[-89, 89],
                Gen.Double[-5000, 5000],
                Gen.Double[-5000, 5000],
                Gen.Double[-500, 500],
                Gen.Double[-1000, 1000]
            )
            .Sample(
                (ra, dec, pmra, pmdec, radialVelocity, years) =>
                {
                    const double Parallax = 200,
                        KmInParsec = 206264.80624709636 * Constants.AstronomicalUnitKm,
                        SecondsInYear = 365.25 * 86400;
                    var at = NormalTriad.At(ra, dec);
                    var velocity = (at.East * pmra + at.North * pmdec) * (4.740470463533348 / Parallax) + at.Outward * radialVelocity;
                    var place = at.Outward * (1000 / Parallax) + velocity * (years * SecondsInYear / KmInParsec);
                    var there = SpaceMotion.Propagate(ra, dec, pmra, pmdec, Parallax, radialVelocity, years);
                    var (expectedRa, expectedDec) = SkyCoordinates.FromVector(place);
                    Assert.InRange(SkyCoordinates.SeparationDeg(there.Ra, there.Dec, expectedRa, expectedDec) * 3.6e6, 0, 0.01);
                    Assert.Equal(1000 / place.Norm, there.Parallax, 1e-6);
                    Assert.Equal(velocity.Dot(place) / place.Norm, there.RadialVelocity, 1e-5);
                }
            );
}
