using Almagest.Ledger.Views;

namespace Almagest.Server.Analytics;

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
