using System.Collections.Concurrent;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly;

/// <summary>The neighbours of one star at a time; used by one thread at a time.</summary>
internal interface INeighbourhood
{
    /// <summary>Goes to a star, and measures it.</summary>
    double MoveTo(int row);

    int Count { get; }

    /// <summary>How far a neighbour is, as the detector counts it.</summary>
    double Reach(int neighbour);

    int RowOf(int neighbour);
}

/// <summary>
/// Splits what a detector measures of a star between its neighbours, by how far each is, and each neighbour's part between the features
/// that keep the two apart; and compares with the stars of the selection. One neighbour's direction is chance, and so all have a say.
/// </summary>
internal abstract class NeighbourExplainer : AnomalyExplainer
{
    private readonly Func<INeighbourhood> _create;
    private readonly ConcurrentBag<INeighbourhood> _idle = [];
    private readonly TypicalParts _typical;

    private protected NeighbourExplainer(
        ScoreMeasure measure,
        FeatureMatrix features,
        Func<INeighbourhood> create,
        AlgorithmContext context
    )
        : base(measure)
    {
        _create = create;
        _typical = TypicalParts.Of(features.Rows, features.Columns, (row, parts) => Add(features, row, parts), context.CancellationToken);
    }

    public sealed override RowAttribution Attribute(FeatureMatrix features, int row)
    {
        ArgumentNullException.ThrowIfNull(features);
        var parts = new double[features.Columns];
        var measured = Add(features, row, parts);
        return new RowAttribution(-measured, measured, _typical.Measured, _typical.Changes(parts));
    }

    private double Add(FeatureMatrix features, int row, double[] parts)
    {
        var around = _idle.TryTake(out var idle) ? idle : _create();
        var measured = around.MoveTo(row);
        double sum = 0;
        for (var i = 0; i < around.Count; i++)
            sum += around.Reach(i);
        for (var i = 0; i < around.Count; i++)
        {
            var weight = sum > 0 ? measured * around.Reach(i) / sum : measured / around.Count;
            DistanceParts.Add(features.Row(row), features.Row(around.RowOf(i)), weight, parts);
        }
        _idle.Add(around);
        return measured;
    }
}
