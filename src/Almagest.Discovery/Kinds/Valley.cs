using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Kinds;

/// <summary>
/// Where the values of a group fall apart into two: the deepest valley of their density (a Gaussian kernel of half of Silverman's width,
/// which is made for one crest), less than half as dense as the lower of the two crests beside it, by more than three Poisson deviations.
/// </summary>
internal static class Valley
{
    private const int Points = 256;
    private const int LeastAside = 10;
    private const double Depth = 0.5,
        Deviations = 3;

    /// <summary>Null where they hang together.</summary>
    public static double? Of(double[] values)
    {
        if (values.Length < 2 * LeastAside)
            return null;
        double[] sorted = [.. values.Order()];
        var width = Width(sorted);
        if (!(width > 0))
            return null;
        double low = sorted[0],
            high = sorted[^1];
        var density = new double[Points];
        for (var p = 0; p < Points; p++)
        {
            var x = low + (high - low) * p / (Points - 1);
            foreach (var v in sorted)
                density[p] += Math.Exp(-0.5 * (x - v) / width * ((x - v) / width));
        }
        // As counts within ± a width: the kernel's sum over its effective width.
        var best = (At: -1, Ratio: Depth);
        for (var p = 1; p < Points - 1; p++)
        {
            if (density[p] > density[p - 1] || density[p] > density[p + 1])
                continue;
            var crest = Math.Min(density[..p].Max(), density[(p + 1)..].Max());
            var at = low + (high - low) * p / (Points - 1);
            var below = sorted.Count(v => v < at);
            if (
                density[p] < best.Ratio * crest
                && crest - density[p] > Deviations * Math.Sqrt(crest + density[p])
                && Math.Min(below, sorted.Length - below) >= LeastAside
            )
            {
                best = (p, density[p] / crest);
            }
        }
        return best.At < 0 ? null : low + (high - low) * best.At / (Points - 1);
    }

    private static double Width(double[] sorted)
    {
        var mean = sorted.Average();
        var deviation = Math.Sqrt(sorted.Average(v => (v - mean) * (v - mean)));
        var quartiles = (OrderStatistics.Percentile(sorted, 75) - OrderStatistics.Percentile(sorted, 25)) / 1.349;
        return 0.45 * (quartiles > 0 ? Math.Min(deviation, quartiles) : deviation) * Math.Pow(sorted.Length, -0.2);
    }
}
