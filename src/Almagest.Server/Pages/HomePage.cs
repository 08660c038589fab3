using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Runs;
using Almagest.Ledger.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Pages;

/// <summary>The front page: what is in the ledger, the newest runs, how fresh the views are. Plain HTML.</summary>
internal static class HomePage
{
    const int NewestRuns = 15;
    const string Style = """
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430; background: #fff }
        h1 { margin-bottom: 0 } h2 { margin-top: 2rem; font-size: 1.15rem } a { color: #1f5fbf }
        table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #d9dee6 }
        td.n, th.n { text-align: right; padding-right: 2rem; font-variant-numeric: tabular-nums } .wide { overflow-x: auto }
        @media (prefers-color-scheme: dark) { body { color: #dfe5ee; background: #12161c } a { color: #7fb2ff } th, td { border-color: #2c3440 } }
        """;

    public static void Map(IEndpointRouteBuilder app, LedgerDatabase ledger) =>
        app.MapGet("/", async context =>
        {
            var html = await RenderAsync(ledger, context.RequestAborted);
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
            await context.Response.WriteAsync(html, context.RequestAborted);
        });

    static async Task<string> RenderAsync(LedgerDatabase ledger, CancellationToken cancellation)
    {
        var datasets = await new DatasetRepository(ledger).ListAsync(cancellation);
        var counts = await new RunRepository(ledger).CountByStatusAsync(cancellation);
        var runs = await new RunRepository(ledger).ListAsync(new RunQuery(Limit: NewestRuns), cancellation);
        var views = await new ViewStatusReader(ledger).ReadAsync(cancellation);
        var names = datasets.ToDictionary(d => d.DatasetId, d => d.Name);

        var html = new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Almagest</title>")
            .Append("<meta name=\"viewport\" content=\"width=device-width\"><style>").Append(Style).Append("</style></head><body>")
            .Append("<h1>Almagest</h1><p>A discovery ledger for star catalogues. <a href=\"/docs\">API</a> · <a href=\"/openapi/v1.json\">OpenAPI</a> · ")
            .Append("<a href=\"/analytics/discovery/stats\">run statistics</a> · <a href=\"/analytics/discovery/views\">views</a></p>");
        html.Append(CultureInfo.InvariantCulture, $"<p>Datasets: {datasets.Count:N0}, with {datasets.Sum(d => d.StarCount):N0} stars. Runs: {counts.Values.Sum():N0}, of which ")
            .Append(string.Join(", ", counts.Where(c => c.Value > 0).Select(c => $"{c.Value:N0} {c.Key}").DefaultIfEmpty("none"))).Append(".</p>");

        Table(html, "Newest runs", ["created (UTC)", "run", "algorithm", "dataset", "#stars", "status"], runs.Select(r => new[]
        {
            r.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), $"/discovery/runs/{r.RunId}", r.Algorithm,
            names.GetValueOrDefault(r.DatasetId, ""), Count(r.TotalStars), r.Status + (r.Error is null ? "" : $": {r.Error}"),
        }), "No runs yet: <code>almagest discover anomalies --dataset NAME</code>");
        Table(html, "Datasets", ["loaded (UTC)", "name", "#stars", "#rejected rows"], datasets.Select(d => new[]
        {
            d.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), d.Name, Count(d.StarCount), Count(d.RejectedCount),
        }), "No datasets yet: <code>almagest ingest FILE</code>");
        Table(html, "Views", ["view", "#rows", "last refresh (UTC)", "state"], views.Select(v => new[]
        {
            v.ViewName, v.Rows is { } rows ? Count(rows) : "", v.LastRefresh?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "",
            v.IsRefreshing ? "refreshing" : v.Lags ? v.PendingRuns > 0 ? $"lags behind {v.PendingRuns} runs" : "lags behind stars or labels" : "up to date",
        }), "");
        return html.Append("</body></html>").ToString();
    }

    static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <param name="head">titles; one that starts with # is of a column of numbers</param>
    static void Table(StringBuilder html, string title, string[] head, IEnumerable<string[]> rows, string none)
    {
        html.Append("<h2>").Append(title).Append("</h2>");
        var all = rows.ToList();
        if (all.Count == 0)
        {
            html.Append("<p>").Append(none).Append("</p>");
            return;
        }
        html.Append("<div class=\"wide\"><table><thead><tr>");
        foreach (var h in head) html.Append(h[0] == '#' ? $"<th class=\"n\">{h[1..]}</th>" : $"<th>{h}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var row in all)
        {
            html.Append("<tr>");
            for (var i = 0; i < row.Length; i++)
                html.Append(head[i][0] == '#' ? "<td class=\"n\">" : "<td>").Append(Cell(row[i])).Append("</td>");
            html.Append("</tr>");
        }
        html.Append("</tbody></table></div>");
    }

    static string Cell(string text)
    {
        var safe = HtmlEncoder.Default.Encode(text);
        return text.StartsWith("/discovery/runs/", StringComparison.Ordinal) ? $"<a href=\"{safe}\">{safe[^12..]}</a>" : safe;
    }
}
