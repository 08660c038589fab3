using System.Collections.Concurrent;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Anomaly.Knn;

/// <summary>
/// Splits a star's distance to its neighbours by the features that make it, and compares with the stars of the selection. Each neighbour's
/// distance is the sum of (difference in a feature)² / distance; one neighbour's direction is chance, and so all k have a say.
/// </summary>
internal sealed class KnnExplainer : AnomalyExplainer
{
    private static readonly ScoreMeasure s_measure = new(
        "neighbour_distance",
        "distance to its neighbours",
        "",
        "on the average of the selection",
        false
    );

    private readonly NeighbourTree _tree;
    private readonly int[] _places;
    private readonly string _method;
    private readonly int _k;
    private readonly ConcurrentBag<NeighbourSearch> _idle = [];
    private readonly TypicalParts _typical;

    public KnnExplainer(FeatureMatrix features, NeighbourTree tree, KnnParameters parameters, AlgorithmContext context)
        : base(s_measure)
    {
        _tree = tree;
        _places = tree.Places();
        _method = parameters.Method;
        _k = Math.Min(parameters.NNeighbors, features.Rows - 1);
        _typical = TypicalParts.Of(features.Rows, features.Columns, (row, parts) => Add(features, row, parts), context.CancellationToken);
    }

    public override RowAttribution Attribute(FeatureMatrix features, int row)
    {
        ArgumentNullException.ThrowIfNull(features);
        var parts = new double[features.Columns];
        var measured = Add(features, row, parts);
        return new RowAttribution(-measured, measured, _typical.Measured, _typical.Changes(parts));
    }

    private double Add(FeatureMatrix features, int row, double[] parts)
    {
        var search = _idle.TryTake(out var idle) ? idle : new NeighbourSearch(_tree, _k);
        var measured = KnnAlgorithm.Measure(search, _places[row], _method);
        double sum = 0;
        foreach (var squared in search.Squared)
            sum += Math.Sqrt(squared);
        for (var i = 0; i < search.Places.Length; i++)
        {
            var distance = Math.Sqrt(search.Squared[i]);
            var weight = sum > 0 ? measured * distance / sum : 0;
            DistanceParts.Add(features.Row(row), features.Row(_tree.Cells.Points.Row[search.Places[i]]), weight, parts);
        }
        _idle.Add(search);
        return measured;
    }
}
