using System.Text.Json;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Runs;
using Almagest.Server.Http;
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

    /// <summary>Recipe of features; default if left out.</summary>
    public string? Features { get; init; }

    /// <summary>DBSCAN's min_samples, the star itself included; 10 if left out.</summary>
    public int? MinSamples { get; init; }
}

/// <summary>The distances of stars to their k-th neighbours, which help to choose DBSCAN's eps.</summary>
/// <param name="MinSamples">k</param>
/// <param name="SuggestedEps">where the curve bends; null where it does not</param>
/// <param name="StarsSampled">stars measured: all, or 100,000 of more</param>
/// <param name="Distances">the curve at 200 equal steps of the stars, ascending, in standard deviations of the features</param>
public sealed record KDistanceBody(int MinSamples, double? SuggestedEps, int StarsSampled, IReadOnlyList<double> Distances);

internal static class KDistanceRoutes
{
    const int CurvePoints = 200;

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger) =>
        api.Route("POST", "/discovery/k-distance", "kDistance", "Helps to choose eps for DBSCAN", async context =>
        {
            var body = await JsonBody.ReadAsync<KDistanceRequestBody>(context);
            var k = body.MinSamples ?? new DbscanParameters().MinSamples;
            var found = await new DiscoveryService(ledger).KDistanceAsync(RunRoutes.DatasetOf(body.Dataset), RunRoutes.FilterOf(body.Filter),
                body.Features ?? FeatureRecipes.Default, k, context.RequestAborted);
            var last = found.Distances.Length - 1;
            var curve = Enumerable.Range(0, CurvePoints).Select(i => found.Distances[(int)Math.Round(i * (double)last / (CurvePoints - 1))]).ToList();
            return Results.Ok(new KDistanceBody(k, found.SuggestedEps, found.Distances.Length, curve));
        })
            .WithTags("Runs")
            .WithDescription("The sorted distances of the selection's stars to their k-th neighbours; the knee of the curve suggests an eps.")
            .Accepts<KDistanceRequestBody>("application/json").Produces<KDistanceBody>().Fails(400, 404, 413, 415);
}
