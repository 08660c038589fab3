using System.Text.Json.Serialization;
using Almagest.Ledger.Analytics.Rows;
using Almagest.Ledger.Views;
using Almagest.Server.Http;

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

/// <summary>What a refresh of the views did.</summary>
/// <param name="Status">success, partial (some views could not be refreshed) or failed (none could)</param>
/// <param name="Message">the same in a sentence</param>
/// <param name="ViewsRefreshed">names of the views that are up to date now</param>
/// <param name="Views">each view's rows and time, or why it could not be refreshed</param>
public sealed record RefreshBody(string Status, string Message, IReadOnlyList<string> ViewsRefreshed, IReadOnlyList<ViewRefreshBody> Views)
{
    internal static RefreshBody From(IReadOnlyList<ViewRefreshOutcome> outcomes)
    {
        var good = outcomes.Where(o => o.Succeeded).ToList();
        var status = good.Count == outcomes.Count ? "success" : good.Count > 0 ? "partial" : "failed";
        var message = status == "success"
            ? $"All {good.Count} views are up to date, in {outcomes.Sum(o => o.DurationMs) / 1000:0.00} s."
            : $"{good.Count} of {outcomes.Count} views are up to date; the others keep answering as before and are tried again.";
        return new RefreshBody(status, message, good.Select(o => o.ViewName).ToList(),
            outcomes.Select(o => new ViewRefreshBody(o.ViewName, o.Succeeded, o.Succeeded ? o.Rows : null, o.DurationMs, o.Error)).ToList());
    }
}

/// <summary>One view's part of a refresh.</summary>
/// <param name="Rows">rows of the view now; null where it could not be refreshed</param>
/// <param name="DurationMs">how long it took, ms</param>
/// <param name="Error">why it could not be refreshed; null where it was</param>
public sealed record ViewRefreshBody(string ViewName, bool Succeeded, long? Rows, double DurationMs, string? Error);

/// <summary>How fresh one view is.</summary>
/// <param name="Mode">how it is kept up to date: refresh</param>
/// <param name="Version">counts the changes of its rows</param>
/// <param name="Rows">rows after the last refresh that succeeded; null before the first</param>
/// <param name="SizeBytes">on disk, indexes included, at most 10 s ago while the rows stay the same</param>
/// <param name="LastRefresh">when the last refresh that succeeded ended</param>
/// <param name="LastDurationMs">how long it took, ms</param>
/// <param name="AgeSeconds">time since then, s</param>
/// <param name="PendingRuns">runs of which the view does not show something yet: creation (timeline), completion or deletion</param>
/// <param name="MissingRuns">complete runs that are not in the view yet</param>
/// <param name="Lags">whether there is any change that the view does not show yet</param>
/// <param name="IsRefreshing">whether it is being refreshed now</param>
/// <param name="LastError">why the last refresh failed; null where it did not</param>
/// <param name="LastOutcome">running, succeeded or failed; none before the first refresh</param>
/// <param name="ConsecutiveFailures">refreshes that failed since the last one that succeeded</param>
/// <param name="NextRetry">when it is tried again: 1 s after the first failure, twice as long after each further one, at most 5 min; null without failures</param>
public sealed record ViewStatusBody(
    string ViewName, string Mode, long Version, long? Rows, long SizeBytes, DateTime? LastRefresh, double? LastDurationMs, double? AgeSeconds, int PendingRuns,
    int MissingRuns, bool Lags, bool IsRefreshing, string? LastError, string LastOutcome, int ConsecutiveFailures, DateTime? NextRetry)
{
    internal static ViewStatusBody From(ViewStatus s) => new(
        s.ViewName, s.Mode, s.Version, s.Rows, s.SizeBytes, s.LastRefresh, s.LastDurationMs, s.AgeSeconds, s.PendingRuns, s.MissingRuns, s.Lags, s.IsRefreshing,
        s.LastError, s.LastOutcome, s.ConsecutiveFailures, s.NextRetry);
}
