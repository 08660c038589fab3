using System.ComponentModel.DataAnnotations;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Runs.Identification;
using Almagest.Runs.Lifecycle;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Runs;

/// <summary>A catalogue to name the clusters of a run after.</summary>
public sealed record IdentificationRequestBody
{
    /// <summary>Name or number of a dataset of known clusters, one row a cluster.</summary>
    [Required]
    public string? Dataset { get; init; }

    /// <summary>The set of labels that names members of known clusters; every set if left out.</summary>
    public string? LabelSet { get; init; }
}

internal static class IdentificationRoutes
{
    public static void Map(IEndpointRouteBuilder runs, LedgerDatabase ledger)
    {
        runs.Route(
                "POST",
                "/{run_id}/identify",
                "nameClusters",
                "Names the clusters of a run after a catalogue of known ones",
                async context =>
                {
                    var id = RunRoutes.RunId.Read(context)!.Value;
                    var body = await JsonBody.ReadAsync<IdentificationRequestBody>(context);
                    var dataset =
                        body.Dataset
                        ?? throw LedgerException.Invalid("dataset", "dataset is not given", "Name a dataset of known clusters.");
                    var run = await new RunRepository(ledger).GetAsync(id, context.RequestAborted);
                    return Results.Ok(
                        await new ClusterIdentifier(ledger).IdentifyAsync(
                            run,
                            dataset,
                            body.LabelSet,
                            RequestPerson.Name(context),
                            context.RequestAborted
                        )
                    );
                },
                RunRoutes.RunId
            )
            .WithDescription(
                "Compares each cluster with every known one in position, proper motion and parallax, as far as both have them, and in "
                    + "members where labels name some; says what fits, how closely, how often chance would do the same at the density of "
                    + "the catalogue there, and what nothing fits. What comes of it is stored beside the run, in place of what an earlier "
                    + "comparison with the same catalogue said. docs/identification.md says how."
            )
            .Accepts<IdentificationRequestBody>("application/json")
            .Produces<IdentificationResource>()
            .Fails(404, 409, 413, 415)
            .DisableRequestTimeout();
        runs.Route(
                "GET",
                "/{run_id}/identifications",
                "getIdentifications",
                "What the clusters of a run are called after catalogues of known ones",
                async context =>
                {
                    var run = await new RunRepository(ledger).GetAsync(RunRoutes.RunId.Read(context)!.Value, context.RequestAborted);
                    return Results.Ok(await new StoredIdentifications(ledger).OfAsync(run.RunId, context.RequestAborted));
                },
                RunRoutes.RunId
            )
            .WithDescription("The stored comparisons, the newest first: one with each catalogue.")
            .Produces<IdentificationList>()
            .Fails(404);
    }
}
