using System.Text.Json;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Database;
using Almagest.Runs.Execution;
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

/// <summary>The distances of stars to their k-th neighbours, which help to choose DBSCAN's eps, and what values of eps would find.</summary>
/// <param name="MinSamples">k</param>
/// <param name="Features">the recipe with its version</param>
/// <param name="FeaturesChosen">why this recipe was taken; null where it was named</param>
/// <param name="SuggestedEps">the distance that parts near stars from far ones; null where all distances are zero</param>
/// <param name="TotalStars">stars of the selection</param>
/// <param name="StarsSampled">stars measured: all, or 100,000 of more</param>
/// <param name="Candidates">what DBSCAN finds around the suggested eps, ascending</param>
/// <param name="Distances">the curve at 200 equal steps of the stars, ascending, in standard deviations of the features</param>
public sealed record KDistanceBody(
    int MinSamples, string Features, string? FeaturesChosen, double? SuggestedEps, int TotalStars, int StarsSampled,
    IReadOnlyList<EpsCandidateBody> Candidates, IReadOnlyList<double> Distances);

/// <summary>What DBSCAN finds at one eps.</summary>
/// <param name="LargestCluster">stars of the largest cluster: one that goes on growing with eps is the field, one that keeps its size is a clump</param>
/// <param name="NoiseCount">stars in no cluster</param>
/// <param name="NoisePct">the same, per cent of the selection</param>
public sealed record EpsCandidateBody(double Eps, int ClusterCount, int LargestCluster, int NoiseCount, double NoisePct, bool IsSuggested);

internal static class KDistanceRoutes
{
    const int CurvePoints = 200;

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger) =>
        api.Route("POST", "/discovery/k-distance", "kDistance", "Helps to choose eps for DBSCAN", async context =>
        {
            var body = await JsonBody.ReadAsync<KDistanceRequestBody>(context);
            var k = body.MinSamples ?? new DbscanParameters().MinSamples;
            var found = await new DiscoveryService(ledger).KDistanceAsync(RunRoutes.DatasetOf(body.Dataset), RunRoutes.FilterOf(body.Filter),
                body.Features, k, context.RequestAborted);
            var distances = found.Curve.Distances;
            var curve = Enumerable.Range(0, CurvePoints).Select(i => distances[(int)Math.Round(i * (distances.Length - 1.0) / (CurvePoints - 1))]).ToList();
            return Results.Ok(new KDistanceBody(k, found.Recipe.Reference, found.Choice?.Reason, found.Curve.SuggestedEps, found.TotalStars, distances.Length,
                [.. found.Candidates.Select(c => new EpsCandidateBody(c.Eps, c.Clusters, c.LargestCluster, c.Noise, 100.0 * c.Noise / found.TotalStars, c.IsSuggested))], curve));
        })
            .WithTags("Runs")
            .WithDescription("The sorted distances of the selection's stars to their k-th neighbours, the eps that parts near from far, "
                + "and what DBSCAN would find at values from a quarter of it to its double: clusters, the largest of them, stars in none.")
            .Accepts<KDistanceRequestBody>("application/json").Produces<KDistanceBody>().Fails(400, 404, 413, 415).DisableRequestTimeout();
}
