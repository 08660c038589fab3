using Almagest.Contract.Errors;
using Almagest.Ledger.Analytics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.Model;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Analytics;

/// <summary>What has been tried and how well it did: parameter sets, regions of the sky, runs against labels.</summary>
internal static class CoverageRoutes
{
    static readonly Choice RunType = new("run_type", "only runs of this type", RunTypes.All);
    static readonly Choice Algorithm = new("algorithm", "only this algorithm", [IsolationForestParameters.Name, DbscanParameters.Name, HdbscanParameters.Name]);
    static readonly Choice ParameterSort = Sort(SortColumns.Parameters);
    static readonly WholeNumber ParameterLimit = new("limit", "most rows", 1, 1000, 100);
    static readonly Words Dataset = new("dataset", "only this dataset, by name or id");
    static readonly WholeNumber MinRuns = new("min_runs", "only cells that at least so many runs analysed; 0 = also cells without any", 0, int.MaxValue, 0);
    static readonly WholeNumber Cell = new("healpix_6", "only this HEALPix cell (nested scheme, order 6)", 0, 49_151);
    static readonly Cone InCone = new("cone", "only cells that touch this circle, as RA,DEC,RADIUS in degrees; of a wide one also some next to its rim");
    static readonly Choice CoverageSort = Sort(SortColumns.Coverage);
    static readonly WholeNumber CoverageLimit = new("limit", "most rows; the whole sky has 49152 cells", 1, 49_152, 1000);
    static readonly Uuid QualityOf = new("run_id", "only this run");
    static readonly Words LabelSet = new("label_set", "only this set of labels, such as truth");
    static readonly Choice QualitySort = Sort(SortColumns.Quality);
    static readonly WholeNumber QualityLimit = new("limit", "most rows", 1, 1000, 100);

    public static void Map(RouteGroupBuilder group, LedgerDatabase ledger, FreshAnswers answers)
    {
        var tables = new ViewTables(ledger);

        group.Route("GET", "/parameters", "getParameterPerformance", "Which parameters find most, agree best with other runs, and score best against labels", async context =>
        {
            var (runType, algorithm, sort, limit) = (RunType.Read(context), Algorithm.Read(context), ParameterSort.Read(context), ParameterLimit.ReadInt(context));
            return await tables.TryAsync(context, AnalyticsViews.Parameters, new ViewRows { RunType = runType, Algorithm = algorithm, Sort = sort, Limit = limit }) ?? await answers.AnswerAsync(context, AnalyticsViews.Parameters, async q =>
                (await q.ParametersAsync(runType, algorithm, sort, limit, context.RequestAborted)).ConvertAll(ParameterPerformanceBody.From));
        }, RunType, Algorithm, ParameterSort, ParameterLimit, TableAnswer.Format)
            .WithDescription("One row per run type, algorithm and parameter set of complete runs; runs that differ only in their random seed share a row.")
            .ProducesTable<ParameterPerformanceBody[]>().KeepsUp();

        group.Route("GET", "/coverage", "getDatasetCoverage", "Which regions of the sky have been analysed, and how often", async context =>
        {
            var dataset = Dataset.Read(context) is { } name ? await new DatasetRepository(ledger).FindAsync(name, context.RequestAborted) : null;
            var (runs, cells, sort, limit) = (MinRuns.Read(context)!.Value, Cells(context), CoverageSort.Read(context), CoverageLimit.ReadInt(context));
            return await tables.TryAsync(context, AnalyticsViews.Coverage, new ViewRows { DatasetId = dataset?.DatasetId, MinRuns = runs, Cells = cells, Sort = sort, Limit = limit }) ?? await answers.AnswerAsync(context, AnalyticsViews.Coverage, async q =>
                (await q.CoverageAsync(dataset?.DatasetId, runs, cells, sort, limit, context.RequestAborted)).ConvertAll(DatasetCoverageBody.From));
        }, Dataset, MinRuns, Cell, InCone, CoverageSort, CoverageLimit, TableAnswer.Format)
            .WithDescription("One row per dataset and HEALPix cell (nested scheme, order 6) that holds stars of the dataset, also where no run has been.")
            .ProducesTable<DatasetCoverageBody[]>().KeepsUp().Fails(404);

        group.Route("GET", "/quality", "getRunQuality", "How well runs found what labels say is there", async context =>
        {
            var (runId, runType, labels, sort, limit) = (QualityOf.Read(context), RunType.Read(context), LabelSet.Read(context), QualitySort.Read(context), QualityLimit.ReadInt(context));
            if (runId is { } one && TableAnswer.Wanted(context) is not null) await new RunRepository(ledger).GetAsync(one, context.RequestAborted);
            return await tables.TryAsync(context, AnalyticsViews.Quality, new ViewRows { RunId = runId, RunType = runType, LabelSet = labels, Sort = sort, Limit = limit }) ?? await answers.AnswerAsync(context, AnalyticsViews.Quality, async q =>
            {
                var rows = await q.QualityAsync(runId, runType, labels, sort, limit, context.RequestAborted);
                if (rows.Count > 0 || runId is not { } id) return rows.ConvertAll(RunQualityBody.From);
                // A run without labelled stars is an empty list; a run that does not exist is an error. That is no matter of the view.
                await new RunRepository(ledger).GetAsync(id, context.RequestAborted);
                return null;
            });
        }, QualityOf, RunType, LabelSet, QualitySort, QualityLimit, TableAnswer.Format)
            .WithDescription("One row per complete run and label set, over the stars that the run analysed and the set labels; runs without such stars have none.")
            .ProducesTable<RunQualityBody[]>().KeepsUp().Fails(404);
    }

    static Choice Sort<T>(Sorting<T> sorting) => new("sort", "the column to sort by, largest or newest first, nulls last", sorting.Columns, sorting.Columns[0]);

    static long[]? Cells(HttpContext context)
    {
        var cells = InCone.Read(context) is var (ra, dec, radius) ? SkyCell.InCone(ra, dec, radius) : null;
        if (Cell.Read(context) is not { } cell) return cells;
        return cells is null || cells.Contains(cell) ? [cell]
            : throw LedgerException.Invalid("healpix_6", $"cell {cell} does not touch the cone", "Give one of the two.");
    }
}
