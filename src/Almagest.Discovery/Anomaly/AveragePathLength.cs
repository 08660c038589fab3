namespace Almagest.Discovery.Anomaly;

/// <summary>
/// c(n): the mean path length of an unsuccessful search in a binary search tree of n keys, by which isolation forests
/// measure depth (Liu, Ting and Zhou, "Isolation Forest", ICDM 2008, eq. 1).
/// </summary>
internal static class AveragePathLength
{
    private const double EulerGamma = 0.57721566490153286061;

    public static double Of(int n) =>
        n switch
        {
            <= 1 => 0,
            2 => 1,
            _ => 2 * (Math.Log(n - 1) + EulerGamma) - 2.0 * (n - 1) / n,
        };

    /// <summary>
    /// The path length that a leaf stands for: its depth plus c(n), rounded to a multiple of 2^-34. Sums over as many trees as we allow are
    /// then exact in double precision, and so the same in whatever order they are made.
    /// </summary>
    public static double FromRoot(int depth, int stars) => Rounded(depth + Of(stars));

    /// <summary>The next multiple of 2^-34.</summary>
    public static double Rounded(double length) => Math.Round(length * (1L << 34)) / (1L << 34);
}
