namespace Almagest.Discovery.Tests.Anomaly;

internal static class RankCorrelation
{
    /// <summary>Pearson's correlation of the ranks, ties ranked in their order.</summary>
    public static double Spearman(double[] a, double[] b)
    {
        var (x, y) = (Ranks(a), Ranks(b));
        var mean = (a.Length - 1) / 2.0;
        double xy = 0,
            xx = 0;
        for (var i = 0; i < a.Length; i++)
        {
            xy += (x[i] - mean) * (y[i] - mean);
            xx += (x[i] - mean) * (x[i] - mean);
        }
        return xy / xx;
    }

    private static double[] Ranks(double[] values)
    {
        var ranks = new double[values.Length];
        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        for (var rank = 0; rank < order.Length; rank++)
            ranks[order[rank]] = rank;
        return ranks;
    }
}
