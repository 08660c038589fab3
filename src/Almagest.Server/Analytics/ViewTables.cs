using Almagest.Ledger.Database;
using Almagest.Ledger.Export;
using Almagest.Ledger.Views;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Analytics;

/// <summary>Answers from views as whole tables, where a request asks for a format: streamed from the view, without pages and validators.</summary>
internal sealed class ViewTables(LedgerDatabase ledger)
{
    /// <summary>The table, or null where the request asks for none.</summary>
    /// <param name="rows">the conditions of the route; its limit counts only where it is given</param>
    public async Task<IResult?> TryAsync(HttpContext context, AnalyticsView view, ViewRows rows)
    {
        if (TableAnswer.Wanted(context) is not { } format) return null;
        if (context.Request.Query["limit"] is not [{ Length: > 0 }, ..]) rows = rows with { Limit = null };
        return TableAnswer.Of(context, await new ViewExport(ledger).TableAsync(view, rows, context.RequestAborted), format, view.Name);
    }
}
