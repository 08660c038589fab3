namespace Almagest.Sky;

/// <summary>
/// Where a star is at another epoch: straight motion through space, so that proper motion, parallax and radial velocity change with it (The
/// Hipparcos and Tycho Catalogues, ESA SP-1200, volume 1, section 1.5.5). Without a parallax or radial velocity the motion is along a great
/// circle. Light time is left out: for Barnard's and Kapteyn's stars that is
/// 0.1 mas after 25 years and 1 to 2 mas after a century; for all others it is less.
/// </summary>
public static class SpaceMotion
{
    /// <summary>An astronomical unit per Julian year, in km/s.</summary>
    private const double AuPerYear = 149597870.7 / (365.25 * 86400);

    private const double Degree = Math.PI / 180, Mas = Degree / 3.6e6;

    /// <param name="ra">degrees, ICRS</param>
    /// <param name="dec">degrees</param>
    /// <param name="pmra">mas/yr, times cos(dec); NaN: the position stays</param>
    /// <param name="pmdec">mas/yr; NaN: the position stays</param>
    /// <param name="parallax">mas; NaN or not above 0: unknown</param>
    /// <param name="radialVelocity">km/s; NaN: unknown</param>
    /// <param name="years">Julian years to go</param>
    public static (double Ra, double Dec, double Pmra, double Pmdec, double Parallax, double RadialVelocity) Propagate(
        double ra, double dec, double pmra, double pmdec, double parallax, double radialVelocity, double years)
    {
        if (years == 0 || double.IsNaN(pmra) || double.IsNaN(pmdec) || double.IsNaN(years)) return (ra, dec, pmra, pmdec, parallax, radialVelocity);
        var (sinRa, cosRa) = Math.SinCos(ra * Degree);
        var (sinDec, cosDec) = Math.SinCos(dec * Degree);
        // The normal triad: east, north, outwards.
        var p = new Direction(-sinRa, cosRa, 0);
        var q = new Direction(-sinDec * cosRa, -sinDec * sinRa, cosDec);
        var r = new Direction(cosDec * cosRa, cosDec * sinRa, sinDec);
        bool radial = parallax > 0 && !double.IsNaN(radialVelocity);
        // The radial motion over the distance, per year.
        double zeta = radial ? radialVelocity * parallax * Mas / AuPerYear : 0;
        var motion = pmra * Mas * p + pmdec * Mas * q;
        double square = pmra * Mas * pmra * Mas + pmdec * Mas * pmdec * Mas;
        double f = 1 / Math.Sqrt(1 + 2 * zeta * years + (square + zeta * zeta) * years * years);
        var there = f * (1 + zeta * years) * r + f * years * motion;
        var (longitude, latitude) = there.Angles();
        var speed = f * f * f * ((1 + zeta * years) * motion - square * years * r);
        var (sinL, cosL) = Math.SinCos(longitude);
        var (sinB, cosB) = Math.SinCos(latitude);
        double newRa = longitude / Degree;
        return (
            newRa >= 360 ? 0 : newRa,
            latitude / Degree,
            speed.Dot(new(-sinL, cosL, 0)) / Mas,
            speed.Dot(new(-sinB * cosL, -sinB * sinL, cosB)) / Mas,
            double.IsNaN(parallax) ? parallax : parallax * f,
            radial ? (zeta + (square + zeta * zeta) * years) * f * f / (parallax * f * Mas) * AuPerYear : radialVelocity);
    }
}
