using System.Globalization;
using System.Text;
using Almagest.Contract.Errors;
using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Operations;

/// <summary>
/// Numbers for operators in Prometheus' text format 0.0.4. Written by hand: OpenTelemetry's exporter for ASP.NET Core has
/// no stable release yet.
/// </summary>
internal static class MetricsRoutes
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger) =>
        api.Route(
                "GET",
                "/metrics",
                "getMetrics",
                "Requests, runs and views as Prometheus metrics",
                async context =>
                {
                    var text = new StringBuilder();
                    Requests(text, context.RequestServices.GetRequiredService<RequestMeter>());
                    var up = await LedgerAsync(text, ledger, context.RequestAborted);
                    Family(text, "almagest_database_up", "gauge", "1 where the database answers", [("", up ? 1 : 0)]);
                    Family(text, "process_resident_memory_bytes", "gauge", "Memory of the process", [("", Environment.WorkingSet)]);
                    return Results.Text(text.ToString(), ContentType);
                }
            )
            .WithTags("Operations")
            .Produces<string>(200, "text/plain");

    // What the database knows; without it the rest is worth all the more.
    private static async Task<bool> LedgerAsync(StringBuilder text, LedgerDatabase ledger, CancellationToken cancellationToken)
    {
        try
        {
            var runs = await new RunRepository(ledger).CountByStatusAsync(cancellationToken);
            var views = await new ViewStatusReader(ledger).ReadAsync(cancellationToken);
            Runs(text, runs);
            Views(text, views);
            return true;
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Unavailable)
        {
            return false;
        }
    }

    private static void Requests(StringBuilder text, RequestMeter meter)
    {
        var all = meter
            .Read()
            .Select(r =>
                (Labels: $"{{method=\"{Escape(r.Method)}\",route=\"{Escape(r.Route)}\",status=\"{Escape(r.Status)}\"}}", r.Count, r.Seconds)
            )
            .ToList();
        Family(text, "almagest_http_requests_total", "counter", "Requests answered", all.Select(r => (r.Labels, (double)r.Count)));
        Family(text, "almagest_http_request_seconds_total", "counter", "Time spent on them, s", all.Select(r => (r.Labels, r.Seconds)));
    }

    private static void Runs(StringBuilder text, IReadOnlyDictionary<string, long> counts) =>
        Family(text, "almagest_runs", "gauge", "Runs in the ledger", counts.Select(c => ($"{{status=\"{c.Key}\"}}", (double)c.Value)));

    private static void Views(StringBuilder text, IReadOnlyList<ViewStatus> views)
    {
        Family(text, "almagest_view_rows", "gauge", "Rows of the view after its last refresh", Known(views, v => v.Rows));
        Family(text, "almagest_view_size_bytes", "gauge", "Size on disk, indexes included", Known(views, v => v.SizeBytes));
        Family(text, "almagest_view_age_seconds", "gauge", "Time since the last refresh that succeeded", Known(views, v => v.AgeSeconds));
        Family(
            text,
            "almagest_view_last_refresh_seconds",
            "gauge",
            "How long that refresh took",
            Known(views, v => v.LastDurationMs / 1000)
        );
        Family(text, "almagest_view_pending_runs", "gauge", "Runs that the view does not show yet", Known(views, v => v.PendingRuns));
        Family(
            text,
            "almagest_view_last_refresh_failed",
            "gauge",
            "1 where the last refresh failed",
            Known(views, v => v.LastOutcome == "failed" ? 1 : 0)
        );
    }

    private static IEnumerable<(string, double)> Known(IReadOnlyList<ViewStatus> views, Func<ViewStatus, double?> value) =>
        from v in views
        let number = value(v)
        where number is not null
        select ($"{{view=\"{v.ViewName}\"}}", number.Value);

    private static void Family(
        StringBuilder text,
        string name,
        string type,
        string help,
        IEnumerable<(string Labels, double Value)> samples
    )
    {
        text.Append("# HELP ")
            .Append(name)
            .Append(' ')
            .Append(help)
            .Append('\n')
            .Append("# TYPE ")
            .Append(name)
            .Append(' ')
            .Append(type)
            .Append('\n');
        foreach (var (labels, value) in samples)
            text.Append(name).Append(labels).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Escape(string label) => label.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
}
