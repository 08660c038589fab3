namespace Almagest.Sky;

/// <summary>Spherical geometry of positions in degrees.</summary>
public static class SkyCoordinates
{
    private const double DegToRad = Math.PI / 180;

    // Rows of the rotation from ICRS to Galactic axes (ESA 1997, The Hipparcos and Tycho Catalogues, vol. 1, eq. 1.5.11,
    // from the pole at (192.85948, +27.12825) and the ascending node at l = 32.93192), also Gaia's.
    private static readonly SkyVector GalacticX = new(-0.0548755604162154, -0.8734370902348850, -0.4838350155487132);
    private static readonly SkyVector GalacticY = new(+0.4941094278755837, -0.4448296299600112, +0.7469822444972189);
    private static readonly SkyVector GalacticZ = new(-0.8676661490190047, -0.1980763734312015, +0.4559837761750669);

    /// <summary>The unit vector of a position in degrees, in the same frame.</summary>
    public static SkyVector ToUnitVector(double lonDeg, double latDeg)
    {
        var (sinLon, cosLon) = Math.SinCos(lonDeg * DegToRad);
        var (sinLat, cosLat) = Math.SinCos(latDeg * DegToRad);
        return new SkyVector(cosLat * cosLon, cosLat * sinLon, sinLat);
    }

    /// <summary>The longitude in [0, 360) and latitude in [-90, 90] of a vector of any length but zero, degrees.</summary>
    public static (double LonDeg, double LatDeg) FromVector(SkyVector v) =>
        (NormaliseDegrees(Math.Atan2(v.Y, v.X) / DegToRad), Math.Atan2(v.Z, Math.Sqrt(v.X * v.X + v.Y * v.Y)) / DegToRad);

    /// <summary>An angle brought into [0, 360) degrees.</summary>
    public static double NormaliseDegrees(double degrees)
    {
        var wrapped = degrees % 360;
        if (wrapped < 0) wrapped += 360;
        return wrapped >= 360 ? 0 : wrapped; // a tiny negative angle rounds up to 360 itself
    }

    /// <summary>
    /// The angle between two positions, degrees in [0, 180], by Vincenty's formula: accurate to rounding for equal,
    /// close, and opposite positions alike (Vincenty 1975, Survey Review 23).
    /// </summary>
    public static double SeparationDeg(double lon1Deg, double lat1Deg, double lon2Deg, double lat2Deg)
    {
        var (sin1, cos1) = Math.SinCos(lat1Deg * DegToRad);
        var (sin2, cos2) = Math.SinCos(lat2Deg * DegToRad);
        var (sinD, cosD) = Math.SinCos((lon2Deg - lon1Deg) * DegToRad);
        var across = cos2 * sinD;
        var along = cos1 * sin2 - sin1 * cos2 * cosD;
        return Math.Atan2(Math.Sqrt(across * across + along * along), sin1 * sin2 + cos1 * cos2 * cosD) / DegToRad;
    }

    /// <summary>Galactic longitude in [0, 360) and latitude of an ICRS position, degrees.</summary>
    public static (double LDeg, double BDeg) IcrsToGalactic(double raDeg, double decDeg) =>
        FromVector(IcrsToGalactic(ToUnitVector(raDeg, decDeg)));

    /// <summary>ICRS right ascension in [0, 360) and declination of a Galactic position, degrees.</summary>
    public static (double RaDeg, double DecDeg) GalacticToIcrs(double lDeg, double bDeg) =>
        FromVector(GalacticToIcrs(ToUnitVector(lDeg, bDeg)));

    /// <summary>The Galactic components (x to the centre, y along rotation, z to the north pole) of an ICRS vector, of any unit.</summary>
    public static SkyVector IcrsToGalactic(SkyVector v) => new(GalacticX.Dot(v), GalacticY.Dot(v), GalacticZ.Dot(v));

    /// <summary>The ICRS components of a Galactic vector, of any unit.</summary>
    public static SkyVector GalacticToIcrs(SkyVector v) => GalacticX * v.X + GalacticY * v.Y + GalacticZ * v.Z;
}
