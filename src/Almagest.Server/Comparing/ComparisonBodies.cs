using Almagest.Contract.Serialization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Almagest.Runs.Comparison;
using Almagest.Server.Runs;

namespace Almagest.Server.Comparing;

/// <summary>Which runs to compare: two by name, or 2 to 100 as a list.</summary>
public sealed record ComparisonRequestBody
{
    /// <summary>A complete run.</summary>
    [JsonPropertyName("run_1_id")]
    public Guid? Run1Id { get; init; }

    /// <summary>Another one.</summary>
    [JsonPropertyName("run_2_id")]
    public Guid? Run2Id { get; init; }

    /// <summary>2 to 100 complete runs, instead of run_1_id and run_2_id.</summary>
    public IReadOnlyList<Guid>? RunIds { get; init; }

    /// <summary>Of two runs: most stars listed of each of the two sides, and most pairs of clusters, 0 to 10000; 100 if left out.</summary>
    public int? Limit { get; init; }
}

/// <summary>
/// Complete runs side by side. The fields up to truncated are of two runs, and null where more were asked for. A run marks the stars that it
/// flags; a cluster run those in no cluster.
/// </summary>
/// <param name="Run1Count">stars that run 1 marks</param>
/// <param name="CommonCount">stars that both mark</param>
/// <param name="CommonStarIds">those stars, ascending; the first 100,000</param>
/// <param name="OnlyInRun1Count">stars that run 1 marks and run 2 does not</param>
/// <param name="OnlyInRun1StarIds">the first of them, ascending</param>
/// <param name="JaccardSimilarity">marked by both over marked by either, 0 to 1; 0 where neither marks a star</param>
/// <param name="Agreement">what chance would give, and why stars are marked by one run alone</param>
/// <param name="Clusters">of two cluster runs: where the clusters of run 1 are in run 2, most stars first; empty for others</param>
/// <param name="Truncated">whether a list is shorter than its count</param>
/// <param name="DifferingParameters">names of the parameters that are not the same in all runs; also algorithm, dataset, selection, program_version</param>
/// <param name="Runs">each run with its values of the differing parameters, and its metrics</param>
/// <param name="SeedGroups">runs that are the same but for the seed, as mean and spread</param>
/// <param name="Pairs">every pair of the runs, the most significant first</param>
public sealed record ComparisonBody(
    [property: JsonPropertyName("run_1")] RunBody? Run1,
    [property: JsonPropertyName("run_2")] RunBody? Run2,
    [property: JsonPropertyName("run_1_count")] long? Run1Count,
    [property: JsonPropertyName("run_2_count")] long? Run2Count,
    long? CommonCount, IReadOnlyList<long>? CommonStarIds,
    [property: JsonPropertyName("only_in_run_1_count")] long? OnlyInRun1Count,
    [property: JsonPropertyName("only_in_run_1_star_ids")] IReadOnlyList<long>? OnlyInRun1StarIds,
    [property: JsonPropertyName("only_in_run_2_count")] long? OnlyInRun2Count,
    [property: JsonPropertyName("only_in_run_2_star_ids")] IReadOnlyList<long>? OnlyInRun2StarIds,
    double? JaccardSimilarity, AgreementBody? Agreement, IReadOnlyList<ClusterMatchBody>? Clusters, bool? Truncated,
    IReadOnlyList<string> DifferingParameters, IReadOnlyList<ComparedRunBody> Runs, IReadOnlyList<SeedGroupBody> SeedGroups, IReadOnlyList<PairBody> Pairs)
{
    /// <summary>Several runs; the fields of a pair are null.</summary>
    internal static ComparisonBody From(RunTable table) => new(
        null, null, null, null, null, null, null, null, null, null, null, null, null, null,
        table.Differing.Select(d => d.Name).ToList(), table.Runs.Select((r, i) => ComparedRunBody.From(r, table.Differing, i)).ToList(),
        table.SeedGroups.Select(SeedGroupBody.From).ToList(), table.Pairs.Select(PairBody.From).ToList());
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
/// <param name="Weight">its say in a consensus of these runs, 0 to 1: small where other runs say the same; null where there are cluster runs</param>
/// <param name="Seconds">how long it took</param>
public sealed record ComparedRunBody(
    Guid RunId, string RunType, string Algorithm, string Dataset, RawJson Differing, long TotalStars, long MarkedCount, double MarkedPercentage,
    double? MinAnomalyScore, double? AvgAnomalyScore, long? ClusterCount, long? MaxClusterSize, double? MeanKappa, double? Weight, double? Seconds, DateTime CreatedAt)
{
    internal static ComparedRunBody From(ComparedRun r, IReadOnlyList<DifferingParameter> differing, int place)
    {
        var values = new JsonObject();
        foreach (var parameter in differing)
        {
            if (parameter.Values[place] is { } value) values[parameter.Name] = JsonNode.Parse(value);
        }
        return new ComparedRunBody(r.Run.RunId, r.Run.RunType, r.Run.Algorithm, r.Dataset, new RawJson(values.ToJsonString()), r.Run.TotalStars, r.Marked,
            r.Run.TotalStars == 0 ? 0 : 100.0 * r.Marked / r.Run.TotalStars, r.Stats?.MinAnomalyScore, r.Stats?.AvgAnomalyScore, r.Stats?.ClusterCount, r.Stats?.MaxClusterSize,
            r.MeanKappa, r.Weight, r.Seconds, r.Run.CreatedAt);
    }
}

/// <summary>Runs with the same algorithm, parameters and selection, and different seeds.</summary>
/// <param name="RunIds">the members, by seed</param>
/// <param name="MarkedCount">of the numbers of flagged stars</param>
/// <param name="MeanScore">of the mean scores of flagged stars; null where there are none</param>
/// <param name="ClusterCount">of the numbers of clusters; null for anomaly runs</param>
/// <param name="Kappa">of the agreement of every two members</param>
/// <param name="JaccardSimilarity">of the similarity of every two members</param>
public sealed record SeedGroupBody(
    IReadOnlyList<Guid> RunIds, IReadOnlyList<long> Seeds, SpreadBody MarkedCount, SpreadBody? MeanScore, SpreadBody? ClusterCount, SpreadBody? Kappa, SpreadBody? JaccardSimilarity)
{
    internal static SeedGroupBody From(SeedGroup g) => new(
        g.Members.Select(m => m.RunId).ToList(), g.Seeds, SpreadBody.From(g.Marked)!, SpreadBody.From(g.MeanScore), SpreadBody.From(g.Clusters), SpreadBody.From(g.Kappa), SpreadBody.From(g.Jaccard));
}

/// <summary>Mean and spread of some numbers.</summary>
/// <param name="StdDev">standard deviation of the sample (n - 1); null of one number</param>
public sealed record SpreadBody(int Count, double Mean, double? StdDev, double Min, double Max)
{
    internal static SpreadBody? From(Spread? s) => s is null ? null : new(s.Count, s.Mean, s.StdDev, s.Min, s.Max);
}
