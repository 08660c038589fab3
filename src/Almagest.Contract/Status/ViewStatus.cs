namespace Almagest.Contract.Status;

/// <summary>How fresh one view is.</summary>
/// <param name="Mode">how it is kept: refresh or incremental</param>
/// <param name="Version">counts the changes of its rows</param>
/// <param name="Rows">mode refresh: rows after the last refresh that succeeded, null before the first; mode incremental: rows now, null
/// where counting them would take long</param>
/// <param name="SizeBytes">on disk, indexes included, at most 10 s ago while the rows stay the same; of the summary tables behind it in
/// mode incremental, where two views may share one</param>
/// <param name="LastRefresh">mode refresh: when the last refresh that succeeded ended; mode incremental: when its rows changed last</param>
/// <param name="LastDurationMs">how long it took, ms</param>
/// <param name="AgeSeconds">time since then, s</param>
/// <param name="PendingRuns">runs of which the view does not show something yet: creation (timeline), completion or deletion</param>
/// <param name="MissingRuns">complete runs that are not in the view yet</param>
/// <param name="Lags">whether there is any change that the view does not show yet</param>
/// <param name="IsRefreshing">whether it is being refreshed now</param>
/// <param name="LastError">why the last refresh failed; null where it did not</param>
/// <param name="LastOutcome">running, succeeded or failed; none before the first refresh</param>
/// <param name="ConsecutiveFailures">refreshes that failed since the last one that succeeded</param>
/// <param name="NextRetry">when it is tried again: 1 s after the first failure, twice as long after each further one, at most 5 min; null
/// without failures</param>
public sealed record ViewStatus(
    string ViewName,
    string Mode,
    long Version,
    long? Rows,
    long SizeBytes,
    DateTime? LastRefresh,
    double? LastDurationMs,
    double? AgeSeconds,
    int PendingRuns,
    int MissingRuns,
    bool Lags,
    bool IsRefreshing,
    string? LastError,
    string LastOutcome,
    int ConsecutiveFailures,
    DateTime? NextRetry
);

/// <summary>How fresh all views are, and the jobs that look after them.</summary>
/// <param name="UpToDate">whether no view lags</param>
public sealed record ViewsReport(bool UpToDate, IReadOnlyList<ViewStatus> Views, IReadOnlyList<JobStatus> Jobs);

/// <summary>What a refresh of the views did.</summary>
/// <param name="Status">success, partial (some views could not be refreshed) or failed (none could)</param>
/// <param name="Message">the same in a sentence</param>
/// <param name="ViewsRefreshed">names of the views that are up to date now</param>
/// <param name="Views">each view's rows and time, or why it could not be refreshed</param>
public sealed record RefreshResource(
    string Status,
    string Message,
    IReadOnlyList<string> ViewsRefreshed,
    IReadOnlyList<ViewRefreshResource> Views
);

/// <summary>One view's part of a refresh.</summary>
/// <param name="Rows">rows of the view now; null where it could not be refreshed</param>
/// <param name="DurationMs">how long it took, ms</param>
/// <param name="Error">why it could not be refreshed; null where it was</param>
public sealed record ViewRefreshResource(string ViewName, bool Succeeded, long? Rows, double DurationMs, string? Error);
