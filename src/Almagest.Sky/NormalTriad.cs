namespace Almagest.Sky;

/// <summary>The three directions at a position, unit vectors: p, q and r of the Hipparcos catalogue (ESA SP-1200, volume 1).</summary>
public readonly record struct NormalTriad(SkyVector East, SkyVector North, SkyVector Outward)
{
    /// <param name="lonDeg">right ascension, or any longitude, degrees</param>
    /// <param name="latDeg">declination, or latitude, degrees</param>
    public static NormalTriad At(double lonDeg, double latDeg)
    {
        var (sinLon, cosLon) = Math.SinCos(lonDeg * Constants.Degree);
        var (sinLat, cosLat) = Math.SinCos(latDeg * Constants.Degree);
        return new NormalTriad(
            new SkyVector(-sinLon, cosLon, 0),
            new SkyVector(-sinLat * cosLon, -sinLat * sinLon, cosLat),
            new SkyVector(cosLat * cosLon, cosLat * sinLon, sinLat)
        );
    }
}
