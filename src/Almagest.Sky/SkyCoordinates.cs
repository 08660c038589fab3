namespace Almagest.Sky;

/// <summary>Spherical geometry of positions in degrees.</summary>
public static class SkyCoordinates
{
    /// <summary>The unit vector of a position in degrees, in the same frame.</summary>
    public static SkyVector ToUnitVector(double lonDeg, double latDeg)
    {
        var (sinLon, cosLon) = Math.SinCos(lonDeg * Constants.Degree);
        var (sinLat, cosLat) = Math.SinCos(latDeg * Constants.Degree);
        return new SkyVector(cosLat * cosLon, cosLat * sinLon, sinLat);
    }

    /// <summary>The longitude in [0, 360) and latitude in [-90, 90] of a vector of any length but zero, degrees.</summary>
    public static (double LonDeg, double LatDeg) FromVector(SkyVector v) =>
        (NormaliseDegrees(Math.Atan2(v.Y, v.X) / Constants.Degree), Math.Atan2(v.Z, Math.Sqrt(v.X * v.X + v.Y * v.Y)) / Constants.Degree);

    /// <summary>An angle brought into [0, 360) degrees.</summary>
    public static double NormaliseDegrees(double degrees)
    {
        var wrapped = degrees % 360;
        if (wrapped < 0)
            wrapped += 360;
        return wrapped >= 360 ? 0 : wrapped; // a tiny negative angle rounds up to 360 itself
    }

    /// <summary>
    /// The angle between two positions, degrees in [0, 180], by Vincenty's formula: accurate to rounding for equal,
    /// close, and opposite positions alike (Vincenty 1975, Survey Review 23).
    /// </summary>
    public static double SeparationDeg(double lon1Deg, double lat1Deg, double lon2Deg, double lat2Deg)
    {
        var (sin1, cos1) = Math.SinCos(lat1Deg * Constants.Degree);
        var (sin2, cos2) = Math.SinCos(lat2Deg * Constants.Degree);
        var (sinD, cosD) = Math.SinCos((lon2Deg - lon1Deg) * Constants.Degree);
        var across = cos2 * sinD;
        var along = cos1 * sin2 - sin1 * cos2 * cosD;
        return Math.Atan2(Math.Sqrt(across * across + along * along), sin1 * sin2 + cos1 * cos2 * cosD) / Constants.Degree;
    }
}
