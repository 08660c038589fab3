using System.Text.Json.Serialization;

namespace Almagest.Contract.Comparison;

/// <summary>Two anomaly runs over two catalogues of the same stars: which flags are new, which are gone, and why.</summary>
/// <param name="Run1Id">over dataset 1</param>
/// <param name="Run2Id">over dataset 2</param>
/// <param name="Pairing">which stars are the same</param>
/// <param name="AnalysedByBoth">pairs that both runs analysed</param>
/// <param name="Flagged1">stars that run 1 flags</param>
/// <param name="Flagged2">stars that run 2 flags</param>
/// <param name="Kept">pairs that both flag</param>
/// <param name="New">stars that run 2 flags, and that run 1 did not</param>
/// <param name="Gone">stars that run 1 flags, and run 2 does not</param>
/// <param name="ExpectedByChance">kept flags to be expected, were the runs independent of each other</param>
/// <param name="JaccardSimilarity">flagged by both over flagged by either, among the pairs that both analysed, 0 to 1</param>
/// <param name="Kappa">agreement beyond chance (Cohen's kappa); null where no pair was analysed by both</param>
/// <param name="CausesTold">whether the runs are alike enough to tell causes</param>
/// <param name="WhyNotTold">why they are not; null where they are</param>
/// <param name="NewCauses">how many flags are new for each cause, the most first</param>
/// <param name="GoneCauses">how many are gone</param>
/// <param name="Notes">what is to be known of the causes, whole sentences</param>
public sealed record ChangesResource(
    [property: JsonPropertyName("run_1_id")] Guid Run1Id,
    [property: JsonPropertyName("run_2_id")] Guid Run2Id,
    [property: JsonPropertyName("dataset_1")] string Dataset1,
    [property: JsonPropertyName("dataset_2")] string Dataset2,
    PairingResource Pairing,
    long AnalysedByBoth,
    [property: JsonPropertyName("flagged_1")] long Flagged1,
    [property: JsonPropertyName("flagged_2")] long Flagged2,
    long Kept,
    long New,
    long Gone,
    double ExpectedByChance,
    double JaccardSimilarity,
    double? Kappa,
    bool CausesTold,
    string? WhyNotTold,
    IReadOnlyDictionary<string, long> NewCauses,
    IReadOnlyDictionary<string, long> GoneCauses,
    IReadOnlyList<string> Notes
);

/// <summary>A flag that is new in run 2, or gone.</summary>
/// <param name="Change">new or gone</param>
/// <param name="Star1Id">the star in dataset 1; null where it has none</param>
/// <param name="Star2Id">in dataset 2</param>
/// <param name="RaDeg">where it is in dataset 2, else in dataset 1</param>
/// <param name="Score1">score in run 1, negative = flagged; null where it did not analyse the star</param>
/// <param name="Score2">score in run 2</param>
/// <param name="Cause">measurement, error, threshold, detector, several, star_new, star_gone, not_covered, selection,
/// ambiguous, or runs_differ</param>
/// <param name="Sentence">the cause in one sentence</param>
/// <param name="Quantity">the column that changed most to that effect; null where none did</param>
/// <param name="Value1">its value in dataset 1</param>
/// <param name="Error1">its error there</param>
/// <param name="Sigmas">how far it moved, in combined errors; null where an error is not known</param>
/// <param name="MeasurementPart">of score_2 - score_1, what the star's values made; null where one run did not analyse it, or causes are
/// not told</param>
/// <param name="ErrorPart">what its errors made</param>
/// <param name="ThresholdPart">what the threshold made</param>
/// <param name="DetectorPart">what the detector made, which learned from other stars</param>
public sealed record StarChange(
    string Change,
    [property: JsonPropertyName("star_1_id")] long? Star1Id,
    [property: JsonPropertyName("source_id_1")] string? SourceId1,
    [property: JsonPropertyName("star_2_id")] long? Star2Id,
    [property: JsonPropertyName("source_id_2")] string? SourceId2,
    double RaDeg,
    double DecDeg,
    double? Magnitude,
    [property: JsonPropertyName("score_1")] double? Score1,
    [property: JsonPropertyName("score_2")] double? Score2,
    string Cause,
    string Sentence,
    string? Quantity,
    [property: JsonPropertyName("value_1")] double? Value1,
    [property: JsonPropertyName("value_2")] double? Value2,
    [property: JsonPropertyName("error_1")] double? Error1,
    [property: JsonPropertyName("error_2")] double? Error2,
    double? Sigmas,
    double? MeasurementPart,
    double? ErrorPart,
    double? ThresholdPart,
    double? DetectorPart
);

/// <summary>A page of changed flags: those with the largest change of score first.</summary>
/// <param name="Total">changed flags that were asked for</param>
/// <param name="Truncated">whether there are more than are listed</param>
public sealed record StarChangePage(ChangesResource Changes, IReadOnlyList<StarChange> Items, long Total, bool Truncated);
