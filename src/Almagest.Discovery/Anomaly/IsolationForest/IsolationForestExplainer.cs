using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// Says which features gave a star its score and by how much, from the trees themselves. Growing the trees again from the stored seed,
/// parameters and selection takes milliseconds, and so does one star; nothing is kept between runs.
/// </summary>
internal sealed class IsolationForestExplainer : IAnomalyExplainer
{
    private readonly IsolationForestModel _model;

    public IsolationForestExplainer(IsolationForestModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
    }

    /// <summary>Explains a row, with values and units as the catalogue has them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">there is no such row</exception>
    /// <exception cref="DiscoveryException">the matrix has other features than the forest</exception>
    public AnomalyExplanation Explain(PreparedFeatures prepared, int row)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        return Explain(prepared.Matrix, row, f => (prepared.InUnits(row, f), prepared.Statistics[f].Unit));
    }

    /// <summary>Explains a row of a bare matrix.</summary>
    /// <exception cref="ArgumentOutOfRangeException">there is no such row</exception>
    /// <exception cref="DiscoveryException">the matrix has other features than the forest</exception>
    public AnomalyExplanation Explain(FeatureMatrix features, int row)
    {
        ArgumentNullException.ThrowIfNull(features);
        return Explain(features, row, f => (features.Row(row)[f], ""));
    }

    private AnomalyExplanation Explain(FeatureMatrix features, int row, Func<int, (double Value, string Unit)> value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, features.Rows);
        var values = features.Row(row);
        var score = _model.ScoreSamples(new FeatureMatrix(1, features.Names, values.ToArray()))[0];
        var changes = new double[features.Columns];
        var attribution = new PathLengthAttribution(values, changes);
        double pathLength = 0,
            expected = 0;
        foreach (var tree in _model.Trees)
        {
            attribution.Add(tree);
            pathLength += tree.PathLength[tree.LeafOf(values)];
            for (var node = 0; node < tree.Nodes; node++)
                expected += tree.PathLength[node] * tree.Count[node] / tree.Count[0];
        }
        var percentiles = Percentiles(features, row);
        var shortening = -changes.Where(c => c < 0).Sum();
        var attributions = Enumerable
            .Range(0, features.Columns)
            .Select(f => new FeatureAttribution(
                features.Names[f],
                value(f).Unit,
                value(f).Value,
                percentiles[f],
                changes[f] / _model.Trees.Count,
                changes[f] < 0 ? -changes[f] / shortening : 0
            ));
        return new AnomalyExplanation(
            score,
            pathLength / _model.Trees.Count,
            expected / _model.Trees.Count,
            [.. attributions.OrderBy(a => a.PathLengthChange)]
        );
    }

    private static double[] Percentiles(FeatureMatrix features, int row)
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
        return [.. less.Zip(same, (l, s) => 100 * (l + s / 2.0) / features.Rows)];
    }
}
