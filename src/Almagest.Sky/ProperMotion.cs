namespace Almagest.Sky;

/// <summary>Positions of moving stars at another epoch.</summary>
public static class ProperMotion
{
    const double RadPerMas = Math.PI / (180.0 * 3600 * 1000);

    /// <summary>
    /// The position some years on, moving uniformly along a straight line tangential to the sphere: the standard model (ESA 1997, The Hipparcos and
    /// Tycho Catalogues, vol. 1, section 1.5.5) for a star whose distance and radial velocity are not known.
    /// </summary>
    /// <param name="raDeg">right ascension, ICRS, degrees</param>
    /// <param name="decDeg">declination, ICRS, degrees in [-90, 90]</param>
    /// <param name="pmraMasYr">proper motion in right ascension times cos(dec), mas/yr</param>
    /// <param name="pmdecMasYr">proper motion in declination, mas/yr</param>
    /// <param name="years">Julian years, negative = back</param>
    /// <returns>right ascension in [0, 360) and declination, degrees</returns>
    public static (double RaDeg, double DecDeg) Propagate(double raDeg, double decDeg, double pmraMasYr, double pmdecMasYr, double years)
    {
        if (years == 0 || (pmraMasYr == 0 && pmdecMasYr == 0)) return (raDeg, decDeg);
        var (sinRa, cosRa) = Math.SinCos(raDeg * (Math.PI / 180));
        var (sinDec, cosDec) = Math.SinCos(decDeg * (Math.PI / 180));
        var (east, north) = (pmraMasYr * RadPerMas * years, pmdecMasYr * RadPerMas * years);
        return SkyCoordinates.FromVector(new SkyVector(
            cosDec * cosRa - sinRa * east - sinDec * cosRa * north,
            cosDec * sinRa + cosRa * east - sinDec * sinRa * north,
            sinDec + cosDec * north));
    }
}
