using Almagest.Ledger;
using Almagest.Ledger.Analytics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Runs;
using Almagest.Ledger.Views;
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
    static readonly Choice PeriodType = new("period_type", "weeks from Monday, or months (UTC)", ["week", "month"], "week");
    static readonly WholeNumber TimelineLimit = new("limit", "most rows", 1, 365, 52);

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var queries = new AnalyticsQueries(ledger);
        var group = api.MapGroup("/analytics/discovery").WithTags(Tag);

        group.Route("GET", "/stats", "getRunStats", "Statistics of complete runs, newest first", async context =>
        {
            var rows = await queries.StatsAsync(RunType.Read(context), StatsLimit.ReadInt(context), context.RequestAborted);
            return Answer(context, rows.ConvertAll(RunStatsBody.From), r => r.LastUpdated);
        }, RunType, StatsLimit).Produces<RunStatsBody[]>();

        group.Route("GET", "/clusters/{run_id}/sizes", "getClusterSizes", "Clusters of a run, largest first", async context =>
        {
            var runId = RunId.Read(context)!.Value;
            var rows = await queries.ClusterSizesAsync(runId, context.RequestAborted);
            if (rows.Count == 0) throw await NoClustersAsync(ledger, runId, context.RequestAborted);
            return Answer(context, rows.ConvertAll(ClusterSizeBody.From), r => r.LastUpdated);
        }, RunId).Produces<ClusterSizeBody[]>().Fails(404);

        group.Route("GET", "/stars/{star_id}/frequency", "getStarFrequency", "How often a star is flagged, across runs", async context =>
        {
            var starId = StarId.Read(context)!.Value;
            var row = await queries.FrequencyAsync(starId, context.RequestAborted)
                ?? throw LedgerException.NotFound($"no complete anomaly run analysed star {starId}", "GET /stars/{star_id} says whether the star exists, and what each run says of it.");
            StampAge(context, row.LastUpdated);
            return Results.Ok(StarFrequencyBody.From(row));
        }, StarId).Produces<StarFrequencyBody>().Fails(404);

        group.Route("GET", "/overlaps", "getAnomalyOverlaps", "How much pairs of anomaly runs agree, most similar first", async context =>
        {
            var runId = OverlapsOf.Read(context);
            var rows = await queries.OverlapsAsync(runId, MinSimilarity.Read(context), OverlapLimit.ReadInt(context), context.RequestAborted);
            // Nothing to say of a run that exists is an empty list; of one that does not, an error.
            if (rows.Count == 0 && runId is { } id) await new RunRepository(ledger).GetAsync(id, context.RequestAborted);
            return Answer(context, rows.ConvertAll(AnomalyOverlapBody.From), r => r.LastUpdated);
        }, OverlapsOf, MinSimilarity, OverlapLimit).Produces<AnomalyOverlapBody[]>().Fails(404);

        group.Route("GET", "/timeline", "getTimeline", "Runs by week or month, newest first", async context =>
        {
            var rows = await queries.TimelineAsync(PeriodType.Read(context)!, RunType.Read(context), TimelineLimit.ReadInt(context), context.RequestAborted);
            return Answer(context, rows.ConvertAll(TimelinePeriodBody.From), r => r.LastUpdated);
        }, PeriodType, RunType, TimelineLimit).Produces<TimelinePeriodBody[]>();

        CoverageRoutes.Map(group, ledger, queries);

        group.Route("POST", "/refresh-views", "refreshViews", "Refreshes all views now, and waits for it", async context =>
            Results.Ok(RefreshBody.From(await new ViewRefresher(ledger).RefreshAsync(null, "manual", context.RequestAborted))))
            .WithDescription("Runs bring the views that they touch up to date by themselves; this is for operators. Readers are not blocked. "
                + "A refresh that is already under way is waited for first.")
            .Produces<RefreshBody>().DisableRequestTimeout();

        group.Route("GET", "/views", "getViews", "How fresh each view is", async context =>
            Results.Ok((await new ViewStatusReader(ledger).ReadAsync(context.RequestAborted)).Select(ViewStatusBody.From).ToList()))
            .Produces<ViewStatusBody[]>();
    }

    public static IResult Answer<T>(HttpContext context, List<T> rows, Func<T, DateTime> updated)
    {
        if (rows.Count > 0) StampAge(context, rows.Max(updated));
        return Results.Ok(rows);
    }

    static void StampAge(HttpContext context, DateTime updated) => context.Response.GetTypedHeaders().LastModified = updated;

    static async Task<LedgerException> NoClustersAsync(LedgerDatabase ledger, Guid runId, CancellationToken cancellation)
    {
        var run = await new RunRepository(ledger).GetAsync(runId, cancellation);
        return run switch
        {
            { RunType: not RunTypes.Cluster } => LedgerException.NotFound($"run {runId} is an {run.RunType} run: it has no clusters", "Ask for a cluster run."),
            { IsComplete: false } => LedgerException.NotFound($"run {runId} is {run.Status}: it has no clusters", "Only complete runs have clusters."),
            _ => LedgerException.NotFound($"run {runId} found no clusters, or the view does not show it yet",
                "GET /analytics/discovery/views says whether mv_cluster_size_distribution lags."),
        };
    }
}
