using System.Text.Json.Nodes;
using Almagest.Catalog.Writing;
using Almagest.Contract.Comparison;
using Almagest.Contract.Errors;
using Almagest.Discovery.Matching;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Runs.CrossMatching;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Matching;

/// <summary>Datasets joined by position: matches, their links, and what links are good for.</summary>
internal static class CrossMatchRoutes
{
    private static readonly IntegerParameter s_matchId = new("match_id", "the cross-match", 1, long.MaxValue) { InPath = true };
    private static readonly IntegerParameter s_limit = new("limit", "most pairs; all where it is not given", 1, long.MaxValue);
    private static readonly UuidParameter s_run1 = new("run_1_id", "a complete run over one of the two datasets");
    private static readonly UuidParameter s_run2 = new("run_2_id", "a complete run over the other one");
    private static readonly Dictionary<string, MatchFind> s_finds = Enum.GetValues<MatchFind>()
        .ToDictionary(f => f.ToString().ToLowerInvariant());

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var group = api.MapGroup("/crossmatches").WithTags("Cross-matching");
        var matches = new CrossMatchRepository(ledger);
        var datasets = new DatasetRepository(ledger);

        group
            .Route(
                "POST",
                "",
                "crossMatch",
                "Joins two datasets by position, and keeps the pairs as links",
                async context =>
                {
                    var body = await JsonBody.ReadAsync<CrossMatchRequestBody>(context);
                    var find = body.Find ?? "best";
                    var request = new CrossMatchRequest
                    {
                        Dataset1 = Required("dataset_1", body.Dataset1),
                        Dataset2 = Required("dataset_2", body.Dataset2),
                        RadiusArcsec =
                            body.RadiusArcsec
                            ?? throw LedgerException.Invalid(
                                "radius_arcsec",
                                "radius_arcsec is not given",
                                "Give the largest angle of a pair, arc seconds, such as 1."
                            ),
                        Find = s_finds.TryGetValue(find, out var known)
                            ? known
                            : throw LedgerException.Invalid("find", $"find is '{find}', expected {string.Join(" or ", s_finds.Keys)}"),
                        Epoch1 = body.Epoch1,
                        Epoch2 = body.Epoch2,
                        Epoch = body.Epoch,
                    };
                    var report = await new CrossMatcher(ledger).MatchAsync(request, cancellationToken: context.RequestAborted);
                    return Results.Created(
                        $"/crossmatches/{report.Match.MatchId}",
                        report.Match.ToResource(await datasets.NamesAsync(context.RequestAborted))
                    );
                }
            )
            .Accepts<CrossMatchRequestBody>("application/json")
            .WithDescription(
                "Answers when the links are stored: some seconds for millions of stars. find is as in STILTS' tskymatch2; "
                    + "docs/guide/crossmatch.md says how it works."
            )
            .Produces<CrossMatchResource>(201)
            .Fails(400, 404, 415)
            .DisableRequestTimeout();

        group
            .Route(
                "GET",
                "",
                "listCrossMatches",
                "All cross-matches, newest first",
                async context =>
                {
                    var names = await datasets.NamesAsync(context.RequestAborted);
                    return Results.Ok((await matches.ListAsync(context.RequestAborted)).ConvertAll(m => m.ToResource(names)));
                }
            )
            .Produces<CrossMatchResource[]>();

        group
            .Route(
                "GET",
                "/{match_id}",
                "getCrossMatch",
                "One cross-match",
                async context =>
                    Results.Ok(
                        (await matches.GetAsync(s_matchId.Read(context)!.Value, context.RequestAborted)).ToResource(
                            await datasets.NamesAsync(context.RequestAborted)
                        )
                    ),
                s_matchId
            )
            .Produces<CrossMatchResource>()
            .Fails(404);

        group
            .Route(
                "DELETE",
                "/{match_id}",
                "deleteCrossMatch",
                "Deletes a cross-match with its links",
                async context =>
                {
                    await matches.DeleteAsync(s_matchId.Read(context)!.Value, context.RequestAborted);
                    return Results.NoContent();
                },
                s_matchId
            )
            .Produces(204)
            .Fails(404)
            .DisableRequestTimeout();

        group
            .Route(
                "GET",
                "/{match_id}/links",
                "getLinks",
                "The pairs of a cross-match with both stars, as one table",
                async context =>
                {
                    var match = await matches.GetAsync(s_matchId.Read(context)!.Value, context.RequestAborted);
                    var table = await matches.TableAsync(match, s_limit.Read(context), context.RequestAborted);
                    return TableResponse.Of(
                        context,
                        table,
                        TableResponse.Wanted(context) ?? TableFormat.Json,
                        $"crossmatch-{match.MatchId}"
                    );
                },
                s_matchId,
                s_limit,
                TableResponse.Format
            )
            .WithDescription("Streamed, as JSON unless a format or Accept says otherwise.")
            .ProducesTable<JsonObject>()
            .Fails(404);

        group
            .Route(
                "POST",
                "/{match_id}/labels",
                "copyLinkedLabels",
                "Gives the labels of one dataset's stars to the linked stars of the other",
                async context =>
                {
                    var match = await matches.GetAsync(s_matchId.Read(context)!.Value, context.RequestAborted);
                    var body = await JsonBody.ReadAsync<LinkedLabelRequestBody>(context);
                    if (body.From is not (null or 1 or 2))
                        throw LedgerException.Invalid("from", $"from is {body.From}, expected 1 or 2");
                    return Results.Ok(
                        await new LinkedLabels(ledger).CopyAsync(
                            match,
                            body.From != 2,
                            body.LabelSet ?? "truth",
                            body.As,
                            body.Overwrite ?? false,
                            RequestPerson.By(context, body.By),
                            context.RequestAborted
                        )
                    );
                },
                s_matchId
            )
            .Accepts<LinkedLabelRequestBody>("application/json")
            .Produces<LinkedLabelReport>()
            .Fails(404, 415)
            .DisableRequestTimeout();

        group
            .Route(
                "GET",
                "/{match_id}/compare",
                "compareThroughLinks",
                "How far runs over the two datasets agree about linked stars",
                async context =>
                {
                    var match = await matches.GetAsync(s_matchId.Read(context)!.Value, context.RequestAborted);
                    var runs = new RunRepository(ledger);
                    var run1 = await runs.GetAsync(s_run1.Read(context) ?? throw Missing(s_run1.Name), context.RequestAborted);
                    var run2 = await runs.GetAsync(s_run2.Read(context) ?? throw Missing(s_run2.Name), context.RequestAborted);
                    return Results.Ok(
                        (await new LinkedComparison(ledger).ReadAsync(match, run1, run2, context.RequestAborted)).ToResource()
                    );
                },
                s_matchId,
                s_run1,
                s_run2
            )
            .Produces<LinkedAgreementResource>()
            .Fails(404, 409);
    }

    private static string Required(string field, string? name) =>
        !string.IsNullOrEmpty(name) && !name.Contains('\0') ? name : throw Missing(field);

    private static LedgerException Missing(string field) =>
        LedgerException.Invalid(
            field,
            $"{field} is not given",
            field.StartsWith("run", StringComparison.Ordinal)
                ? "Give the id of a complete run."
                : "Give the dataset's name or id; GET /datasets lists them."
        );
}
