using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Kinds;

/// <summary>
/// Why stars are flagged, as vectors of length 1: for each feature the root of its part in what makes the star anomalous, with the sign of
/// the side on which its value lies of the selection's median. The product of two vectors is the affinity of their parts (Bhattacharyya
/// 1943) where their values are on the same sides.
/// </summary>
public sealed class ReasonVectors
{
    private readonly FeatureMatrix _features;

    /// <param name="features">of the run</param>
    public ReasonVectors(FeatureMatrix features)
    {
        ArgumentNullException.ThrowIfNull(features);
        _features = features;
        Medians = new double[features.Columns];
        HalfWidths = new double[features.Columns];
        var column = new double[features.Rows];
        for (var f = 0; f < features.Columns; f++)
        {
            for (var i = 0; i < column.Length; i++)
                column[i] = features.Values[i * features.Columns + f];
            Medians[f] = OrderStatistics.Median(column);
            HalfWidths[f] =
                (OrderStatistics.Percentile(column, 84.134474606854292) - OrderStatistics.Percentile(column, 15.865525393145708)) / 2;
        }
    }

    /// <summary>By feature: the median of the selection.</summary>
    public double[] Medians { get; }

    /// <summary>By feature: half the width of the middle 68.27 % of the selection.</summary>
    public double[] HalfWidths { get; }

    /// <summary>Of so many rows, on several threads; null where nothing makes the row anomalous.</summary>
    public double[]?[] Of(IAnomalyExplainer explainer, IReadOnlyList<int> rows, int maxThreads, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(rows);
        var vectors = new double[]?[rows.Count];
        RowBlocks.For(rows.Count, maxThreads, i => vectors[i] = Of(explainer, rows[i]), cancellationToken);
        return vectors;
    }

    private double[]? Of(IAnomalyExplainer explainer, int row)
    {
        var found = explainer.Attribute(_features, row);
        var vector = new double[_features.Columns];
        double sum = 0;
        for (var f = 0; f < vector.Length; f++)
        {
            vector[f] = Math.Max(0, explainer.Measure.Towards(found.Changes[f]));
            sum += vector[f];
        }
        if (!(sum > 0))
            return null;
        var values = _features.Row(row);
        for (var f = 0; f < vector.Length; f++)
            vector[f] = Math.Sqrt(vector[f] / sum) * (values[f] < Medians[f] ? -1 : 1);
        return vector;
    }

    /// <summary>How far a row's value is from the median, in half-widths; 0 where the feature has none.</summary>
    public double Distance(int row, int feature) =>
        HalfWidths[feature] > 0 ? (_features.Row(row)[feature] - Medians[feature]) / HalfWidths[feature] : 0;

    /// <summary>A row's value of a feature.</summary>
    public double Value(int row, int feature) => _features.Row(row)[feature];
}
