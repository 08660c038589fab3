namespace Almagest.Discovery.Clustering.Auto;

/// <summary>A chance, however small, as standard deviations of a normal distribution (one tail).</summary>
internal static class NormalTail
{
    /// <param name="logChance">natural logarithm of a chance of at most a half</param>
    public static double Deviations(double logChance)
    {
        var t = Math.Sqrt(-2 * logChance);
        if (logChance > -7)
        {
            // Abramowitz and Stegun 1964, 26.2.23: right to 0.0005.
            return Math.Max(0, t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
        }

        // The tail's asymptotic series (26.2.12), solved for its place.
        var x = t;
        for (var i = 0; i < 40; i++)
        {
            var square = 1 / (x * x);
            var series = Math.Log(1 - square * (1 - square * (3 - 15 * square)));
            x = Math.Sqrt(-2 * (logChance + Math.Log(x) + 0.5 * Math.Log(2 * Math.PI) - series));
        }

        return x;
    }
}
