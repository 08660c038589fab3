using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Catalog.Writing;
using Almagest.Contract.Errors;
using Almagest.Ledger.Analytics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Export;
using Almagest.Ledger.Model;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Analytics;

/// <summary>The questions across runs. Every answer is a look-up in a query-optimized view; only a refusal looks further, to say why.</summary>
internal static class AnalyticsRoutes
{
    const string Tag = "Analytics";
    static readonly Choice RunType = new("run_type", "only runs of this type", RunTypes.All);
    static readonly Uuid RunId = new("run_id", "the run") { InPath = true };
    static readonly WholeNumber StarId = new("star_id", "Almagest's own id of the star", 1, long.MaxValue) { InPath = true };
    static readonly WholeNumber StatsLimit = new("limit", "most rows", 1, 1000, 100);
    static readonly Uuid OverlapsOf = new("run_id", "only pairs with this run");
    static readonly Number MinSimilarity = new("min_similarity", "only pairs whose Jaccard similarity is at least this", 0, 1, 0);
    static readonly WholeNumber OverlapLimit = new("limit", "most rows", 1, 500, 50);
    static readonly Words ViewName = new("view", "the view's name, such as mv_star_anomaly_frequency") { InPath = true };
    static readonly WholeNumber ViewLimit = new("limit", "most rows; all where it is not given", 1, long.MaxValue);
    static readonly Choice PeriodType = new("period_type", "weeks from Monday, or months (UTC)", ["week", "month"], "week");
    static readonly WholeNumber TimelineLimit = new("limit", "most rows", 1, 365, 52);

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger, FreshAnswers answers)
    {
        var group = api.MapGroup("/analytics/discovery").WithTags(Tag);
        var tables = new ViewTables(ledger);

        group.Route("GET", "/stats", "getRunStats", "Statistics of complete runs, newest first", async context =>
        {
            var (runType, limit) = (RunType.Read(context), StatsLimit.ReadInt(context));
            return await tables.TryAsync(context, AnalyticsViews.RunStats, new ViewRows { RunType = runType, Limit = limit }) ?? await answers.AnswerAsync(context, AnalyticsViews.RunStats, async q =>
                (await q.StatsAsync(runType, limit, context.RequestAborted)).ConvertAll(RunStatsBody.From));
        }, RunType, StatsLimit, TableAnswer.Format).ProducesTable<RunStatsBody[]>().KeepsUp();

        group.Route("GET", "/clusters/{run_id}/sizes", "getClusterSizes", "Clusters of a run, largest first", async context =>
        {
            var runId = RunId.Read(context)!.Value;
            if (TableAnswer.Wanted(context) is not null) await new RunRepository(ledger).GetAsync(runId, context.RequestAborted);
            return await tables.TryAsync(context, AnalyticsViews.ClusterSizes, new ViewRows { RunId = runId }) ?? await answers.AnswerAsync(context, AnalyticsViews.ClusterSizes, async q =>
            {
                var rows = await q.ClusterSizesAsync(runId, context.RequestAborted);
                return rows.Count > 0 ? rows.ConvertAll(ClusterSizeBody.From) : throw await NoClustersAsync(ledger, runId, context.RequestAborted);
            });
        }, RunId, TableAnswer.Format).ProducesTable<ClusterSizeBody[]>().KeepsUp().Fails(404);

        var frequencies = new GatheredLookup<long, FreshFrequency>(stars => StarFrequencyLookup.ReadAsync(ledger, stars));
        group.Route("GET", "/stars/{star_id}/frequency", "getStarFrequency", "How often a star is flagged, across runs", context =>
        {
            var starId = StarId.Read(context)!.Value;
            return answers.LookUpAsync(context, AnalyticsViews.StarFrequency, async () =>
            {
                var found = (await frequencies.FindAsync(starId, context.RequestAborted))!;
                return (found.Freshness, StarFrequencyBody.From(found.Row
                    ?? throw LedgerException.Of(ErrorCode.StarNotAnalysed, $"no complete anomaly run analysed star {starId}",
                        "GET /stars/{star_id} says whether the star exists, and what each run says of it.").With("star_id", starId)));
            });
        }, StarId).Produces<StarFrequencyBody>().KeepsUp().Fails(404);

        group.Route("GET", "/overlaps", "getAnomalyOverlaps", "How much pairs of anomaly runs agree, most similar first", async context =>
        {
            var (runId, similarity, limit) = (OverlapsOf.Read(context), MinSimilarity.Read(context), OverlapLimit.ReadInt(context));
            if (runId is { } one && TableAnswer.Wanted(context) is not null) await new RunRepository(ledger).GetAsync(one, context.RequestAborted);
            return await tables.TryAsync(context, AnalyticsViews.Overlap, new ViewRows { RunId = runId, MinSimilarity = similarity, Limit = limit }) ?? await answers.AnswerAsync(context, AnalyticsViews.Overlap, async q =>
            {
                var rows = await q.OverlapsAsync(runId, similarity, limit, context.RequestAborted);
                if (rows.Count > 0 || runId is not { } id) return rows.ConvertAll(AnomalyOverlapBody.From);
                // Nothing to say of a run that exists is an empty list; of one that does not, an error. That is no matter of the view.
                await new RunRepository(ledger).GetAsync(id, context.RequestAborted);
                return null;
            });
        }, OverlapsOf, MinSimilarity, OverlapLimit, TableAnswer.Format).ProducesTable<AnomalyOverlapBody[]>().KeepsUp().Fails(404);

        group.Route("GET", "/timeline", "getTimeline", "Runs by week or month, newest first", async context =>
        {
            var (period, runType, limit) = (PeriodType.Read(context)!, RunType.Read(context), TimelineLimit.ReadInt(context));
            return await tables.TryAsync(context, AnalyticsViews.Timeline, new ViewRows { PeriodType = period, RunType = runType, Limit = limit }) ?? await answers.AnswerAsync(context, AnalyticsViews.Timeline, async q =>
                (await q.TimelineAsync(period, runType, limit, context.RequestAborted)).ConvertAll(TimelinePeriodBody.From));
        }, PeriodType, RunType, TimelineLimit, TableAnswer.Format).ProducesTable<TimelinePeriodBody[]>().KeepsUp();

        CoverageRoutes.Map(group, ledger, answers);

        group.Route("GET", "/views/{view}", "exportView", "A whole view as one table", async context =>
        {
            var view = AnalyticsViews.Get(ViewName.Read(context)!);
            var most = ViewLimit.Read(context);
            return TableAnswer.Of(context, await new ViewExport(ledger).TableAsync(view, new ViewRows { Limit = most }, context.RequestAborted), TableAnswer.Wanted(context) ?? TableFormat.Json, view.Name);
        }, ViewName, ViewLimit, TableAnswer.Format).WithDescription("Every row of a query-optimized view, streamed, as JSON unless a format or Accept says otherwise; docs/views.md says what the columns are.")
            .ProducesTable<JsonObject>().Fails(404);

        group.Route("POST", "/refresh-views", "refreshViews", "Refreshes all views now, and waits for it", async context =>
            Results.Ok(RefreshBody.From(await new ViewRefresher(ledger).RefreshAsync(null, "manual", context.RequestAborted))))
            .WithDescription("Runs bring the views that they touch up to date by themselves; this is for operators. Readers are not blocked. "
                + "A refresh that is already under way is waited for first.")
            .Produces<RefreshBody>().DisableRequestTimeout();

        var status = new ViewStatusReader(ledger);
        var reports = new GatheredLookup<string, byte[]>(async one =>
        {
            var views = (await status.ReadAsync()).Select(ViewStatusBody.From).ToList();
            var report = JsonSerializer.SerializeToUtf8Bytes(views, ApiJson.Options);
            return one.ToDictionary(key => key, _ => report);
        });
        group.Route("GET", "/views", "getViews", "How fresh each view is", async context =>
            Results.Bytes((await reports.FindAsync("all", context.RequestAborted))!, ApiJson.ContentType)).Produces<ViewStatusBody[]>();
    }

    /// <summary>Declares an answer that can be asked for conditionally.</summary>
    internal static RouteHandlerBuilder KeepsUp(this RouteHandlerBuilder route) => route.Produces(StatusCodes.Status304NotModified)
        .WithDescription($"Read with the view's version, in one snapshot. The answer carries a strong ETag and Last-Modified; a request with If-None-Match (or If-Modified-Since) "
            + $"is answered 304 while the view stays the same. {FreshAnswers.LagHeader} counts the complete runs that the view does not show yet. "
            + "An answer that this server has given before is compressed for clients that take gzip; its tag is then another one, as good as the first.");

    static async Task<LedgerException> NoClustersAsync(LedgerDatabase ledger, Guid runId, CancellationToken cancellation)
    {
        var run = await new RunRepository(ledger).GetAsync(runId, cancellation);
        return run switch
        {
            { RunType: not RunTypes.Cluster } => LedgerException.Of(ErrorCode.ClustersNotFound,
                $"run {runId} is an {run.RunType} run: it has no clusters", "Ask for a cluster run."),
            { IsComplete: false } => LedgerException.Of(ErrorCode.ClustersNotFound, $"run {runId} is {run.Status}: it has no clusters",
                "Only complete runs have clusters."),
            _ => LedgerException.Of(ErrorCode.ClustersNotFound, $"run {runId} found no clusters, or the view does not show it yet",
                "GET /analytics/discovery/views says whether mv_cluster_size_distribution lags."),
        };
    }
}
