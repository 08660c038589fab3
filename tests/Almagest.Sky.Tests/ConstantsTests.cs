using Xunit;

namespace Almagest.Sky.Tests;

public sealed class ConstantsTests
{
    /// <summary>astropy 5.2: <c>(1 * u.au / u.yr).to(u.km / u.s)</c>.</summary>
    [Fact]
    public void A_proper_motion_is_a_velocity_by_the_units_of_the_IAU() => Assert.Equal(4.740470463533348, Constants.AuPerYearKmS, 1e-14);

    [Fact]
    public void Angles_are_parts_of_a_turn()
    {
        Assert.Equal(2 * Math.PI, 360 * Constants.Degree, 1e-15);
        Assert.Equal(Constants.Degree, 3600 * Constants.Arcsecond, 1e-17);
        Assert.Equal(Constants.Arcsecond, 1000 * Constants.Milliarcsecond, 1e-20);
    }
}
