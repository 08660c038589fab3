using Almagest.Contract.Datasets;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.Selections;
using Almagest.Runs.Resources;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Datasets;

/// <summary>The catalogues of the ledger and their stars.</summary>
internal static class DatasetRoutes
{
    private static readonly BooleanParameter s_withRuns = new("with_runs", "also delete its runs and their results");
    private static readonly BooleanParameter s_now = new("now", "for good, which frees the space at once");
    private static readonly TextParameter s_deleted = new("dataset", "the deleted dataset: its name or id") { InPath = true };
    private static readonly TextParameter s_newName = new("name", "what it is called from now on; as it was where this is left out");
    private static readonly TextParameter s_name = new("dataset", "the dataset: its name or id") { InPath = true };
    private static readonly TextParameter s_sourceId = new("source_id", "only the star with this id of the catalogue's own");
    private static readonly IntegerParameter s_after = new("after", "next of the page before", 0, long.MaxValue, 0);
    private static readonly TextParameter s_filter = new(
        "filter",
        "with a format: only these stars, as terms like 'cone=56.75,24.1,2 magnitude=..15' or as JSON"
    );
    private static readonly BooleanParameter s_extra = new(
        "extra",
        "with a format: also the other columns of the source table, under their names"
    );
    private static readonly IntegerParameter s_limit = new("limit", "most stars", 1, 10_000, 100);

