using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Runs.Replay;
using Almagest.Runs.Resources;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Runs;

/// <summary>Another threshold for the scores of a run.</summary>
public sealed record RethresholdRequestBody
{
    /// <summary>Share of stars to flag, above 0 and at most 0.5.</summary>
    public double? Contamination { get; init; }
}

internal static class RethresholdRoutes
{
    public static void Map(IEndpointRouteBuilder runs, LedgerDatabase ledger) =>
        runs.Route(
                "POST",
                "/{run_id}/rethreshold",
                "rethresholdRun",
                "Makes a new run of a run's scores, at another contamination",
                async context =>
                {
                    var source = RunRoutes.RunId.Read(context)!.Value;
                    var body = await JsonBody.ReadAsync<RethresholdRequestBody>(context);
                    var contamination =
                        body.Contamination
                        ?? throw LedgerException.Invalid(
                            "contamination",
                            "contamination is not given",
                            "Give the share of stars to flag, such as 0.02."
                        );
                    var run = await new RunRethresholder(ledger) { By = RequestPerson.Name(context) }.RethresholdAsync(
                        source,
                        contamination,
                        context.RequestAborted
                    );
                    return Results.Created(
                        $"/discovery/runs/{run.RunId}",
                        await RunResources.ReadAsync(ledger, run, context.RequestAborted)
                    );
                },
                RunRoutes.RunId
            )
            .WithDescription(
                "Flags and scores are those of a fresh run with this contamination and the same seed, but nothing is fitted again. "
                    + "The new run is complete when the "
                    + "answer comes; its results_summary names the run it was made from as rethresholded_from. The views follow by "
                    + "themselves. 400 where the run is not an anomaly run."
            )
            .Accepts<RethresholdRequestBody>("application/json")
            .Produces<RunResource>(201)
            .Fails(404, 409, 413, 415)
            .DisableRequestTimeout();
}
