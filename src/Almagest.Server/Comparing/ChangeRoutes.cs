using Almagest.Contract.Comparison;
using Almagest.Ledger.Database;
using Almagest.Runs.Changes;
using Almagest.Runs.Comparison;
using Almagest.Runs.Export;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Comparing;

/// <summary>What changed between two catalogues of the same stars, and between two runs over them.</summary>
internal static class ChangeRoutes
{
    private const int MostListed = 10_000;
    private static readonly UuidParameter s_run1 = new("run_1_id", "a complete anomaly run over one dataset") { InPath = true };
    private static readonly UuidParameter s_run2 = new("run_2_id", "one over another dataset of the same stars") { InPath = true };
    private static readonly ChoiceParameter s_change = new(
        "change",
        "only flags that are new in run 2, or gone",
        [RunChanges.New, RunChanges.Gone]
    );
    private static readonly ChoiceParameter s_cause = new("cause", "only flags that changed for this cause", ChangeCause.All);
    private static readonly IntegerParameter s_limit = new("limit", "most flags", 1, MostListed, 100);
    private static readonly IntegerParameter s_match = new(
        "match_id",
        "the cross-match that says which stars are the same; the newest between the two if left out",
        1,
        long.MaxValue
    );
    private static readonly BooleanParameter s_byId = new(
        "by_source_id",
        "equal ids say which stars are the same, whatever cross-matches there are; ids of two releases are different names"
    );
    private static readonly TextParameter s_dataset = new("dataset", "the first dataset: its name or id") { InPath = true };
    private static readonly TextParameter s_other = new("other", "the second one") { InPath = true };
    private static readonly TextParameter s_epoch1 = new("epoch_1", "Julian year of the first one's positions, where it does not say it");
    private static readonly TextParameter s_epoch2 = new("epoch_2", "that of the second one");
    private static readonly ChoiceParameter s_table = new(
        "table",
        "with a format: one row for each quantity, or for each star",
        ["quantities", "stars"],
        "quantities"
    );

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        api.Route(
                "GET",
                "/discovery/compare/{run_1_id}/{run_2_id}/changes",
                "getChanges",
                "Flags that are new or gone between runs over two datasets of the same stars, and why",
                async context =>
                {
                    var runs = await ComparedRuns.LoadAsync(
                        ledger,
                        [s_run1.Read(context)!.Value, s_run2.Read(context)!.Value],
                        field: "run_2_id",
                        cancellationToken: context.RequestAborted
                    );
                    var changes = await context
                        .RequestServices.GetRequiredService<RunChangeReader>()
                        .ReadAsync(runs[0], runs[1], Choice(context), context.RequestAborted);
                    var (change, cause) = (s_change.Read(context), s_cause.Read(context));
                    if (TableResponse.Wanted(context) is { } format)
                    {
                        TableResponse.RefusePaging(context, s_limit.Name);
                        var table = await new ChangeExport(ledger).TableAsync(changes, change, cause, context.RequestAborted);
                        return TableResponse.Of(context, table, format, $"changes-{runs[0].RunId}-{runs[1].RunId}");
                    }
                    var all = changes.Of(change, cause).ToList();
                    var limit = s_limit.ReadInt(context);
                    return Results.Ok(new StarChangePage(changes.Resource, [.. all.Take(limit)], all.Count, all.Count > limit));
                },
                s_run1,
                s_run2,
                s_change,
                s_cause,
                s_limit,
                s_match,
                s_byId,
                TableResponse.Format
            )
            .WithTags("Comparing")
            .WithDescription(
                "Both detectors are fitted again, and each scores what either dataset says of a star, column by column. Those with the "
                    + "largest change of score come first, those that one run did not analyse last. With a format, all of them. "
                    + "docs/changes.md says how."
            )
            .ProducesTable<StarChangePage>()
            .Fails(400, 404, 409)
            .DisableRequestTimeout();

        api.Route(
                "GET",
                "/datasets/{dataset}/compare/{other}",
                "compareDatasets",
                "Two tables of the same stars: who is in both, and by how much each measurement moved",
                async context =>
                {
                    var request = new DatasetComparisonRequest(
                        s_dataset.Read(context)!,
                        s_other.Read(context)!,
                        Choice(context),
                        Year(s_epoch1, context),
                        Year(s_epoch2, context)
                    );
                    var format = TableResponse.Wanted(context);
                    if (format is null)
                        TableResponse.RequireFormat(context, s_table.Name);
                    var compared = await new DatasetComparer(ledger).CompareAsync(request, cancellationToken: context.RequestAborted);
                    // Tables are written row by row from what it has in memory.
                    context.Response.RegisterForDispose(compared);
                    if (format is null)
                        return Results.Ok(compared.Resource);
                    var table =
                        s_table.Read(context) == "stars"
                            ? await new ComparedTables(ledger).StarsAsync(compared, context.RequestAborted)
                            : ComparedTables.Quantities(compared);
                    var (first, second) = (compared.Pairing.Dataset1.DatasetId, compared.Pairing.Dataset2.DatasetId);
                    return TableResponse.Of(context, table, format.Value, $"datasets-{first}-{second}");
                },
                s_dataset,
                s_other,
                s_match,
                s_byId,
                s_epoch1,
                s_epoch2,
                s_table,
                TableResponse.Format
            )
            .WithTags("Comparing")
            .WithDescription(
                "Both tables are read whole: some seconds for a million stars. Positions are carried to the epoch of the second by proper "
                    + "motion, where both epochs are known. docs/changes.md says what each number is."
            )
            .ProducesTable<DatasetComparisonResource>()
            .Fails(400, 404, 409)
            .DisableRequestTimeout();
    }

    private static PairingChoice Choice(HttpContext context) => new(s_match.Read(context), s_byId.Read(context));

    private static double? Year(TextParameter parameter, HttpContext context) =>
        parameter.Read(context) is not { } text ? null
        : double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var year)
            ? year
        : throw Contract.Errors.LedgerException.Invalid(
            parameter.Name,
            $"{parameter.Name} is '{text}', expected a Julian year such as 2016.0"
        );
}
