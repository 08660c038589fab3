using Almagest.Ledger.Analytics.Rows;
using Almagest.Ledger.Database;

namespace Almagest.Ledger.Analytics;

/// <summary>The questions across runs: every answer is a look-up in a query-optimized view, never in raw results.</summary>
public sealed class AnalyticsQueries(ILedgerReader ledger)
{
    /// <summary>Statistics of complete runs, newest first.</summary>
    public Task<List<RunStats>> StatsAsync(string? runType = null, int limit = 100, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context =>
        {
            var rows = context.RunStats.AsQueryable();
            if (runType is not null) rows = rows.Where(r => r.RunType == runType);
            return rows.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.RunId).Take(limit);
        }, cancellation);

    /// <summary>Statistics of one complete run; null where the view has none.</summary>
    public async Task<RunStats?> StatsOfAsync(Guid runId, CancellationToken cancellation = default) =>
        (await ledger.ReadAsync(context => context.RunStats.Where(r => r.RunId == runId), cancellation)).FirstOrDefault();

    /// <summary>Clusters of a run, largest first.</summary>
    public Task<List<ClusterSize>> ClusterSizesAsync(Guid runId, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context => context.ClusterSizes.Where(c => c.RunId == runId).OrderByDescending(c => c.Size).ThenBy(c => c.ClusterId), cancellation);

    /// <summary>How often a star is flagged; null where no complete anomaly run analysed it.</summary>
    public async Task<StarFrequency?> FrequencyAsync(long starId, CancellationToken cancellation = default) =>
        (await ledger.ReadAsync(context => context.StarFrequencies.Where(f => f.StarId == starId), cancellation)).FirstOrDefault();

    /// <summary>The stars that are flagged most often.</summary>
    public Task<List<StarFrequency>> MostFrequentAsync(int limit = 10, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context => context.StarFrequencies.Where(f => f.AnomalyCount > 0)
            .OrderByDescending(f => f.FrequencyPct).ThenByDescending(f => f.AnomalyCount).ThenBy(f => f.StarId).Take(limit), cancellation);

    /// <summary>Pairs of anomaly runs, most similar first.</summary>
    public Task<List<AnomalyOverlap>> OverlapsAsync(Guid? runId = null, double minSimilarity = 0, int limit = 50, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context =>
        {
            var rows = context.AnomalyOverlaps.Where(o => o.JaccardSimilarity >= minSimilarity);
            if (runId is { } id) rows = rows.Where(o => o.Run1Id == id || o.Run2Id == id);
            return rows.OrderByDescending(o => o.JaccardSimilarity).ThenBy(o => o.Run1Id).ThenBy(o => o.Run2Id).Take(limit);
        }, cancellation);

    /// <summary>The row of one pair of anomaly runs, in whichever order they are given; null where the view has none.</summary>
    public async Task<AnomalyOverlap?> OverlapOfAsync(Guid a, Guid b, CancellationToken cancellation = default) =>
        (await ledger.ReadAsync(context => context.AnomalyOverlaps.Where(o => (o.Run1Id == a && o.Run2Id == b) || (o.Run1Id == b && o.Run2Id == a)), cancellation))
        .FirstOrDefault();

    /// <summary>Periods, newest first.</summary>
    public Task<List<TimelinePeriod>> TimelineAsync(string periodType = "week", string? runType = null, int limit = 52, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context =>
        {
            var rows = context.Timeline.Where(t => t.PeriodType == periodType);
            if (runType is not null) rows = rows.Where(t => t.RunType == runType);
            return rows.OrderByDescending(t => t.PeriodStart).ThenBy(t => t.RunType).Take(limit);
        }, cancellation);

    /// <summary>Parameter sets, by <see cref="SortColumns.Parameters"/>.</summary>
    public Task<List<ParameterPerformance>> ParametersAsync(
        string? runType = null, string? algorithm = null, string? sort = null, int limit = 100, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context =>
        {
            var rows = context.Parameters.AsQueryable();
            if (runType is not null) rows = rows.Where(p => p.RunType == runType);
            if (algorithm is not null) rows = rows.Where(p => p.Algorithm == algorithm);
            return SortColumns.Parameters.Apply(rows, sort).ThenBy(p => p.RunType).ThenBy(p => p.Algorithm).ThenBy(p => p.ParametersHash).Take(limit);
        }, cancellation);

    /// <summary>Cells of the sky that hold stars, by <see cref="SortColumns.Coverage"/>.</summary>
    /// <param name="minRuns">0 = also cells that no run analysed</param>
    /// <param name="cells">only these cells, see <see cref="SkyCell"/>; null = any</param>
    public Task<List<DatasetCoverage>> CoverageAsync(
        long? datasetId = null, long minRuns = 0, long[]? cells = null, string? sort = null, int limit = 1000, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context =>
        {
            var rows = context.Coverage.Where(c => c.Runs >= minRuns);
            if (datasetId is { } id) rows = rows.Where(c => c.DatasetId == id);
            if (cells is not null) rows = rows.Where(c => cells.Contains(c.Healpix6));
            return SortColumns.Coverage.Apply(rows, sort).ThenByDescending(c => c.StarAnalyses).ThenBy(c => c.DatasetId).ThenBy(c => c.Healpix6).Take(limit);
        }, cancellation);

    /// <summary>Runs against labels, by <see cref="SortColumns.Quality"/>.</summary>
    public Task<List<RunQuality>> QualityAsync(
        Guid? runId = null, string? runType = null, string? labelSet = null, string? sort = null, int limit = 100, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context =>
        {
            var rows = context.Quality.AsQueryable();
            if (runId is { } id) rows = rows.Where(q => q.RunId == id);
            if (runType is not null) rows = rows.Where(q => q.RunType == runType);
            if (labelSet is not null) rows = rows.Where(q => q.LabelSet == labelSet);
            return SortColumns.Quality.Apply(rows, sort).ThenByDescending(q => q.RunId).ThenBy(q => q.LabelSet).Take(limit);
        }, cancellation);
}
