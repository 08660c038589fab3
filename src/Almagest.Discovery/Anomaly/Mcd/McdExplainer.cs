using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.Mcd;

/// <summary>
/// Splits a star's squared distance from the bulk by features: their Shapley values where a feature that is not known is at the centre,
/// which have a closed form (Mayrhofer and Filzmoser 2023, Multivariate outlier explanations using Shapley values and Mahalanobis
/// distances, Econometrics and Statistics).
/// </summary>
internal sealed class McdExplainer(McdModel model) : AnomalyExplainer(s_measure)
{
    private static readonly ScoreMeasure s_measure = new(
        "squared_robust_distance",
        "squared distance from the bulk",
        "",
        "for a star at the centre",
        false
    );

    public override RowAttribution Attribute(FeatureMatrix features, int row)
    {
        ArgumentNullException.ThrowIfNull(features);
        var score = model.Score(features.Row(row));
        return new RowAttribution(score, -score, 0, model.Parts(features.Row(row)));
    }
}
