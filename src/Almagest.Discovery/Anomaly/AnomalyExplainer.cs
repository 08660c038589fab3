using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly;

/// <summary>What explanations of all detectors have in common: values, percentiles, shares, the order.</summary>
internal abstract class AnomalyExplainer(ScoreMeasure measure) : IAnomalyExplainer
{
    public ScoreMeasure Measure => measure;

    public abstract RowAttribution Attribute(FeatureMatrix features, int row);

    public AnomalyExplanation Explain(PreparedFeatures prepared, int row)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        return Explain(prepared.Matrix, row, f => (prepared.InUnits(row, f), prepared.Statistics[f].Unit));
    }

    /// <summary>Explains a row of a bare matrix.</summary>
    /// <exception cref="ArgumentOutOfRangeException">there is no such row</exception>
    /// <exception cref="DiscoveryException">the matrix has other features than the model</exception>
    public AnomalyExplanation Explain(FeatureMatrix features, int row)
    {
        ArgumentNullException.ThrowIfNull(features);
        return Explain(features, row, f => (features.Row(row)[f], ""));
    }

    private AnomalyExplanation Explain(FeatureMatrix features, int row, Func<int, (double Value, string Unit)> value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, features.Rows);
        var found = Attribute(features, row);
        var (less, same) = Ranks(features, row);
        var shares = AttributionShares.Of(measure, found.Changes);
        var attributions = Enumerable
            .Range(0, features.Columns)
            .Select(f => new FeatureAttribution(
                features.Names[f],
                value(f).Unit,
                value(f).Value,
                100 * (less[f] + same[f] / 2.0) / features.Rows,
                found.Changes[f],
                shares[f]
            )
            {
                Above = 100.0 * less[f] / features.Rows,
                Below = 100.0 * (features.Rows - less[f] - same[f]) / features.Rows,
            });
        return new AnomalyExplanation(
            AnomalyAlgorithm.InReach(found.RawScore),
            measure,
            found.Measured,
            found.Expected,
            [.. attributions.OrderByDescending(a => measure.Towards(a.Change))]
        );
    }

    // Of each feature, the stars with a lesser value and those with the same, the star itself among them.
    private static (long[] Less, long[] Same) Ranks(FeatureMatrix features, int row)
    {
        var own = features.Row(row);
        var (less, same) = (new long[own.Length], new long[own.Length]);
        for (var start = 0; start < features.Values.Length; start += own.Length)
        {
            var other = features.Values.AsSpan(start, own.Length);
            for (var f = 0; f < own.Length; f++)
            {
                less[f] += other[f] < own[f] ? 1 : 0;
                same[f] += other[f] == own[f] ? 1 : 0;
            }
        }
        return (less, same);
    }
}
