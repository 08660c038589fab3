namespace Almagest.Discovery.Anomaly.RankEnsemble;

/// <summary>Scores as shares: of all stars, those that are at least as anomalous. In (0, 1], the less the more anomalous.</summary>
internal static class ShareRanks
{
    /// <summary>Equal scores have the mean of the ranks that they take.</summary>
    public static double[] Of(double[] scores)
    {
        var order = new int[scores.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort((double[])scores.Clone(), order);
        var shares = new double[scores.Length];
        for (var start = 0; start < order.Length; )
        {
            var end = start + 1;
            while (end < order.Length && scores[order[end]] == scores[order[start]])
                end++;
            for (var i = start; i < end; i++)
                shares[order[i]] = (start + 1 + end) / 2.0 / scores.Length;
            start = end;
        }
        return shares;
    }

    /// <summary>The share of a star that had one score and has another.</summary>
    /// <param name="had">one of <paramref name="ascending"/>, which is not there any more</param>
    public static double Of(double score, double had, double[] ascending)
    {
        var less = First(ascending, score, false) - (had < score ? 1 : 0);
        var upTo = First(ascending, score, true) - (had <= score ? 1 : 0);
        return (less + 1 + upTo + 1) / 2.0 / ascending.Length;
    }

    /// <summary>How many are less, or not greater.</summary>
    private static int First(double[] ascending, double score, bool after)
    {
        var (low, high) = (0, ascending.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ascending[middle] < score || (after && ascending[middle] == score))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <returns>lower = more anomalous</returns>
    public static double[] Combine(IReadOnlyList<double[]> shares, string combination)
    {
        var combined = new double[shares[0].Length];
        for (var row = 0; row < combined.Length; row++)
            combined[row] = Combine(shares, row, combination);
        return combined;
    }

    public static double Combine(IReadOnlyList<double[]> shares, int row, string combination)
    {
        double sum = 0,
            least = 1;
        foreach (var of in shares)
        {
            sum += combination == RankEnsembleParameters.Mean ? of[row] : Math.Log10(of[row]);
            least = Math.Min(least, of[row]);
        }
        return combination switch
        {
            RankEnsembleParameters.Best => Math.Log10(least),
            // The mean rank has the sign and the scale of the others.
            RankEnsembleParameters.Mean => Math.Log10(sum / shares.Count),
            _ => sum / shares.Count,
        };
    }
}
