using Almagest.Contract.Errors;
using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Server.Http;
using Almagest.Server.Measuring;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Operations;

/// <summary>Numbers for operators, for Prometheus to collect.</summary>
internal static class MetricsRoutes
{
    // Whoever collects them asks again soon; a database that hangs must not hang the answer.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger) =>
        api.Route(
                "GET",
                "/metrics",
                "getMetrics",
                "Requests, runs, views, connections and disk as Prometheus metrics",
                async context =>
                {
                    var text = new PrometheusText();
                    Times(text, context.RequestServices.GetRequiredService<MeasuredTimes>());
                    text.Gauge(
                        "almagest_database_up",
                        "1 where the database answers",
                        await LedgerAsync(text, ledger, context.RequestAborted) ? 1 : 0
                    );
                    text.Gauge("process_resident_memory_bytes", "Memory of the process", Environment.WorkingSet);
                    return Results.Text(text.ToString(), PrometheusText.ContentType);
                }
            )
            .WithTags("Operations")
            .Produces<string>(200, "text/plain");

    // What the database knows; without it the rest is worth all the more.
    private static async Task<bool> LedgerAsync(PrometheusText text, LedgerDatabase ledger, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        try
        {
            var runs = await new RunRepository(ledger).CountByStatusAsync(patience.Token);
            var load = await DatabaseLoad.ReadAsync(ledger, patience.Token);
            var views = await new ViewStatusReader(ledger).ReadAsync(patience.Token);
            text.Gauge("almagest_runs", "Runs in the ledger", runs.Select(c => (PrometheusText.Label("status", c.Key), (double)c.Value)));
            text.Gauge("almagest_queue_age_seconds", "How long the run that waits longest has waited; 0 where none does", load.QueueAge);
            text.Gauge(
                "almagest_database_connections",
                "Sessions of the ledger's database, of the role as which the server connects",
                load.Connections.Select(c => (PrometheusText.Label("state", c.Key), (double)c.Value))
            );
            text.Gauge("almagest_database_connections_limit", "Sessions that the database server takes in all", load.MostConnections);
            text.Gauge("almagest_database_size_bytes", "Size of the database on disk", load.SizeBytes);
            if (await DiskSpace.OfAsync(ledger, patience.Token) is { } disk)
            {
                text.Gauge("almagest_disk_free_bytes", "Free space where the database's files lie", disk.FreeBytes);
                text.Gauge("almagest_disk_size_bytes", "Size of that file system", disk.SizeBytes);
            }
            Views(text, views);
            return true;
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Unavailable)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static void Times(PrometheusText text, MeasuredTimes times)
    {
        var requests = times.Read(MeasuredTime.Requests).Select(r => (r.Labels, Read: r.Histogram.Read())).ToList();
        text.Counter(
            "almagest_http_requests_total",
            "Requests answered",
            requests.Select(r => (r.Labels, (double)r.Read.Cumulative[^1].Count))
        );
        text.Counter("almagest_http_request_seconds_total", "Time spent on them, s", requests.Select(r => (r.Labels, r.Read.Sum)));
        foreach (var time in new[] { MeasuredTime.Requests, MeasuredTime.Runs, MeasuredTime.Refreshes })
            text.Histogram(time.Family, time.Help, times.Read(time));
    }

    private static void Views(PrometheusText text, IReadOnlyList<ViewStatus> views)
    {
        text.Gauge("almagest_view_rows", "Rows of the view after its last refresh", Known(views, v => v.Rows));
        text.Gauge("almagest_view_size_bytes", "Size on disk, indexes included", Known(views, v => v.SizeBytes));
        text.Gauge("almagest_view_age_seconds", "Time since the last refresh that succeeded", Known(views, v => v.AgeSeconds));
        text.Gauge("almagest_view_last_refresh_seconds", "How long that refresh took", Known(views, v => v.LastDurationMs / 1000));
        text.Gauge("almagest_view_pending_runs", "Runs that the view does not show yet", Known(views, v => v.PendingRuns));
        text.Gauge(
            "almagest_view_last_refresh_failed",
            "1 where the last refresh failed",
            Known(views, v => v.LastOutcome == "failed" ? 1 : 0)
        );
    }

    private static IEnumerable<(string, double)> Known(IReadOnlyList<ViewStatus> views, Func<ViewStatus, double?> value) =>
        from v in views
        let number = value(v)
        where number is not null
        select (PrometheusText.Label("view", v.ViewName), number.Value);
}
