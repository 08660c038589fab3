using System.Text.Json.Serialization;
using Almagest.Contract.Runs;
using Almagest.Contract.Serialization;

namespace Almagest.Contract.Comparison;

/// <summary>
/// Complete runs side by side. The fields up to truncated are of two runs, and null where more were asked for. A run marks the stars that
/// it flags; a cluster run those in no cluster.
/// </summary>
/// <param name="Run1Count">stars that run 1 marks</param>
/// <param name="CommonCount">stars that both mark</param>
/// <param name="CommonStarIds">those stars, ascending; the first 100,000</param>
/// <param name="OnlyInRun1Count">stars that run 1 marks and run 2 does not</param>
/// <param name="OnlyInRun1StarIds">the first of them, ascending</param>
/// <param name="JaccardSimilarity">marked by both over marked by either, among the stars that both analysed, 0 to 1; 0 where neither marks
/// one</param>
/// <param name="Agreement">what chance would give, and why stars are marked by one run alone</param>
/// <param name="Clusters">of two cluster runs: where the clusters of run 1 are in run 2, most stars first; empty for others</param>
/// <param name="Truncated">whether a list is shorter than its count</param>
/// <param name="DifferingParameters">names of the parameters that are not the same in all runs; also algorithm, dataset, selection,
/// program_version</param>
/// <param name="Runs">each run with its values of the differing parameters, and its metrics</param>
/// <param name="SeedGroups">runs that are the same except for the seed, as mean and spread</param>
/// <param name="Pairs">every pair of the runs, the most significant first</param>
public record ComparisonResource(
    [property: JsonPropertyName("run_1")] RunResource? Run1,
    [property: JsonPropertyName("run_2")] RunResource? Run2,
    [property: JsonPropertyName("run_1_count")] long? Run1Count,
    [property: JsonPropertyName("run_2_count")] long? Run2Count,
    long? CommonCount,
    IReadOnlyList<long>? CommonStarIds,
    [property: JsonPropertyName("only_in_run_1_count")] long? OnlyInRun1Count,
    [property: JsonPropertyName("only_in_run_1_star_ids")] IReadOnlyList<long>? OnlyInRun1StarIds,
    [property: JsonPropertyName("only_in_run_2_count")] long? OnlyInRun2Count,
    [property: JsonPropertyName("only_in_run_2_star_ids")] IReadOnlyList<long>? OnlyInRun2StarIds,
    double? JaccardSimilarity,
    AgreementResource? Agreement,
    IReadOnlyList<ClusterMatch>? Clusters,
    bool? Truncated,
    IReadOnlyList<string> DifferingParameters,
    IReadOnlyList<ComparedRunResource> Runs,
    IReadOnlyList<SeedGroupResource> SeedGroups,
    IReadOnlyList<PairResource> Pairs
)
{
    /// <summary>Of two anomaly runs over two datasets of the same stars: which flags are new and gone, and why. Counts and similarity are
    /// then of stars that are the same, only_in_run_1 are flags that are gone, only_in_run_2 those that are new, and there are no lists of
    /// ids. Null for others.</summary>
    public ChangesResource? Changes { get; init; }
}

/// <summary>Two runs side by side, with stars of one side.</summary>
public sealed record ComparisonReport : ComparisonResource
{
    public ComparisonReport(ComparisonResource comparison)
        : base(comparison) { }

    /// <summary>Which stars are listed: common, only_1 or only_2.</summary>
    [JsonPropertyOrder(1)]
    public required string Side { get; init; }

    /// <summary>As many of them as were asked for: common flagged stars by their mean score, the others by star_id.</summary>
    [JsonPropertyOrder(2)]
    public required IReadOnlyList<PairStar> Stars { get; init; }
}

/// <summary>One of several runs that are compared.</summary>
/// <param name="Dataset">name of the dataset</param>
/// <param name="Differing">its values of the parameters that are not the same in all runs; a parameter that it has not is left out</param>
/// <param name="MarkedCount">stars that it flags, or that are in none of its clusters</param>
/// <param name="MarkedPercentage">of them, per hundred analysed</param>
/// <param name="MinAnomalyScore">lowest score of flagged stars; null where the views do not show the run yet, or there is none</param>
/// <param name="AvgAnomalyScore">mean score of flagged stars</param>
/// <param name="ClusterCount">clusters; null where the views do not show the run yet</param>
/// <param name="MeanKappa">mean agreement of its marks with those of the other runs (Cohen's kappa)</param>
/// <param name="Draw">from 1; runs with the same number share a fitted detector, differ at most in the contamination, and are no
/// independent witnesses; null where there are cluster runs</param>
/// <param name="Seconds">how long it took</param>
public sealed record ComparedRunResource(
    Guid RunId,
    string RunType,
    string Algorithm,
    string Dataset,
    RawJson Differing,
    long TotalStars,
    long MarkedCount,
    double MarkedPercentage,
    double? MinAnomalyScore,
    double? AvgAnomalyScore,
    long? ClusterCount,
    long? MaxClusterSize,
    double? MeanKappa,
    int? Draw,
    double? Seconds,
    DateTime CreatedAt
);

/// <summary>Runs with the same algorithm, parameters and selection, and different seeds.</summary>
/// <param name="RunIds">the members, by seed</param>
/// <param name="MarkedCount">of the numbers of flagged stars</param>
/// <param name="MeanScore">of the mean scores of flagged stars; null where there are none</param>
/// <param name="ClusterCount">of the numbers of clusters; null for anomaly runs</param>
/// <param name="Kappa">of the agreement of every two members</param>
/// <param name="JaccardSimilarity">of the similarity of every two members</param>
public sealed record SeedGroupResource(
    IReadOnlyList<Guid> RunIds,
    IReadOnlyList<long> Seeds,
    Spread MarkedCount,
    Spread? MeanScore,
    Spread? ClusterCount,
    Spread? Kappa,
    Spread? JaccardSimilarity
);

/// <summary>Mean and spread of some numbers.</summary>
/// <param name="StdDev">standard deviation of the sample (n - 1); null of one number</param>
public sealed record Spread(int Count, double Mean, double? StdDev, double Min, double Max)
{
    /// <summary>Null of no numbers.</summary>
    public static Spread? Of(IReadOnlyCollection<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
            return null;
        var mean = values.Average();
        var variance = values.Count < 2 ? (double?)null : values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1);
        return new Spread(values.Count, mean, variance is { } v ? Math.Sqrt(v) : null, values.Min(), values.Max());
    }
}
