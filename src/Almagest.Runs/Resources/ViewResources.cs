using Almagest.Contract.Status;
using Almagest.Ledger.Views;

namespace Almagest.Runs.Resources;

/// <summary>Refreshes of the views as the API and the command line give them.</summary>
public static class ViewResources
{
    public static RefreshResource ToResource(this IReadOnlyList<ViewRefreshOutcome> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        var good = outcomes.Where(o => o.Succeeded).ToList();
        var status =
            good.Count == outcomes.Count ? "success"
            : good.Count > 0 ? "partial"
            : "failed";
        var message =
            status == "success"
                ? FormattableString.Invariant($"All {good.Count} views are up to date, in {outcomes.Sum(o => o.DurationMs) / 1000:0.00} s.")
                : $"{good.Count} of {outcomes.Count} views are up to date; the others keep answering as before and are tried again.";
        return new RefreshResource(
            status,
            message,
            good.ConvertAll(o => o.ViewName),
            [.. outcomes.Select(o => new ViewRefreshResource(o.ViewName, o.Succeeded, o.Succeeded ? o.Rows : null, o.DurationMs, o.Error))]
        );
    }
}
