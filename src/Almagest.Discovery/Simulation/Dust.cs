namespace Almagest.Discovery.Simulation;

/// <summary>A smooth sheet of dust in the Galactic plane: 0.7 mag of G a kiloparsec at mid-plane, 120 pc of scale height.</summary>
internal static class Dust
{
    /// <summary>Reddening in BP-RP per magnitude of extinction in G.</summary>
    public const double Reddening = 0.45;

    private const double PerParsec = 0.7e-3;
    private const double Height = 120;

    /// <summary>Extinction in G to a distance, mag.</summary>
    public static double Extinction(double distancePc, double sinLatitude)
    {
        var heights = distancePc * Math.Abs(sinLatitude) / Height;
        return PerParsec * distancePc * (heights < 1e-6 ? 1 : (1 - Math.Exp(-heights)) / heights);
    }
}
