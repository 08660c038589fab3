using Almagest.Sky;

namespace Almagest.Discovery.Simulation;

/// <summary>The part of the sky that a simulation fills: all of it, or a cone.</summary>
public sealed record SkyRegion
{
    private SkyRegion(double raDeg, double decDeg, double radiusDeg) => (RaDeg, DecDeg, RadiusDeg) = (raDeg, decDeg, radiusDeg);

    public static SkyRegion AllSky { get; } = new(0, 0, 180);

    /// <summary>Centre, ICRS degrees.</summary>
    public double RaDeg { get; }

    /// <summary>Centre, ICRS degrees.</summary>
    public double DecDeg { get; }

    /// <summary>Radius, degrees in (0, 180].</summary>
    public double RadiusDeg { get; }

    public bool IsAllSky => RadiusDeg >= 180;

    /// <exception cref="DiscoveryException">the cone does not exist</exception>
    public static SkyRegion Cone(double raDeg, double decDeg, double radiusDeg)
    {
        if (!double.IsFinite(raDeg) || !(decDeg is >= -90 and <= 90) || !(radiusDeg is > 0 and <= 180))
        {
            throw new DiscoveryException(
                $"the cone ({raDeg}, {decDeg}) of radius {radiusDeg} does not exist; expected degrees: any ra, dec in [-90, 90], "
                    + $"radius in (0, 180]"
            );
        }

        return new SkyRegion(SkyCoordinates.NormaliseDegrees(raDeg), decDeg, radiusDeg);
    }

    public bool Contains(double raDeg, double decDeg) => SkyCoordinates.SeparationDeg(RaDeg, DecDeg, raDeg, decDeg) <= RadiusDeg;
}
