using Almagest.Contract.Recovery;
using Almagest.Ledger.Database;
using Almagest.Runs.Recovery;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Runs;

/// <summary>Injection and recovery: how much a run would find of what is known to be there.</summary>
internal static class RecoveryRoutes
{
    public static void Map(IEndpointRouteBuilder runs, LedgerDatabase ledger) =>
        runs.Route(
                "POST",
                "/{run_id}/recovery",
                "recovery",
                "Plants stars of known properties into a run's selection, and counts what is found",
                async context =>
                {
                    var id = RunRoutes.RunId.Read(context)!.Value;
                    var settings = await JsonBody.ReadAsync<RecoverySettings>(context);
                    var options = context.RequestServices.GetRequiredService<ServerOptions>();
                    return Results.Ok(
                        await new RecoveryTrials(ledger) { MaxThreads = options.RunThreads }.RunAsync(
                            id,
                            settings,
                            null,
                            context.RequestAborted
                        )
                    );
                },
                RunRoutes.RunId
            )
            .WithDescription(
                "Injection and recovery: outliers of chosen contrast, or clusters of chosen size, distance, spread and dispersion, "
                    + "are planted into the selection in memory, "
                    + "the run's algorithm is run with its parameters over both, and what it finds is counted against contrast, "
                    + "brightness and distance, with 95 % intervals (Wilson 1927). "
                    + "Nothing is written, and nothing planted is ever in the catalogue. {} takes the defaults. It takes as long as "
                    + "the run did, times the repetitions. "
                    + "409 where the run cannot be repeated by this program. How: docs/recovery.md."
            )
            .Accepts<RecoverySettings>("application/json")
            .Produces<RecoveryReport>()
            .Fails(404, 409, 413, 415)
            .DisableRequestTimeout();
}
