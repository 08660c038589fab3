using Almagest.Ledger.Views;
using Almagest.Server.Measuring;
using Almagest.Server.Operations;

namespace Almagest.Server.Analytics;

/// <summary>
/// Refreshes of views that people ask for. Who asks while one is under way shares the next with all others who do: sixty at once cost two
/// refreshes. Thread-safe.
/// </summary>
internal sealed class ViewRefreshes
{
    private const string All = "";

    private readonly BatchedLookup<string, IReadOnlyList<ViewRefreshOutcome>> _refreshes;

    public ViewRefreshes(DatabasePools pools, LedgerMeter meter)
    {
        var refresher = new ViewRefresher(pools.Refresh);
        _refreshes = new(async asked =>
        {
            var chosen = asked.Contains(All) ? null : AnalyticsViews.All.Where(v => asked.Contains(v.Name)).ToList();
            var outcomes = await refresher.RefreshAsync(chosen);
            meter.Refreshed(outcomes);
            return asked.ToDictionary(
                key => key,
                IReadOnlyList<ViewRefreshOutcome> (key) => key == All ? outcomes : [.. outcomes.Where(o => o.ViewName == key)]
            );
        });
    }

    /// <param name="view">null = all</param>
    /// <returns>what a refresh did that began after this was asked</returns>
    /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
    public async Task<IReadOnlyList<ViewRefreshOutcome>> RefreshAsync(string? view, CancellationToken cancellationToken) =>
        await _refreshes.FindAsync(view ?? All, cancellationToken) ?? [];
}
