using System.Collections.Concurrent;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.Lof;

/// <summary>
/// Splits a star's factor by the features that keep it away from its neighbours: the factor is the neighbours' mean density times the
/// star's mean reachability distance, and that is split as the distance to each neighbour is.
/// </summary>
internal sealed class LofExplainer : AnomalyExplainer
{
    private static readonly ScoreMeasure s_measure = new(
        "local_outlier_factor",
        "local outlier factor",
        "",
        "on the average of the selection",
        false
    );

    private readonly LofModel _model;
    private readonly int[] _places;
    private readonly ConcurrentBag<LofModel.Neighbourhood> _idle = [];
    private readonly TypicalParts _typical;

    public LofExplainer(FeatureMatrix features, LofModel model, AlgorithmContext context)
        : base(s_measure)
    {
        _model = model;
        _places = model.Tree.Places();
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
        var around = _idle.TryTake(out var idle) ? idle : new LofModel.Neighbourhood(_model);
        around.MoveTo(_places[row]);
        var factor = around.Factor();
        double sum = 0;
        for (var i = 0; i < around.Places.Length; i++)
            sum += around.Reachability(i);
        for (var i = 0; i < around.Places.Length; i++)
        {
            var weight = sum > 0 ? factor * around.Reachability(i) / sum : factor / around.Places.Length;
            DistanceParts.Add(features.Row(row), features.Row(_model.Tree.Cells.Points.Row[around.Places[i]]), weight, parts);
        }
        _idle.Add(around);
        return factor;
    }
}
