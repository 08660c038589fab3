using Almagest.Contract.Comparison;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Changes;
using Almagest.Runs.Comparison;
using Almagest.Runs.Export;
using Almagest.Runs.Resources;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Comparing;

/// <summary>Runs side by side: two in every detail, or many in a table.</summary>
internal static class ComparisonRoutes
{
    internal const int MostListed = 10_000;
    private static readonly UuidParameter s_run1 = new("run_1_id", "a complete run") { InPath = true };
    private static readonly UuidParameter s_run2 = new("run_2_id", "another one over the same dataset") { InPath = true };
    private static readonly ChoiceParameter s_side = new(
        "side",
        "stars that both mark, or only one of the two",
        ["common", "only_1", "only_2"],
        "common"
    );
    private static readonly ChoiceParameter s_reason = new("reason", "only stars that one run alone marks for this reason", FlipReason.All);
    private static readonly IntegerParameter s_limit = new("limit", "most stars", 1, PairStarReader.MostRows, 100);
    private static readonly IntegerParameter s_after = new(
        "after",
        "next of the page before: only stars with a higher star_id",
        0,
        long.MaxValue
    );

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        ComparisonChartRoutes.Map(api, ledger);
        ChangeRoutes.Map(api, ledger);
        api.Route(
                "POST",
                "/discovery/compare",
                "compareRuns",
                "Runs side by side: what differs, what they agree on, whether that may be chance",
                context => CompareAsync(context, ledger)
            )
            .WithTags("Comparing")
            .WithDescription(
                "2 to 100 complete runs. The table (differing_parameters, runs, seed_groups, pairs) is always there; of two runs also "
                    + "every detail: common stars, stars of one side "
                    + "with the reasons, agreement beyond chance, and of two cluster runs where the clusters of one are in the other. "
                    + "Runs of different types can be compared: a cluster run "
                    + "marks the stars that it leaves out of every cluster. Formulas: docs/statistics.md. Two anomaly runs over two "
                    + "datasets of the same stars, such as two releases, have changes instead: which flags are new and gone, and why "
                    + "(docs/changes.md)."
            )
            .Accepts<ComparisonRequestBody>("application/json")
            .Produces<ComparisonResource>()
            .Fails(400, 404, 409, 413, 415);

        api.Route(
                "GET",
                "/discovery/compare/{run_1_id}/{run_2_id}/stars",
                "comparePairStars",
                "The stars that both runs mark, or only one of them, with the reason",
                async context =>
                {
                    var pair = await PairAsync(
                        ledger,
                        [s_run1.Read(context)!.Value, s_run2.Read(context)!.Value],
                        "run_2_id",
                        context.RequestAborted
                    );
                    var side = s_side.Read(context) switch
                    {
                        "only_1" => PairSide.OnlyIn1,
                        "only_2" => PairSide.OnlyIn2,
                        _ => PairSide.Common,
                    };
                    var reason = s_reason.Read(context);
                    if (side == PairSide.Common && reason is not null)
                        throw LedgerException.Invalid(
                            "reason",
                            "stars that both runs mark have no reason",
                            "Give side=only_1 or side=only_2 with it."
                        );
                    if (TableResponse.Wanted(context) is { } format)
                    {
                        TableResponse.RefusePaging(context, s_limit.Name, s_after.Name);
                        var all = context.Request.Query[s_side.Name] is not [{ Length: > 0 }, ..];
                        var table = await new PairExport(ledger).TableAsync(pair, all ? null : side, reason, context.RequestAborted);
                        return TableResponse.Of(context, table, format, $"pair-{pair.Run1.RunId}-{pair.Run2.RunId}");
                    }
                    var page = await new PairStarReader(ledger).PageAsync(
                        pair,
                        new PairStarQuery(side, reason, s_limit.ReadInt(context), s_after.Read(context) ?? long.MinValue),
                        context.RequestAborted
                    );
                    return Results.Ok(
                        new PairStarPage(page.Items, page.Next is null ? null : page.Items[^1].StarId, page.Next is not null)
                    );
                },
                s_run1,
                s_run2,
                s_side,
                s_reason,
                s_limit,
                s_after,
                TableResponse.Format
            )
            .WithTags("Comparing")
            .WithDescription(
                "Pages by star_id. The reason is the first that applies: data (the other run did not analyse the star), threshold "
                    + "(the other run would flag it, did it flag the same share), "
                    + "else what differs between the runs: algorithm, features, data (another selection), parameters, seed, or program. "
                    + "With a format, the stars of all sides (or of the side that is given) as one streamed table."
            )
            .ProducesTable<PairStarPage>()
            .Fails(404, 409);
    }

    private static async Task<IResult> CompareAsync(HttpContext context, LedgerDatabase ledger)
    {
        var body = await JsonBody.ReadAsync<ComparisonRequestBody>(context);
        var limit = body.Limit ?? 100;
        if (limit is < 0 or > MostListed)
            throw LedgerException.Invalid("limit", $"limit is {limit}, expected 0 to {MostListed}");
        var named = body.RunIds is null;
        if (!named && (body.Run1Id ?? body.Run2Id) is not null)
            throw LedgerException.Invalid(
                "run_ids",
                "run_ids is given together with run_1_id or run_2_id",
                "Give either run_ids, or run_1_id and run_2_id."
            );
        var ids = body.RunIds ?? [Given("run_1_id", body.Run1Id), Given("run_2_id", body.Run2Id)];
        if (named && ids[0] == ids[1])
            throw LedgerException.Invalid("run_2_id", "a run cannot be compared with itself", "Give two different runs.");
        var runs = await ComparedRuns.LoadAsync(ledger, ids, cancellationToken: context.RequestAborted);
        if (runs.Count == 2 && !RunDatasets.Share(runs[0], runs[1]))
        {
            var changes = await context
                .RequestServices.GetRequiredService<RunChangeReader>()
                .ReadAsync(runs[0], runs[1], new PairingChoice(body.MatchId, body.BySourceId ?? false), context.RequestAborted);
            return Results.Ok(await ComparisonResources.ReadAsync(ledger, changes, context.RequestAborted));
        }
        if (
            (
                body.MatchId is null
                    ? body.BySourceId is null
                        ? null
                        : "by_source_id"
                    : "match_id"
            ) is
            { } field
        )
            throw LedgerException.Invalid(
                field,
                $"{field} says which stars of two datasets are the same, and these runs are not two over two datasets",
                $"Leave {field} out."
            );
        return Results.Ok(await ComparisonResources.ReadAsync(ledger, runs, limit, context.RequestAborted));
    }

    private static async Task<RunAgreement> PairAsync(
        LedgerDatabase ledger,
        IReadOnlyList<Guid> ids,
        string field,
        CancellationToken cancellationToken
    )
    {
        var runs = await ComparedRuns.LoadAsync(ledger, ids, field: field, cancellationToken: cancellationToken);
        ComparedRuns.RequireOneDataset(runs, field);
        return await new RunAgreementReader(ledger).ReadAsync(runs[0], runs[1], cancellationToken);
    }

    private static Guid Given(string field, Guid? value) =>
        value ?? throw LedgerException.Invalid(field, $"{field} is not given", "Give the ids of two complete runs, or run_ids.");
}
