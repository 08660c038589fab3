namespace Almagest.Discovery.Anomaly;

/// <summary>Why a star has its score.</summary>
/// <param name="RawScore">scikit-learn's <c>score_samples</c> of the star</param>
/// <param name="PathLength">the star's path length, a mean over the trees; the shorter, the more anomalous</param>
/// <param name="ExpectedPathLength">the same for a star drawn from the trees' subsamples</param>
/// <param name="Features">what leads from the expected path length to the star's, the greatest shortening first</param>
public sealed record AnomalyExplanation(
    double RawScore,
    double PathLength,
    double ExpectedPathLength,
    IReadOnlyList<FeatureAttribution> Features
);

/// <summary>One feature's part in a star's score.</summary>
/// <param name="Name">the feature</param>
/// <param name="Unit">the unit of <paramref name="Value"/>; empty where the matrix was given without its preparation</param>
/// <param name="Value">the star's value</param>
/// <param name="Percentile">the share of the selection's stars with a lesser value, plus half of those with the same, in [0, 100]</param>
/// <param name="PathLengthChange">
/// splits by which the feature lengthens (positive: ordinary) or shortens (negative: anomalous) the path; these add up to
/// <see cref="AnomalyExplanation.PathLength"/> - <see cref="AnomalyExplanation.ExpectedPathLength"/>
/// </param>
/// <param name="Share">the feature's part of all shortening, in [0, 1]; zero for a feature that lengthens</param>
public sealed record FeatureAttribution(string Name, string Unit, double Value, double Percentile, double PathLengthChange, double Share);