    public static void Map(IEndpointRouteBuilder api, ServerOptions options)
    {
        var ledger = options.Ledger;
        var datasets = new DatasetRepository(ledger);
        var group = api.MapGroup("/datasets").WithTags("Datasets");

        group
            .Route(
                "GET",
                "",
                "listDatasets",
                "All datasets, in order of loading",
                async context => Results.Ok(await DatasetResources.ListAsync(ledger, context.RequestAborted))
            )
            .Produces<DatasetResource[]>();

        group
            .Route(
                "GET",
                "/{dataset}",
                "getDataset",
                "One dataset, with a sample of the rows that could not be loaded",
                async context =>
                {
                    var dataset = await datasets.FindAnyAsync(s_name.Read(context)!, context.RequestAborted);
                    return Results.Ok(await DatasetResources.ReadAsync(ledger, dataset, cancellationToken: context.RequestAborted));
                },
                s_name
            )
            .Produces<DatasetDetail>()
            .Fails(404);

        group
            .Route(
                "GET",
                "/{dataset}/report",
                "getDatasetReport",
                "What became of the files of a dataset: rows, each column, and what looks wrong",
                async context =>
                    Results.Ok(DatasetResources.Report(await datasets.FindAnyAsync(s_name.Read(context)!, context.RequestAborted))),
                s_name
            )
            .Produces<DatasetReport>()
            .ProducesProblem(StatusCodes.Status404NotFound);

        group
            .Route(
                "PATCH",
                "/{dataset}",
                "correctDataset",
                "Sets units and missing values of a dataset right, without its file",
                async context =>
                {
                    var dataset = await datasets.FindAsync(s_name.Read(context)!, context.RequestAborted);
                    var body = await JsonBody.ReadAsync<DatasetCorrectionBody>(context);
                    await new DatasetCorrector(ledger).CorrectAsync(dataset.DatasetId, body.ToCorrection(), context.RequestAborted);
                    return Results.Ok(DatasetResources.Report(await datasets.GetAsync(dataset.DatasetId, context.RequestAborted)));
                },
                s_name
            )
            .WithDescription(
                "Answers the report of the load, renewed. Refused once a run or a cross-match rests on the dataset, and where the values "
                    + "as the file has them are not kept: positions that were brought to ICRS or to another epoch, values computed from "
                    + "two columns, several files. All or nothing."
            )
            .Accepts<DatasetCorrectionBody>("application/json")
            .Produces<DatasetReport>()
            .Fails(400, 404, 409, 413, 415)
            .DisableRequestTimeout();

        group
            .Route(
                "DELETE",
                "/{dataset}",
                "deleteDataset",
                "Deletes a dataset with its stars, labels, runs and results",
                async context =>
                {
                    var dataset = await datasets.FindAnyAsync(s_name.Read(context)!, context.RequestAborted);
                    var withRuns = s_withRuns.Read(context);
                    if (s_now.Read(context))
                        await datasets.DeleteAsync(dataset.DatasetId, withRuns, context.RequestAborted);
                    else
                        await datasets.PutAwayAsync(dataset.DatasetId, withRuns, RequestPerson.Name(context), context.RequestAborted);
                    return Results.NoContent();
                },
                s_name,
                s_withRuns,
                s_now
            )
            .WithDescription(
                "It is in no view and found by no question from then on, nor is what rests on it, and can be brought back for a day: "
                    + "POST …/restore, or GET /deletions and what it lists. Its name is free at once, its space then. Refused while a "
                    + "run on it is being worked on, and while it has runs, unless with_runs is true. The views follow by themselves."
            )
            .Produces(204)
            .Fails(404, 409)
            .DisableRequestTimeout();

        group
            .Route(
                "POST",
                "/{dataset}/restore",
                "restoreDataset",
                "Brings back a dataset that was deleted within the last day",
                async context =>
                {
                    var restored = await datasets.RestoreAsync(s_deleted.Read(context)!, s_newName.Read(context), context.RequestAborted);
                    return Results.Ok(await DatasetResources.ReadAsync(ledger, restored, cancellationToken: context.RequestAborted));
                },
                s_deleted,
                s_newName
            )
            .WithDescription(
                "With its stars, labels, runs, cross-matches and identifications, as they were, their ids and hashes included. What needs "
                    + "another dataset that is deleted comes back with that, and is counted in waiting. Where two deleted datasets had the "
                    + "name, give the id; where another dataset has it by now, a new name. The views follow by themselves."
            )
            .Produces<DatasetDetail>()
            .Fails(400, 404, 409)
            .DisableRequestTimeout();

        group
            .Route(
                "GET",
                "/{dataset}/stars",
                "listStars",
                "The stars of a dataset, page by page; or one by the catalogue's own id",
                async context =>
                {
                    var dataset = await datasets.FindAsync(s_name.Read(context)!, context.RequestAborted);
                    var limit = s_limit.ReadInt(context);
                    var (filter, extra) = (StarFilterText.Parse(s_filter.Read(context)), s_extra.Read(context));
                    if (TableResponse.Wanted(context) is { } format)
                    {
                        TableResponse.RefusePaging(context, s_after.Name, s_sourceId.Name);
                        var most = context.Request.Query[s_limit.Name] is [{ Length: > 0 }, ..] ? limit : (long?)null;
                        return TableResponse.Of(
                            context,
                            await new SelectionExport(ledger).TableAsync(dataset, filter, extra, most, context.RequestAborted),
                            format,
                            $"dataset-{dataset.DatasetId}"
                        );
                    }
                    TableResponse.RequireFormat(context, s_filter.Name, s_extra.Name);
                    var after = s_after.Read(context)!.Value;
                    var found = s_sourceId.Read(context) is { } sourceId
                        ? await datasets.FindStarsAsync(dataset.DatasetId, sourceId, context.RequestAborted)
                        : await datasets.StarsAsync(dataset.DatasetId, after, limit + 1, context.RequestAborted);
                    var page = found.Take(limit).Select(DatasetResources.ToResource).ToList();
                    return Results.Ok(new StarPage(page, found.Count > limit ? page[^1].StarId : null));
                },
                s_name,
                s_sourceId,
                s_after,
                s_limit,
                s_filter,
                s_extra,
                TableResponse.Format
            )
            .WithDescription(
                "With a format, or Accept with the media type of one, every star (or the first limit of them), as one streamed table; "
                    + "docs/guide/exports.md says what is in it."
            )
            .ProducesTable<StarPage>()
            .Fails(404);

        UploadRoutes.Map(group, options);
        LabelUploadRoutes.Map(group, options);
        DatasetChartRoutes.Map(group, ledger);
    }
}
