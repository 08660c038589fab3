namespace Almagest.Contract.Runs;

/// <summary>Why a star has its score in an isolation-forest run.</summary>
/// <param name="SourceId">the catalogue's own id</param>
/// <param name="IsAnomaly">1 = flagged</param>
/// <param name="AnomalyScore">the stored score: negative = anomalous (scikit-learn's decision_function)</param>
/// <param name="RawScore">scikit-learn's score_samples, in [-1, 0): lower = more anomalous, whatever the contamination</param>
/// <param name="ScoreOffset">the run's threshold on raw scores: raw_score - score_offset = anomaly_score</param>
/// <param name="PathLength">splits that isolate the star, a mean over the trees; fewer = more anomalous</param>
/// <param name="ExpectedPathLength">the same for a star drawn from what the trees were grown on</param>
/// <param name="Sentence">the explanation in words</param>
/// <param name="Features">what leads from the expected path length to the star's, the greatest shortening first</param>
public sealed record ExplanationResource(
    Guid RunId,
    long StarId,
    string SourceId,
    int IsAnomaly,
    double AnomalyScore,
    double RawScore,
    double ScoreOffset,
    double PathLength,
    double ExpectedPathLength,
    string Sentence,
    IReadOnlyList<FeaturePart> Features
);

/// <summary>One feature's part in a star's score.</summary>
/// <param name="Feature">name of the feature, a column of the run's recipe</param>
/// <param name="Value">the star's value</param>
/// <param name="Unit">unit of the value; empty = none</param>
/// <param name="IsImputed">whether the value rests on a median, because the catalogue has none for this star</param>
/// <param name="Percentile">share of the selection's stars with a lesser value, plus half of those with the same, 0 to 100</param>
/// <param name="PathLengthChange">splits by which the feature lengthens (positive) or shortens (negative) the path; they add up to
/// path_length - expected_path_length</param>
/// <param name="Share">the feature's part of all shortening, 0 to 1; 0 where it lengthens</param>
/// <param name="Effect">shorter (it makes the star anomalous) or longer (it makes it ordinary)</param>
public sealed record FeaturePart(
    string Feature,
    double Value,
    string Unit,
    bool IsImputed,
    double Percentile,
    double PathLengthChange,
    double Share,
    string Effect
);
