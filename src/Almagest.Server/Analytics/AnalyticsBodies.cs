using System.Text.Json.Serialization;
using Almagest.Contract.Serialization;
using Almagest.Ledger.Analytics.Rows;

namespace Almagest.Server.Analytics;

/// <summary>Statistics of one complete run: one row of <c>mv_discovery_run_stats</c>.</summary>
/// <param name="TotalStars">stars analysed</param>
/// <param name="ParametersJson">every parameter of the run, defaults included</param>
/// <param name="AnomalyCount">stars flagged</param>
/// <param name="AnomalyPercentage">flagged stars per hundred analysed</param>
/// <param name="MinAnomalyScore">lowest score of the flagged stars; null where none is flagged</param>
/// <param name="MaxAnomalyScore">highest score of the flagged stars</param>
/// <param name="AvgAnomalyScore">mean score of the flagged stars</param>
/// <param name="ClusterCount">clusters found, noise not counted</param>
/// <param name="AvgClusterSize">mean size, stars; null where there is no cluster</param>
/// <param name="NoiseCount">stars in no cluster</param>
/// <param name="LastUpdated">when the run was completed</param>
public sealed record RunStatsBody(
    Guid RunId, string RunType, DateTime CreatedAt, long TotalStars, RawJson ParametersJson, long AnomalyCount, double AnomalyPercentage,
    double? MinAnomalyScore, double? MaxAnomalyScore, double? AvgAnomalyScore, long ClusterCount, long? MinClusterSize, long? MaxClusterSize,
    double? AvgClusterSize, long NoiseCount, DateTime LastUpdated)
{
    internal static RunStatsBody From(RunStats r) => new(
        r.RunId, r.RunType, r.CreatedAt, r.TotalStars, new RawJson(r.ParametersJson), r.AnomalyCount, r.AnomalyPercentage, r.MinAnomalyScore,
        r.MaxAnomalyScore, r.AvgAnomalyScore, r.ClusterCount, r.MinClusterSize, r.MaxClusterSize, r.AvgClusterSize, r.NoiseCount, r.LastUpdated);
}

/// <summary>One cluster of one complete run: one row of <c>mv_cluster_size_distribution</c>.</summary>
/// <param name="ClusterId">number of the cluster, from 0</param>
/// <param name="ClusterSize">stars in it</param>
/// <param name="StarIds">its members, ascending</param>
public sealed record ClusterSizeBody(Guid RunId, int ClusterId, long ClusterSize, IReadOnlyList<long> StarIds, DateTime LastUpdated)
{
    internal static ClusterSizeBody From(ClusterSize c) => new(c.RunId, c.ClusterId, c.Size, c.StarIds, c.LastUpdated);
}

/// <summary>How often one star is flagged: one row of <c>mv_star_anomaly_frequency</c>.</summary>
/// <param name="AnomalyCount">complete anomaly runs that flagged it</param>
/// <param name="TotalRuns">complete anomaly runs that analysed it</param>
/// <param name="FrequencyPct">100 × anomaly_count / total_runs</param>
/// <param name="MeanAnomalyScore">mean score over the runs that flagged it; null where none did</param>
/// <param name="RunIds">the runs that flagged it, in order of creation</param>
public sealed record StarFrequencyBody(
    long StarId, long AnomalyCount, long TotalRuns, double FrequencyPct, double? MeanAnomalyScore, IReadOnlyList<Guid> RunIds, DateTime LastUpdated)
{
    internal static StarFrequencyBody From(StarFrequency f) =>
        new(f.StarId, f.AnomalyCount, f.TotalRuns, f.FrequencyPct, f.MeanAnomalyScore, f.RunIds, f.LastUpdated);
}

/// <summary>Two complete anomaly runs and the stars that both flagged: one row of <c>mv_anomaly_overlap_matrix</c>.</summary>
/// <param name="Run1Id">the run with the lower id</param>
/// <param name="Run1Count">stars that run 1 flagged</param>
/// <param name="OverlapCount">stars that both flagged</param>
/// <param name="OverlappingStarIds">the stars that both flagged, ascending</param>
/// <param name="Run1UniqueCount">stars that run 1 flagged and run 2 did not</param>
/// <param name="JaccardSimilarity">flagged by both over flagged by either, 0 to 1; 0 where neither flagged a star</param>
public sealed record AnomalyOverlapBody(
    [property: JsonPropertyName("run_1_id")] Guid Run1Id,
    [property: JsonPropertyName("run_1_count")] long Run1Count,
    [property: JsonPropertyName("run_2_id")] Guid Run2Id,
    [property: JsonPropertyName("run_2_count")] long Run2Count,
    long OverlapCount, IReadOnlyList<long> OverlappingStarIds,
    [property: JsonPropertyName("run_1_unique_count")] long Run1UniqueCount,
    [property: JsonPropertyName("run_2_unique_count")] long Run2UniqueCount,
    double JaccardSimilarity, DateTime LastUpdated)
{
    internal static AnomalyOverlapBody From(AnomalyOverlap o) => new(
        o.Run1Id, o.Run1Count, o.Run2Id, o.Run2Count, o.OverlapCount, o.OverlappingStarIds, o.Run1UniqueCount, o.Run2UniqueCount, o.JaccardSimilarity, o.LastUpdated);
}

/// <summary>The runs of one type created in one week or month (UTC): one row of <c>mv_discovery_timeline</c>.</summary>
/// <param name="PeriodStart">Monday of the week, or first day of the month</param>
/// <param name="PeriodType">week or month</param>
/// <param name="TotalRuns">all runs created, whatever became of them</param>
/// <param name="CompletionRate">completed_runs / total_runs, 0 to 1</param>
/// <param name="TotalStarsAnalyzed">sum over the complete runs</param>
public sealed record TimelinePeriodBody(
    DateOnly PeriodStart, string PeriodType, string RunType, long TotalRuns, long CompletedRuns, double CompletionRate, long TotalStarsAnalyzed, DateTime LastUpdated)
{
    internal static TimelinePeriodBody From(TimelinePeriod t) =>
        new(t.PeriodStart, t.PeriodType, t.RunType, t.TotalRuns, t.CompletedRuns, t.CompletionRate, t.TotalStarsAnalyzed, t.LastUpdated);
}
