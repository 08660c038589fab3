using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// Says which features gave a star its score and by how much, from the trees themselves. Growing the trees again from the stored seed,
/// parameters and selection takes milliseconds, and so does one star; nothing is kept between runs.
/// </summary>
internal sealed class IsolationForestExplainer : AnomalyExplainer
{
    private readonly IsolationForestModel _model;
    private readonly double _expected;

    /// <param name="measure">what its path lengths are called; null = path lengths</param>
    public IsolationForestExplainer(IsolationForestModel model, ScoreMeasure? measure = null)
        : base(measure ?? ScoreMeasure.PathLength)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        foreach (var tree in _model.Trees)
            for (var node = 0; node < tree.Nodes; node++)
                _expected += tree.PathLength[node] * tree.Count[node] / tree.Count[0];
    }

    public override RowAttribution Attribute(FeatureMatrix features, int row)
    {
        ArgumentNullException.ThrowIfNull(features);
        var values = features.Row(row);
        var score = _model.ScoreSamples(new FeatureMatrix(1, features.Names, values.ToArray()))[0];
        var changes = new double[features.Columns];
        var attribution = new PathLengthAttribution(values, changes);
        double pathLength = 0;
        foreach (var tree in _model.Trees)
        {
            attribution.Add(tree);
            pathLength += tree.PathLength[tree.LeafOf(values)];
        }
        for (var f = 0; f < changes.Length; f++)
            changes[f] /= _model.Trees.Count;
        return new RowAttribution(score, pathLength / _model.Trees.Count, _expected / _model.Trees.Count, changes);
    }
}
