using Almagest.Contract.Datasets;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Resources;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Datasets;

/// <summary>The catalogues of the ledger and their stars.</summary>
internal static class DatasetRoutes
{
    static readonly Flag WithRuns = new("with_runs", "also delete its runs and their results, which cannot be made undone");
    static readonly Words Name = new("dataset", "the dataset: its name or id") { InPath = true };
    static readonly Words SourceId = new("source_id", "only the star with this id of the catalogue's own");
    static readonly WholeNumber After = new("after", "next of the page before", 0, long.MaxValue, 0);
    static readonly Words Filter = new("filter", "with a format: only these stars, as terms like 'cone=56.75,24.1,2 magnitude=..15' or as JSON");
    static readonly Flag Extra = new("extra", "with a format: also the other columns of the source table, as one column of JSON");
    static readonly WholeNumber Limit = new("limit", "most stars", 1, 10_000, 100);

    public static void Map(IEndpointRouteBuilder api, ServerOptions options)
    {
        var ledger = options.Ledger;
        var datasets = new DatasetRepository(ledger);
        var group = api.MapGroup("/datasets").WithTags("Datasets");

        group.Route("GET", "", "listDatasets", "All datasets, in order of loading", async context =>
            Results.Ok(await DatasetResources.ListAsync(ledger, context.RequestAborted))).Produces<DatasetResource[]>();

        group.Route("GET", "/{dataset}", "getDataset", "One dataset, with a sample of the rows that could not be loaded", async context =>
        {
            var dataset = await datasets.FindAsync(Name.Read(context)!, context.RequestAborted);
            return Results.Ok(await DatasetResources.ReadAsync(ledger, dataset, cancellationToken: context.RequestAborted));
        }, Name).Produces<DatasetDetail>().Fails(404);

        group.Route("DELETE", "/{dataset}", "deleteDataset", "Deletes a dataset with its stars, labels, runs and results", async context =>
        {
            var dataset = await datasets.FindAsync(Name.Read(context)!, context.RequestAborted);
            await datasets.DeleteAsync(dataset.DatasetId, WithRuns.Read(context), context.RequestAborted);
            return Results.NoContent();
        }, Name, WithRuns).WithDescription("Refused while a run on it is being worked on, and while it has runs, unless with_runs is true. The views follow by themselves.")
            .Produces(204).Fails(404, 409).DisableRequestTimeout();

        group.Route("GET", "/{dataset}/stars", "listStars", "The stars of a dataset, page by page; or one by the catalogue's own id", async context =>
        {
            var dataset = await datasets.FindAsync(Name.Read(context)!, context.RequestAborted);
            var limit = Limit.ReadInt(context);
            var (filter, extra) = (StarFilterText.Parse(Filter.Read(context)), Extra.Read(context));
            if (TableAnswer.Wanted(context) is { } format)
            {
                TableAnswer.RefusePaging(context, After.Name, SourceId.Name);
                var most = context.Request.Query[Limit.Name] is [{ Length: > 0 }, ..] ? limit : (long?)null;
                return TableAnswer.Of(context, new SelectionExport(ledger).Table(dataset, filter, extra, most, context.RequestAborted), format, $"dataset-{dataset.DatasetId}");
            }
            TableAnswer.RequireFormat(context, Filter.Name, Extra.Name);
            var after = After.Read(context)!.Value;
            List<Star> found = SourceId.Read(context) is { } sourceId
                ? await datasets.FindStarsAsync(dataset.DatasetId, sourceId, context.RequestAborted)
                : await datasets.StarsAsync(dataset.DatasetId, after, limit + 1, context.RequestAborted);
            var page = found.Take(limit).Select(DatasetResources.ToResource).ToList();
            return Results.Ok(new StarPage(page, found.Count > limit ? page[^1].StarId : null));
        }, Name, SourceId, After, Limit, Filter, Extra, TableAnswer.Format)
            .WithDescription("With a format, or Accept with the media type of one, every star (or the first limit of them), as one streamed table; docs/guide/exports.md says what is in it.")
            .ProducesTable<StarPage>().Fails(404);

        UploadRoutes.Map(group, options);
    }
}
