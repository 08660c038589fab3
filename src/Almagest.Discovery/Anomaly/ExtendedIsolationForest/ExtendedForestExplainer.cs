using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.ExtendedIsolationForest;

/// <summary>
/// Splits a star's path length by features: their Shapley values, where features that are not known are those of other stars (Lundberg and
/// Lee 2017, NeurIPS; Janzing et al. 2020, AISTATS). A cut combines features, so that there is no shorter way through the trees.
/// </summary>
internal sealed class ExtendedForestExplainer : AnomalyExplainer
{
    private readonly ExtendedForestModel _model;
    private readonly SampledShapley _shapley;

    public ExtendedForestExplainer(ExtendedForestModel model, FeatureMatrix features)
        : base(ScoreMeasure.PathLength)
    {
        _model = model;
        _shapley = new SampledShapley(features, model.PathLengths);
    }

    public override RowAttribution Attribute(FeatureMatrix features, int row)
    {
        ArgumentNullException.ThrowIfNull(features);
        var changes = _shapley.Of(features.Row(row), out var measured);
        return new RowAttribution(_model.Score(features.Row(row)), measured, _shapley.Expected, changes);
    }
}
