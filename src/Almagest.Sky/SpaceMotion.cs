namespace Almagest.Sky;

/// <summary>
/// Where a star is at another epoch: straight motion through space, so that proper motion, parallax and radial velocity change with it (The
/// Hipparcos and Tycho Catalogues, ESA SP-1200, volume 1, section 1.5.5). Where the parallax or the radial velocity is unknown, the
/// star moves as one without a radial velocity, along a great circle. Light time is left out: for Barnard's and Kapteyn's stars that is
/// 0.1 mas after 25 years and 1 to 2 mas after a century; for all others it is less.
/// </summary>
public static class SpaceMotion
{
    private const double Mas = Constants.Milliarcsecond;

    /// <param name="ra">degrees, ICRS</param>
    /// <param name="dec">degrees</param>
    /// <param name="pmra">mas/yr, times cos(dec); NaN: the position stays</param>
    /// <param name="pmdec">mas/yr; NaN: the position stays</param>
    /// <param name="parallax">mas; NaN or not above 0: unknown</param>
    /// <param name="radialVelocity">km/s; NaN: unknown</param>
    /// <param name="years">Julian years to go; negative: back</param>
    /// <returns>right ascension in [0, 360); where something is unknown, it stays so</returns>
    public static (double Ra, double Dec, double Pmra, double Pmdec, double Parallax, double RadialVelocity) Propagate(
        double ra,
        double dec,
        double pmra,
        double pmdec,
        double parallax,
        double radialVelocity,
        double years
    )
    {
        if (years == 0 || double.IsNaN(pmra) || double.IsNaN(pmdec) || double.IsNaN(years))
            return (ra, dec, pmra, pmdec, parallax, radialVelocity);
        var here = NormalTriad.At(ra, dec);
        var radial = parallax > 0 && !double.IsNaN(radialVelocity);
        // The radial motion over the distance, per year.
        var zeta = radial ? radialVelocity * parallax * Mas / Constants.AuPerYearKmS : 0;
        var motion = here.East * (pmra * Mas) + here.North * (pmdec * Mas);
        var square = motion.Dot(motion);
        var f = 1 / Math.Sqrt(1 + 2 * zeta * years + (square + zeta * zeta) * years * years);
        var (newRa, newDec) = SkyCoordinates.FromVector((here.Outward * (1 + zeta * years) + motion * years) * f);
        var speed = (motion * (1 + zeta * years) - here.Outward * (square * years)) * (f * f * f);
        var there = NormalTriad.At(newRa, newDec);
        return (
            newRa,
            newDec,
            speed.Dot(there.East) / Mas,
            speed.Dot(there.North) / Mas,
            parallax * f,
            radial ? (zeta + (square + zeta * zeta) * years) * f * f / (parallax * f * Mas) * Constants.AuPerYearKmS : radialVelocity
        );
    }
}
