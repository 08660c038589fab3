namespace Almagest.Discovery.Anomaly;

/// <summary>The parts of features in what makes a star anomalous.</summary>
internal static class AttributionShares
{
    /// <returns>by feature, in [0, 1]; they add up to 1, or are all 0 where nothing makes the star anomalous</returns>
    public static double[] Of(ScoreMeasure measure, ReadOnlySpan<double> changes)
    {
        var shares = new double[changes.Length];
        double sum = 0;
        for (var f = 0; f < shares.Length; f++)
        {
            shares[f] = Math.Max(0, measure.Towards(changes[f]));
            sum += shares[f];
        }
        for (var f = 0; f < shares.Length && sum > 0; f++)
            shares[f] /= sum;
        return shares;
    }
}
