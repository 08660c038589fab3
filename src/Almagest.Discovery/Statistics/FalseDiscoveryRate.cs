namespace Almagest.Discovery.Statistics;

/// <summary>Benjamini and Hochberg (1995): the share of false discoveries that is to be expected among all tests as significant as this
/// one.</summary>
public static class FalseDiscoveryRate
{
    /// <summary>
    /// log10 of the adjusted p value (q value) of each test: over ranks j from the test's own up, the least of m p(j) / j, at most 1.
    /// Logarithms, because p values of overlaps leave the range of a double.
    /// </summary>
    /// <param name="log10P">log10 of every test's p value, tests without significance included; at most 0</param>
    /// <exception cref="ArgumentException">a value is above 0 or not a number</exception>
    public static double[] AdjustLog10(IReadOnlyList<double> log10P)
    {
        ArgumentNullException.ThrowIfNull(log10P);
        if (log10P.Any(p => !(p <= 0)))
            throw new ArgumentException("a log10 of a p value is at most 0", nameof(log10P));
        var count = log10P.Count;
        var order = Enumerable.Range(0, count).OrderBy(i => log10P[i]).ToArray();
        var adjusted = new double[count];
        double least = 0;
        for (var rank = count; rank >= 1; rank--)
        {
            var test = order[rank - 1];
            least = Math.Min(least, log10P[test] + Math.Log10((double)count / rank));
            adjusted[test] = least;
        }
        return adjusted;
    }
}
