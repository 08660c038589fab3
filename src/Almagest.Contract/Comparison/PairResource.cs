using System.Text.Json.Serialization;

namespace Almagest.Contract.Comparison;

/// <summary>How two runs' marks overlap among the stars that both analysed. An anomaly run marks the stars that it flags, a cluster run
/// those in no cluster.</summary>
/// <param name="AnalysedByBoth">stars that both analysed; everything else here counts only these</param>
/// <param name="Run1Count">of them, stars that run 1 marks</param>
/// <param name="CommonCount">of them, stars that both mark</param>
/// <param name="ExpectedByChance">common stars to be expected, were the runs independent of each other</param>
/// <param name="Enrichment">common_count / expected_by_chance; null where none is expected</param>
/// <param name="JaccardSimilarity">marked by both over marked by either, 0 to 1</param>
/// <param name="Kappa">agreement beyond chance (Cohen's kappa, -1 to 1; 0 = chance); null where no star is shared</param>
/// <param name="PValue">chance of at least so many common stars, were the runs independent (hypergeometric; two-sided where that was asked
/// for); 0 where it is below 1e-308: see log10_p_value. No two runs over one table are independent</param>
/// <param name="QValue">p value adjusted for all pairs of the answer's matrix (Benjamini and Hochberg): expected share of false discoveries
/// among pairs as significant as this one</param>
/// <param name="AdjustedRandIndex">of two cluster runs, noise as a group; null for others, and in the matrix of overlaps</param>
public sealed record PairResource(
    [property: JsonPropertyName("run_1_id")] Guid Run1Id,
    [property: JsonPropertyName("run_2_id")] Guid Run2Id,
    long AnalysedByBoth,
    [property: JsonPropertyName("run_1_count")] long Run1Count,
    [property: JsonPropertyName("run_2_count")] long Run2Count,
    long CommonCount,
    double ExpectedByChance,
    double? Enrichment,
    double JaccardSimilarity,
    double? Kappa,
    double PValue,
    [property: JsonPropertyName("log10_p_value")] double Log10PValue,
    double QValue,
    [property: JsonPropertyName("log10_q_value")] double Log10QValue,
    double? AdjustedRandIndex
)
{
    /// <summary>Whether the two have one fitted detector, as a run and its copy with another threshold have: their overlap is no test then,
    /// and p and q values mean nothing.</summary>
    public bool SharesDetector { get; init; }
}

/// <summary>How significant the overlaps of all pairs of some runs are.</summary>
/// <param name="RunIds">the runs, in order of creation</param>
/// <param name="Alternative">greater: more common stars than by chance; two-sided: more or fewer</param>
/// <param name="Tests">pairs that share any star: the q values are adjusted for so many</param>
/// <param name="Items">the most significant first</param>
/// <param name="Next">give it as after for the next page; null on the last</param>
/// <param name="Truncated">whether there are more after this page</param>
public sealed record SignificanceResource(
    IReadOnlyList<Guid> RunIds,
    string Alternative,
    int Tests,
    IReadOnlyList<PairResource> Items,
    string? Next,
    bool Truncated
);

/// <summary>Agreement of two runs.</summary>
/// <param name="AnalysedByBoth">stars that both analysed; everything else here counts only these</param>
/// <param name="ExpectedByChance">common stars to be expected, were the runs independent of each other</param>
/// <param name="Enrichment">common stars over expected ones; null where none is expected</param>
/// <param name="JaccardSimilarity">marked by both over marked by either, among the stars that both analysed</param>
/// <param name="Kappa">agreement beyond chance (Cohen's kappa, -1 to 1; 0 = chance); null where no star is shared</param>
/// <param name="PValue">chance of at least this many common stars, were the runs independent (hypergeometric)</param>
/// <param name="AdjustedRandIndex">of two cluster runs, noise as a group; null for others</param>
/// <param name="AdjustedMutualInformation">of two cluster runs; null for others</param>
/// <param name="NormalizedMutualInformation">of two cluster runs, not corrected for chance; null for others</param>
/// <param name="Differences">in what the runs differ: algorithm, features, selection, parameters, seed, contamination, program</param>
/// <param name="OnlyInRun1Reasons">why these stars are marked by run 1 alone: data, threshold, algorithm, features, parameters, seed or
/// program; in_files where the threshold may be it, and run 2 has its scores in files</param>
/// <param name="OnlyInRun1NearThreshold">of them, those that run 2 would flag, were it to flag a fifth more; null where its scores are in
/// files</param>
public sealed record AgreementResource(
    long AnalysedByBoth,
    double ExpectedByChance,
    double? Enrichment,
    double JaccardSimilarity,
    double? Kappa,
    double PValue,
    [property: JsonPropertyName("log10_p_value")] double Log10PValue,
    double? AdjustedRandIndex,
    double? AdjustedMutualInformation,
    double? NormalizedMutualInformation,
    IReadOnlyList<string> Differences,
    [property: JsonPropertyName("only_in_run_1_reasons")] IReadOnlyDictionary<string, long> OnlyInRun1Reasons,
    [property: JsonPropertyName("only_in_run_2_reasons")] IReadOnlyDictionary<string, long> OnlyInRun2Reasons,
    [property: JsonPropertyName("only_in_run_1_near_threshold")] long? OnlyInRun1NearThreshold,
    [property: JsonPropertyName("only_in_run_2_near_threshold")] long? OnlyInRun2NearThreshold
)
{
    /// <summary>Why the overlap is no independent test, where the two have one fitted detector; null where they do not.</summary>
    public string? Remark { get; init; }
}

/// <summary>Stars that are in one cluster of run 1 and in one of run 2; -1 = in none.</summary>
public sealed record ClusterMatch(
    [property: JsonPropertyName("cluster_1")] int Cluster1,
    [property: JsonPropertyName("cluster_2")] int Cluster2,
    long Stars
);

/// <summary>What two runs say of one star, with its catalogue columns.</summary>
/// <param name="Score1">score in run 1, negative = flagged; null where it did not analyse the star, has no scores, or has the star's score
/// in its result files</param>
/// <param name="Cluster1">cluster in run 1, -1 = none; null where it did not analyse the star or has no clusters</param>
/// <param name="Reason">why only one run marks it; null where both do</param>
/// <param name="NearThreshold">
/// whether the run that does not flag it nearly would: it is among the stars that would follow, were a fifth more flagged; null where both
/// mark it or that run has no score for it
/// </param>
/// <param name="Analysed1">whether run 1 analysed it: an anomaly run that did, and of which there is no score here, has the star's score in
/// its result files</param>
/// <param name="Analysed2">the same of run 2</param>
public sealed record PairStar(
    long StarId,
    string SourceId,
    double RaDeg,
    double DecDeg,
    double? ParallaxMas,
    double? PmraMasYr,
    double? PmdecMasYr,
    double? Magnitude,
    double? Color,
    [property: JsonPropertyName("score_1")] double? Score1,
    [property: JsonPropertyName("score_2")] double? Score2,
    [property: JsonPropertyName("cluster_1")] int? Cluster1,
    [property: JsonPropertyName("cluster_2")] int? Cluster2,
    string? Reason,
    bool? NearThreshold,
    [property: JsonPropertyName("analysed_1")] bool Analysed1,
    [property: JsonPropertyName("analysed_2")] bool Analysed2
);

/// <summary>A page of a pair's stars, by star_id.</summary>
/// <param name="Next">give it as after for the next page; null on the last</param>
/// <param name="Truncated">whether there are more after this page</param>
public sealed record PairStarPage(IReadOnlyList<PairStar> Items, long? Next, bool Truncated);
