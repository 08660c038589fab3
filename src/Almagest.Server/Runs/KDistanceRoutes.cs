using System.Text.Json;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
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
    private static readonly TextParameter s_dataset = new("dataset", "the dataset: its name or id") { IsRequired = true };
    private static readonly TextParameter s_filter = new("filter", "only these stars, as terms like 'magnitude=..15' or as JSON", 6000);
    private static readonly TextParameter s_features = new("features", "recipe of features; else the one that a cluster run would take");
    private static readonly IntegerParameter s_minSamples = new(
        "min_samples",
        "DBSCAN's min_samples, the star itself included",
        1,
        10_000,
        new DbscanParameters().MinSamples
    );

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        MapChart(api, ledger);
        api.Route(
                "POST",
                "/discovery/k-distance",
                "kDistance",
                "Helps to choose eps for DBSCAN",
                async context =>
                {
                    var body = await JsonBody.ReadAsync<KDistanceRequestBody>(context);
                    var k = body.MinSamples ?? new DbscanParameters().MinSamples;
                    var dataset = await new DatasetRepository(ledger).FindAnyAsync(
                        RunRoutes.DatasetOf(body.Dataset),
                        context.RequestAborted
                    );
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

    private static LedgerException Missing() =>
        LedgerException.Of(ErrorCode.MissingValue, "dataset is not given", "Give the name of a dataset, or its id.", s_dataset.Name);

    private static void MapChart(IEndpointRouteBuilder api, LedgerDatabase ledger) =>
        api.Route(
                "GET",
                "/discovery/k-distance/chart",
                "getKDistanceChart",
                "Distances to neighbours, by which eps is chosen, as a picture",
                async context =>
                    ChartResponse.Of(
                        context,
                        await ChartResponse
                            .Figures(context, ledger)
                            .DistancesAsync(
                                await new DatasetRepository(ledger).FindAnyAsync(
                                    s_dataset.Read(context) ?? throw Missing(),
                                    context.RequestAborted
                                ),
                                StarFilterText.Parse(s_filter.Read(context)),
                                s_features.Read(context),
                                (int)s_minSamples.Read(context)!.Value,
                                ChartResponse.Size(context),
                                ChartResponse.HasCaption(context),
                                context.RequestAborted
                            )
                    ),
                s_dataset,
                s_filter,
                s_features,
                s_minSamples,
                ChartResponse.Format,
                ChartResponse.Width,
                ChartResponse.Scale,
                ChartResponse.Caption
            )
            .WithTags("Runs")
            .WithDescription("As 'almagest plot k-distance' writes it.")
            .ProducesChart()
            .Fails(404)
            .DisableRequestTimeout();
}
