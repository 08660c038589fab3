using System.Text.Json.Serialization;
using Almagest.Ledger;
using Almagest.Ledger.Database;
using Almagest.Ledger.Runs;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Runs;

/// <summary>Which two runs to compare.</summary>
public sealed record ComparisonRequestBody
{
    /// <summary>A complete anomaly run.</summary>
    [JsonPropertyName("run_1_id")]
    public Guid? Run1Id { get; init; }

    /// <summary>Another one.</summary>
    [JsonPropertyName("run_2_id")]
    public Guid? Run2Id { get; init; }

    /// <summary>Most stars listed of each of the two sides, 0 to 10000; 100 if left out.</summary>
    public int? Limit { get; init; }
}

/// <summary>Two complete anomaly runs side by side.</summary>
/// <param name="CommonCount">stars that both flagged</param>
/// <param name="CommonStarIds">those stars, ascending</param>
/// <param name="OnlyInRun1Count">stars that run 1 flagged and run 2 did not</param>
/// <param name="OnlyInRun1StarIds">the first of them, ascending</param>
/// <param name="JaccardSimilarity">flagged by both over flagged by either, 0 to 1; 0 where neither flagged a star</param>
/// <param name="Truncated">whether a list of one side is shorter than its count</param>
public sealed record ComparisonBody(
    [property: JsonPropertyName("run_1")] RunBody Run1,
    [property: JsonPropertyName("run_2")] RunBody Run2,
    [property: JsonPropertyName("run_1_count")] long Run1Count,
    [property: JsonPropertyName("run_2_count")] long Run2Count,
    long CommonCount, IReadOnlyList<long> CommonStarIds,
    [property: JsonPropertyName("only_in_run_1_count")] long OnlyInRun1Count,
    [property: JsonPropertyName("only_in_run_1_star_ids")] IReadOnlyList<long> OnlyInRun1StarIds,
    [property: JsonPropertyName("only_in_run_2_count")] long OnlyInRun2Count,
    [property: JsonPropertyName("only_in_run_2_star_ids")] IReadOnlyList<long> OnlyInRun2StarIds,
    double JaccardSimilarity, bool Truncated);

internal static class ComparisonRoutes
{
    const int MostListed = 10_000;

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger) =>
        api.Route("POST", "/discovery/compare", "compareRuns", "Two anomaly runs side by side", async context =>
        {
            var body = await JsonBody.ReadAsync<ComparisonRequestBody>(context);
            var limit = body.Limit ?? 100;
            if (limit is < 0 or > MostListed) throw LedgerException.Invalid("limit", $"limit is {limit}, expected 0 to {MostListed}");
            var found = await new RunComparer(ledger).CompareAsync(Given("run_1_id", body.Run1Id), Given("run_2_id", body.Run2Id), limit, context.RequestAborted);
            return Results.Ok(new ComparisonBody(
                await RunRoutes.BodyAsync(ledger, found.Run1, context.RequestAborted), await RunRoutes.BodyAsync(ledger, found.Run2, context.RequestAborted),
                found.Count1, found.Count2, found.Common.Count, found.Common, found.OnlyIn1Count, found.OnlyIn1, found.OnlyIn2Count, found.OnlyIn2,
                found.JaccardSimilarity, found.OnlyIn1.Count < found.OnlyIn1Count || found.OnlyIn2.Count < found.OnlyIn2Count));
        })
            .WithTags("Runs")
            .WithDescription("Which stars both runs flagged, which only one did, and how much they agree. Both have to be complete anomaly runs; "
                + "cluster runs cannot be compared yet, and the significance of an agreement is not computed yet.")
            .Accepts<ComparisonRequestBody>("application/json").Produces<ComparisonBody>().Fails(400, 404, 409, 413, 415);

    static Guid Given(string field, Guid? value) =>
        value ?? throw LedgerException.Invalid(field, $"{field} is not given", "Give the ids of two complete anomaly runs.");
}
