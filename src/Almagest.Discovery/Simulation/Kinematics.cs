using Almagest.Sky;

namespace Almagest.Discovery.Simulation;

/// <summary>Motions in the Galaxy, in Galactic components relative to the Sun, km/s.</summary>
internal static class Kinematics
{
    private const double SunToCentrePc = 8178; // GRAVITY Collaboration 2019
    private const double CircularKmS = 229; // Eilers et al. 2019

    private static readonly SkyVector s_sun = new(11.1, 12.24, 7.25); // Schönrich, Binney and Dehnen 2010

    /// <summary>A disc star's velocity: rotation of the disc, dispersion by age, and a tenth part of older, slower stars.</summary>
    public static SkyVector Disc(ref StarRandom random, in IntrinsicStar star)
    {
        var (u, v, w, lag) =
            random.Chance(0.06) ? (65.0, 42.0, 38.0, 45.0)
            : star.AbsoluteMag < 2.5 && star.Colour < 0.5 ? (16.0, 10.0, 7.0, 2.0)
            : (33.0, 21.0, 17.0, 10.0);
        var own = new SkyVector(u * random.Normal(), v * random.Normal() - lag, w * random.Normal());
        return Rotation(star.Direction * star.DistancePc) + own - s_sun;
    }

    /// <summary>A velocity of a given size in a random direction.</summary>
    public static SkyVector Isotropic(ref StarRandom random, double speed)
    {
        var z = random.Between(-1, 1);
        var (sin, cos) = Math.SinCos(2 * Math.PI * random.Uniform());
        return new SkyVector(cos, sin, 0) * (Math.Sqrt(1 - z * z) * speed) + new SkyVector(0, 0, z * speed);
    }

    /// <summary>The velocity of a place on a flat rotation curve less that at the Sun.</summary>
    private static SkyVector Rotation(SkyVector place)
    {
        double inward = SunToCentrePc - place.X,
            radius = Math.Sqrt(inward * inward + place.Y * place.Y);
        if (radius < 100)
            return default; // the very centre does not rotate as a disc
        return new SkyVector(CircularKmS * place.Y / radius, CircularKmS * (inward / radius - 1), 0);
    }

    /// <summary>Proper motions (mas/yr) and radial velocity (km/s) of an ICRS position moving with an ICRS velocity.</summary>
    public static (double Pmra, double Pmdec, double RadialVelocity) Project(
        double raDeg,
        double decDeg,
        double distancePc,
        SkyVector icrsVelocity
    )
    {
        var at = NormalTriad.At(raDeg, decDeg);
        var perMas = 1000 / (Constants.AuPerYearKmS * distancePc);
        return (icrsVelocity.Dot(at.East) * perMas, icrsVelocity.Dot(at.North) * perMas, icrsVelocity.Dot(at.Outward));
    }

    /// <summary>The ICRS velocity behind proper motions and a radial velocity: the inverse of <see cref="Project"/>.</summary>
    public static SkyVector Velocity(double raDeg, double decDeg, double distancePc, double pmra, double pmdec, double radialVelocity)
    {
        var at = NormalTriad.At(raDeg, decDeg);
        var perKmS = Constants.AuPerYearKmS * distancePc / 1000;
        return at.East * (pmra * perKmS) + at.North * (pmdec * perKmS) + at.Outward * radialVelocity;
    }
}
