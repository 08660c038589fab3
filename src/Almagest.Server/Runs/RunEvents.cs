using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;
using Almagest.Server.Http;
using Almagest.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Almagest.Server.Runs;

/// <summary>The progress of a run as server-sent events, until it has ended.</summary>
internal static class RunEvents
{
    // Progress within this process is looked at often; the ledger, where workers of other processes write with each heartbeat, every
    // second.
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(200);
    private const int TicksPerLook = 5;
    private const int TicksPerHeartbeat = 75;

    public static void Map(IEndpointRouteBuilder group, LedgerDatabase ledger) =>
        group
            .Route(
                "GET",
                "/{run_id}/events",
                "followRun",
                "Progress of a run as server-sent events",
                async context =>
                {
                    var runId = RunRoutes.RunId.Read(context)!.Value;
                    var run = await new RunRepository(ledger).GetAsync(runId, context.RequestAborted);
                    var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
                    var queue = context.RequestServices.GetRequiredService<RunQueue>();
                    var last = context.Request.Headers["Last-Event-ID"].ToString();
                    // The end has been told: a browser that is told so comes back no more.
                    if (HasEnded(run) && last == IdOf(run, RunResources.ProgressOf(run, null)))
                        return Results.NoContent();
                    if (RequestGuard.AskedMethod(context) == HttpMethods.Head)
                        return Results.Text("", "text/event-stream");
                    return TypedResults.ServerSentEvents(FollowAsync(ledger, queue, run, last, stopping, context.RequestAborted));
                },
                RunRoutes.RunId
            )
            .WithDescription(
                "Any server on the database follows any run. An event whenever the status or the progress changes: 'progress' while "
                    + "the run is pending or running, and at the end "
                    + "'completed', 'failed' or 'cancelled', after which the stream ends. 'heartbeat' every 15 s when nothing changes. "
                    + "Each has an id: with the last one in Last-Event-ID, what was told is not told again, and of a run whose end was "
                    + "told the answer is 204."
            )
            .Produces<RunProgressResource>(200, "text/event-stream")
            .Produces(204)
            .Fails(404)
            .DisableRequestTimeout();

    private static async IAsyncEnumerable<SseItem<RunProgressResource>> FollowAsync(
        LedgerDatabase ledger,
        RunQueue queue,
        DiscoveryRun run,
        string lastEventId,
        CancellationToken stoppingToken,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, cancellationToken);
        RunProgressResource? last = null;
        var (quiet, attempts) = (0, run.Attempts);
        for (var tick = 1; ; tick++)
        {
            var now = RunResources.ProgressOf(run, queue.ProgressOf(run.RunId));
            // What the ledger knows of a run's progress is older than what this process told a moment ago.
            if (last is not null && run.Attempts == attempts && run.Status == RunStatus.Running && now.Percent < last.Percent)
                now = last;
            attempts = run.Attempts;
            var ended = HasEnded(run);
            var id = IdOf(run, now);
            quiet = now == last || (last is null && id == lastEventId) ? quiet + 1 : 0;
            if (quiet == 0)
                yield return new SseItem<RunProgressResource>(now, ended ? run.Status : "progress") { EventId = id };
            else if (quiet % TicksPerHeartbeat == 0)
                yield return new SseItem<RunProgressResource>(now, "heartbeat") { EventId = id };
            last = now;
            if (ended || !await WaitAsync(either.Token))
                yield break;
            if (tick % TicksPerLook == 0)
                run = await new RunRepository(ledger).GetAsync(run.RunId, either.Token);
        }
    }

    private static bool HasEnded(DiscoveryRun run) => run.Status is not (RunStatus.Pending or RunStatus.Running);

    /// <summary>What an event tells, in a word: equal where it tells the same.</summary>
    private static string IdOf(DiscoveryRun run, RunProgressResource progress) =>
        HasEnded(run)
            ? $"{run.Attempts}-{run.Status}"
            : string.Create(CultureInfo.InvariantCulture, $"{run.Attempts}-{run.Status}-{progress.Stage}-{progress.Percent}");

    private static async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(s_tick, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
