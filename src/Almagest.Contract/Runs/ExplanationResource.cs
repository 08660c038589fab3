namespace Almagest.Contract.Runs;

/// <summary>Why a star has its score in an anomaly run.</summary>
/// <param name="SourceId">the catalogue's own id</param>
/// <param name="IsAnomaly">1 = flagged</param>
/// <param name="AnomalyScore">the stored score: negative = anomalous (scikit-learn's decision_function)</param>
/// <param name="RawScore">scikit-learn's score_samples: lower = more anomalous, whatever the contamination; in [-1, 0) of forests</param>
/// <param name="ScoreOffset">the run's threshold on raw scores: raw_score - score_offset = anomaly_score</param>
/// <param name="Measure">what the detector measures: path_length, squared_robust_distance, neighbour_distance, local_outlier_factor, rarity
/// or reweighted_path_length</param>
/// <param name="MeasureUnit">its unit; empty = none</param>
/// <param name="Measured">the star's</param>
/// <param name="Expected">the same for an ordinary star</param>
/// <param name="PathLength">of forests: splits that isolate the star, a mean over the trees; fewer = more anomalous</param>
/// <param name="ExpectedPathLength">of forests: the same for a star drawn from what the trees were grown on</param>
/// <param name="Sentence">the explanation in words</param>
/// <param name="Features">what leads from the expected value to the star's, what makes it most anomalous first</param>
public sealed record ExplanationResource(
    Guid RunId,
    long StarId,
    string SourceId,
    int IsAnomaly,
    double AnomalyScore,
    double RawScore,
    double ScoreOffset,
    string Measure,
    string MeasureUnit,
    double Measured,
    double Expected,
    double? PathLength,
    double? ExpectedPathLength,
    string Sentence,
    IReadOnlyList<FeaturePart> Features
)
{
    /// <summary>The chance that the star's true values are flagged, given what was measured: the share of draws within its errors that are;
    /// null where there are no errors or no draws.</summary>
    public double? FlagProbability { get; init; }

    /// <summary>Standard deviation of the score over these draws.</summary>
    public double? ScoreSpread { get; init; }
}

/// <summary>One feature's part in a star's score.</summary>
/// <param name="Feature">name of the feature, a column of the run's recipe</param>
/// <param name="Value">the star's value</param>
/// <param name="Unit">unit of the value; empty = none</param>
/// <param name="IsImputed">whether the value rests on a median, because the catalogue has none for this star</param>
/// <param name="Percentile">share of the selection's stars with a lesser value, plus half of those with the same, 0 to 100</param>
/// <param name="Change">by how much the feature raises (positive) or lowers (negative) what is measured; they add up to measured -
/// expected</param>
/// <param name="PathLengthChange">of forests: the same, splits by which the feature lengthens or shortens the path</param>
/// <param name="Share">the feature's part of all that makes the star anomalous, 0 to 1; 0 where it makes it ordinary</param>
/// <param name="Effect">of forests shorter (it makes the star anomalous) or longer; of other detectors larger (it makes the star
/// anomalous) or smaller</param>
public sealed record FeaturePart(
    string Feature,
    double Value,
    string Unit,
    bool IsImputed,
    double Percentile,
    double Change,
    double? PathLengthChange,
    double Share,
    string Effect
);
