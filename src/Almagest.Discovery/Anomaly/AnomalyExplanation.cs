namespace Almagest.Discovery.Anomaly;

/// <summary>Why a star has its score.</summary>
/// <param name="RawScore">scikit-learn's <c>score_samples</c> of the star: lower = more anomalous</param>
/// <param name="Measure">what the detector measures, from which the score follows</param>
/// <param name="Measured">the star's, e.g. its path length, a mean over the trees</param>
/// <param name="Expected">the same for an ordinary star; <see cref="ScoreMeasure.Ordinary"/> says which</param>
/// <param name="Features">what leads from the expected value to the star's, what makes it most anomalous first</param>
public sealed record AnomalyExplanation(
    double RawScore,
    ScoreMeasure Measure,
    double Measured,
    double Expected,
    IReadOnlyList<FeatureAttribution> Features
);

/// <summary>One feature's part in a star's score.</summary>
/// <param name="Name">the feature</param>
/// <param name="Unit">the unit of <paramref name="Value"/>; empty where the matrix was given without its preparation</param>
/// <param name="Value">the star's value</param>
/// <param name="Percentile">the share of the selection's stars with a lesser value, plus half of those with the same, in [0, 100]</param>
/// <param name="Change">
/// by how much the feature raises (positive) or lowers (negative) what is measured; these add up to
/// <see cref="AnomalyExplanation.Measured"/> - <see cref="AnomalyExplanation.Expected"/>
/// </param>
/// <param name="Share">the feature's part of all that makes the star anomalous, in [0, 1]; zero for one that makes it ordinary</param>
public sealed record FeatureAttribution(string Name, string Unit, double Value, double Percentile, double Change, double Share)
{
    /// <summary>Per cent of the selection's stars with a lesser value.</summary>
    public double Above { get; init; }

    /// <summary>Per cent of the selection's stars with a larger value.</summary>
    public double Below { get; init; }
}
