using System.Globalization;
using Almagest.Discovery.Clustering;
using Almagest.Runs.Execution;

namespace Almagest.Bench.Science;

/// <summary>A run's clusters beside the list of members.</summary>
internal static class ClusterScore
{
    /// <summary>The cluster that matches the members best, by the harmonic mean of precision and recall; null where none has one of
    /// them.</summary>
    /// <param name="member">of each star analysed, whether it is listed</param>
    /// <param name="listed">members in the field, whether analysed or not</param>
    public static (int Cluster, double Precision, double Recall)? Best(ClusterResult found, bool[] member, int listed)
    {
        (int Cluster, double Precision, double Recall)? best = null;
        for (var c = 0; c < found.ClusterCount; c++)
        {
            int size = 0,
                right = 0;
            for (var i = 0; i < member.Length; i++)
            {
                if (found.Labels[i] != c)
                    continue;
                size++;
                right += member[i] ? 1 : 0;
            }

            var (precision, recall) = ((double)right / size, (double)right / listed);
            if (right > 0 && (best is not { } b || Harmonic(precision, recall) > Harmonic(b.Precision, b.Recall)))
                best = (c, precision, recall);
        }

        return best;
    }

    /// <summary>The stars that a run gives a probability of some weight, and whether each is a member.</summary>
    /// <param name="least">the probability that counts</param>
    public static List<(double Probability, bool IsMember)> Judged(ClusterResult found, bool[] member, double least) =>
        [.. found.Probabilities!.Zip(member).Where(p => p.First >= least)];

    /// <summary>The found clusters in words: size, contrast, significance, scale, motion.</summary>
    public static string Words(StarAnalysis analysis) =>
        string.Join(
            "; ",
            analysis
                .Clusters!.Clusters!.Take(4)
                .Select(c =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{c.Size} at ({c.Pmra:0.0}, {c.Pmdec:0.0}) mas/yr, {c.Parallax:0.00} mas: contrast {c.Contrast:0}, "
                            + $"{c.Significance:0.0} σ, scale {c.Scale:0.00}"
                    )
                )
        );

    private static double Harmonic(double a, double b) => 2 * a * b / (a + b);
}
