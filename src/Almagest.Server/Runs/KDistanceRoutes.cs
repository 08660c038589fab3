using System.Text.Json;
using Almagest.Contract.Runs;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Execution;
using Almagest.Runs.Resources;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Runs;

/// <summary>Which stars to measure, in which features.</summary>
public sealed record KDistanceRequestBody
{
    /// <summary>Name of the dataset, or its id as a string or a number.</summary>
    public JsonElement Dataset { get; init; }

    /// <summary>Conditions that all stars of the selection fulfil; left out = the whole dataset.</summary>
    public JsonElement Filter { get; init; }

    /// <summary>Recipe of features; if left out, the one that a cluster run would take.</summary>
    public string? Features { get; init; }

    /// <summary>DBSCAN's min_samples, the star itself included; 10 if left out.</summary>
    public int? MinSamples { get; init; }
}

internal static class KDistanceRoutes
{
    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger) =>
        api.Route(
                "POST",
                "/discovery/k-distance",
                "kDistance",
                "Helps to choose eps for DBSCAN",
                async context =>
                {
                    var body = await JsonBody.ReadAsync<KDistanceRequestBody>(context);
                    var k = body.MinSamples ?? new DbscanParameters().MinSamples;
                    var dataset = await new DatasetRepository(ledger).FindAsync(RunRoutes.DatasetOf(body.Dataset), context.RequestAborted);
                    var advice = await new DiscoveryService(ledger).KDistanceAsync(
                        dataset.Name,
                        RunRoutes.FilterOf(body.Filter),
                        body.Features,
                        k,
                        context.RequestAborted
                    );
                    return Results.Ok(advice.ToResource(dataset.Name));
                }
            )
            .WithTags("Runs")
            .WithDescription(
                "The sorted distances of the selection's stars to their k-th neighbours, the eps that parts near from far, "
                    + "and what DBSCAN would find at values from a quarter of it to its double: clusters, the largest of them, stars "
                    + "in none."
            )
            .Accepts<KDistanceRequestBody>("application/json")
            .Produces<KDistanceResource>()
            .Fails(400, 404, 413, 415)
            .DisableRequestTimeout();
}
