using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Almagest.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Runs;

/// <summary>What one does with a run after it was started: cancel it, repeat it, check it.</summary>
internal static class RunControlRoutes
{
    public static void Map(IEndpointRouteBuilder runs, LedgerDatabase ledger)
    {
        runs.Route(
                "POST",
                "/{run_id}/cancel",
                "cancelRun",
                "Cancels a run",
                async context =>
                {
                    var run = await new RunClaims(ledger).CancelAsync(RunRoutes.RunId.Read(context)!.Value, context.RequestAborted);
                    return Results.Accepted(
                        $"/discovery/runs/{run.RunId}",
                        await RunResources.ReadAsync(ledger, run, context.RequestAborted)
                    );
                },
                RunRoutes.RunId
            )
            .WithDescription(
                "A pending run is cancelled at once. The worker of a running one, in whichever process, hears it within a second or "
                    + "two; follow it at …/events. "
                    + "Nothing of its results is kept. A run that is cancelled already stays so; 409 where it is complete or failed."
            )
            .Produces<RunResource>(202)
            .Fails(404, 409);

        runs.Route(
                "POST",
                "/{run_id}/retry",
                "retryRun",
                "Starts a run again as a new run",
                async context =>
                {
                    var run = await new RunSubmitter(ledger) { IsForThisProgram = true }.RetryAsync(
                        RunRoutes.RunId.Read(context)!.Value,
                        RequestPerson.Placement(context),
                        context.RequestAborted
                    );
                    context.RequestServices.GetRequiredService<RunQueue>().Signal();
                    return Results.Accepted(
                        $"/discovery/runs/{run.RunId}",
                        await RunResources.ReadAsync(ledger, run, context.RequestAborted)
                    );
                },
                RunRoutes.RunId
            )
            .WithDescription(
                "The new run has the selection, the parameters and the seed of the old one, and names it as retry_of; the old one "
                    + "stays as it is. 409 where that has not ended."
            )
            .Produces<RunResource>(202)
            .Fails(404, 409);

        runs.Route(
                "POST",
                "/{run_id}/replay",
                "replayRun",
                "Recomputes a run and compares every stored row",
                async context =>
                {
                    var options = context.RequestServices.GetRequiredService<ServerOptions>();
                    var report = await new RunReplayer(ledger) { MaxThreads = options.RunThreads }.ReplayAsync(
                        RunRoutes.RunId.Read(context)!.Value,
                        null,
                        context.RequestAborted
                    );
                    return Results.Ok(report.ToResource());
                },
                RunRoutes.RunId
            )
            .WithDescription(
                "Recomputes a complete run from its stored selection, parameters and seed, and says whether every stored row comes "
                    + "out again to the last bit. Nothing is written. "
                    + "It takes as long as the run did. 409 where the run is not complete, or of an algorithm or recipe that this "
                    + "program does not have."
            )
            .Produces<ReplayResource>()
            .Fails(404, 409)
            .DisableRequestTimeout();
    }
}
