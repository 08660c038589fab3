using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Runs;

/// <summary>Several runs of one algorithm over one selection.</summary>
public sealed record SweepRequestBody
{
    /// <summary>anomaly or cluster; may be left out where the algorithm is given.</summary>
    public string? RunType
    {
        get;
        init => field = value?.ToLowerInvariant();
    }

    /// <summary>Its name; may be left out where the run type is given.</summary>
    public string? Algorithm
    {
        get;
        init => field = value?.ToLowerInvariant();
    }

    /// <summary>Name of the dataset, or its id as a string or a number; an array of them for stars of several.</summary>
    public JsonElement Dataset { get; init; }

    /// <summary>Conditions that all stars of the selection fulfil; left out = the whole dataset.</summary>
    public JsonElement Filter { get; init; }

    /// <summary>Parameters that all runs have in common.</summary>
    public JsonElement Parameters { get; init; }

    /// <summary>Values by parameter, such as <c>{"eps": [0.1, 0.2], "min_samples": [5, 10]}</c>: every combination is a run.</summary>
    public JsonElement Grid { get; init; }

    /// <summary>Sets of parameters that belong together, such as <c>[{"eps": 0.1, "min_samples": 5}]</c>; with a grid, each set with each
    /// combination.</summary>
    public JsonElement List { get; init; }

    /// <summary>Random seeds: everything once with each. For an algorithm with random numbers.</summary>
    public IReadOnlyList<long>? Seeds { get; init; }
}

internal static class SweepRoutes
{
    private static readonly UuidParameter s_group = new("group_id", "the sweep") { InPath = true };

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var group = api.MapGroup("/discovery/sweeps").WithTags("Runs");
        group
            .Route(
                "POST",
                "",
                "startSweep",
                "Starts a sweep of parameters and seeds",
                async context =>
                {
                    var body = await JsonBody.ReadAsync<SweepRequestBody>(context);
                    var algorithm = RunRoutes.AlgorithmOf(
                        body.Algorithm,
                        body.RunType,
                        [.. RunRoutes.NamesIn(body.Parameters), .. RunRoutes.NamesIn(body.Grid), .. FirstNames(body.List)]
                    );
                    var runs = RunSweep.Expand(
                        algorithm,
                        RunRoutes.Object("parameters", body.Parameters) is { } fixedOnes ? JsonNode.Parse(fixedOnes)!.AsObject() : null,
                        GridOf(body.Grid),
                        ListOf(body.List),
                        body.Seeds ?? []
                    );
                    RunRoutes.RequireType(body.RunType, runs[0].Algorithm);
                    var placement = RequestPerson.Placement(context) with { GroupId = Guid.CreateVersion7() };
                    var names = RunRoutes.DatasetsOf(body.Dataset);
                    var filter = await new DatasetRepository(ledger).AlsoAsync(
                        names,
                        RunRoutes.FilterOf(body.Filter),
                        context.RequestAborted
                    );
                    var submitted = await new RunSubmitter(ledger) { IsForThisProgram = true }.SubmitAsync(
                        names[0],
                        filter,
                        runs,
                        placement,
                        RunRoutes.KeyOf(context),
                        context.RequestAborted
                    );
                    RunRoutes.Announce(context, submitted);
                    var id = submitted.Runs[0].GroupId!.Value;
                    return Results.Accepted(
                        $"/discovery/sweeps/{id}",
                        new StartedSweep(id, [.. submitted.Runs.Select(r => r.RunId)], submitted.Choice?.Reason)
                    );
                }
            )
            .WithDescription(
                $"Every combination of the grid's values, for each set of the list, with each seed: at most {RunSweep.MostRuns} runs, "
                    + $"stored together or not at all. "
                    + "The whole is followed at the address in Location, its runs are listed by GET /discovery/runs?group_id=…. "
                    + "Idempotency-Key works as for a single run."
            )
            .Accepts<SweepRequestBody>("application/json")
            .Produces<StartedSweep>(202)
            .Fails(400, 404, 409, 413, 415);

        group
            .Route(
                "GET",
                "/{group_id}",
                "getSweep",
                "A sweep as a whole: how many of its runs are where, what they found",
                async context =>
                    Results.Ok(await ExecutionResources.SweepAsync(ledger, s_group.Read(context)!.Value, context.RequestAborted)),
                s_group
            )
            .Produces<SweepResource>()
            .Fails(404);
        SweepChartRoutes.Map(group, ledger, s_group);
    }

    private static List<KeyValuePair<string, IReadOnlyList<JsonNode?>>> GridOf(JsonElement grid) =>
        RunRoutes.Object("grid", grid) is not { } json
            ? []
            :
            [
                .. JsonNode
                    .Parse(json)!
                    .AsObject()
                    .Select(p =>
                        p.Value is JsonArray values
                            ? new KeyValuePair<string, IReadOnlyList<JsonNode?>>(p.Key, [.. values])
                            : throw LedgerException.Invalid(
                                $"grid.{p.Key}",
                                $"{p.Key} of the grid is not a JSON array",
                                "Give its values as a list, such as [0.1, 0.2]."
                            )
                    ),
            ];

    private static IReadOnlyCollection<string> FirstNames(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 ? RunRoutes.NamesIn(list[0]) : [];

    private static List<JsonObject> ListOf(JsonElement list) =>
        list.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => [],
            JsonValueKind.Array =>
            [
                .. JsonNode
                    .Parse(list.GetRawText())!
                    .AsArray()
                    .Select(e =>
                        e as JsonObject
                        ?? throw LedgerException.Invalid(
                            "list",
                            "an element of the list is not a JSON object",
                            """Give sets of parameters, such as {"eps": 0.1}."""
                        )
                    ),
            ],
            _ => throw LedgerException.Invalid("list", "list is not a JSON array", """Give sets of parameters, such as [{"eps": 0.1}]."""),
        };
}
