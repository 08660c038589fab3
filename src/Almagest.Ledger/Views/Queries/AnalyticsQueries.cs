using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views.ClusterSizes;
using Almagest.Ledger.Views.DatasetCoverage;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Ledger.Views.OverlapMatrix;
using Almagest.Ledger.Views.ParameterPerformance;
using Almagest.Ledger.Views.Quality;
using Almagest.Ledger.Views.RunStats;
using Almagest.Ledger.Views.StarFrequency;
using Almagest.Ledger.Views.Timeline;
using Npgsql;

namespace Almagest.Ledger.Views.Queries;

/// <summary>The questions across runs: every answer is a look-up in a query-optimized view, never in raw results.</summary>
public sealed class AnalyticsQueries(ILedgerReader ledger)
{
    /// <summary>Rows of a view.</summary>
    /// <exception cref="LedgerException">there is no such column to sort by, or the database has trouble</exception>
    public Task<List<TRow>> ReadAsync<TRow>(AnalyticsView<TRow> view, ViewRows? rows = null, CancellationToken cancellationToken = default)
        where TRow : class
    {
        ArgumentNullException.ThrowIfNull(view);
        var sql = new ViewSql(view, rows ?? new ViewRows());
        return ledger.RowsAsync<TRow>(
            connection =>
            {
                var command = new NpgsqlCommand(sql.Text, connection);
                command.Parameters.AddRange(sql.Parameters());
                return command;
            },
            cancellationToken
        );
    }

    /// <summary>Statistics of complete runs, newest first.</summary>
    public Task<List<RunStatsRow>> StatsAsync(string? runType = null, int limit = 100, CancellationToken cancellationToken = default) =>
        ReadAsync(AnalyticsViews.RunStats, new ViewRows { Limit = limit }.Where(ViewFilters.RunType, runType), cancellationToken);

    /// <summary>Statistics of one complete run; null where the view has none.</summary>
    public async Task<RunStatsRow?> StatsOfAsync(Guid runId, CancellationToken cancellationToken = default) =>
        (await ledger.ReadAsync(context => context.Set<RunStatsRow>().Where(r => r.RunId == runId), cancellationToken)).FirstOrDefault();

    /// <summary>Clusters of a run, largest first.</summary>
    public Task<List<ClusterSizeRow>> ClusterSizesAsync(Guid runId, CancellationToken cancellationToken = default) =>
        ReadAsync(AnalyticsViews.ClusterSizes, new ViewRows().Where(ClusterSizesView.OfRun, runId), cancellationToken);

    /// <summary>How often a star is flagged; null where no complete anomaly run analysed it.</summary>
    public async Task<StarFrequencyRow?> FrequencyAsync(long starId, CancellationToken cancellationToken = default) =>
        (
            await ledger.ReadAsync(context => context.Set<StarFrequencyRow>().Where(f => f.StarId == starId), cancellationToken)
        ).FirstOrDefault();

    /// <summary>The stars that are flagged most often; of equal shares those that more runs flag, and then by their ids.</summary>
    public Task<List<StarFrequencyRow>> MostFrequentAsync(int limit = 10, CancellationToken cancellationToken = default) =>
        ledger.ReadAsync(
            context =>
                context
                    .Set<StarFrequencyRow>()
                    .Where(f => f.AnomalyCount > 0)
                    .OrderByDescending(f => f.FrequencyPct)
                    .ThenByDescending(f => f.AnomalyCount)
                    .ThenBy(f => f.StarId)
                    .Take(limit),
            cancellationToken
        );

    /// <summary>Which of some stars are flagged by runs of one algorithm alone: only theirs is a mean score that says something.</summary>
    public async Task<IReadOnlySet<long>> OfOneAlgorithmAsync(
        IReadOnlyCollection<StarFrequencyRow> stars,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(stars);
        var ids = stars.SelectMany(s => s.RunIds).Distinct().ToArray();
        if (ids.Length == 0)
            return new HashSet<long>();
        var algorithms = (
            await ledger.ReadAsync(
                context => context.Runs.Where(r => ids.Contains(r.RunId)).Select(r => new RunAlgorithm(r.RunId, r.Algorithm)),
                cancellationToken
            )
        ).ToDictionary(r => r.RunId, r => r.Algorithm);
        // Of a run that was deleted since the view was refreshed nobody knows the algorithm: it is not the same as the others.
        return stars
            .Where(s => s.RunIds.Select(id => algorithms.GetValueOrDefault(id)).Distinct().ToList() is [not null])
            .Select(s => s.StarId)
            .ToHashSet();
    }

    private sealed record RunAlgorithm(Guid RunId, string Algorithm);

    /// <summary>Pairs of anomaly runs, of one run or all, most similar first.</summary>
    public Task<List<OverlapRow>> OverlapsAsync(Guid? runId = null, int limit = 50, CancellationToken cancellationToken = default) =>
        ReadAsync(AnalyticsViews.Overlap, new ViewRows { Limit = limit }.Where(ViewFilters.RunOfPair, runId), cancellationToken);

    /// <summary>Periods, newest first.</summary>
    public Task<List<TimelineRow>> TimelineAsync(
        string periodType = "week",
        string? runType = null,
        int limit = 52,
        CancellationToken cancellationToken = default
    ) =>
        ReadAsync(
            AnalyticsViews.Timeline,
            new ViewRows { Limit = limit }
                .Where(TimelineView.PeriodType, periodType)
                .Where(ViewFilters.RunType, runType),
            cancellationToken
        );

    /// <summary>Parameter sets, by one of the view's columns to sort by.</summary>
    public Task<List<ParameterPerformanceRow>> ParametersAsync(
        string? runType = null,
        long? datasetId = null,
        string? sort = null,
        int limit = 100,
        CancellationToken cancellationToken = default
    ) =>
        ReadAsync(
            AnalyticsViews.Parameters,
            new ViewRows { Sort = sort, Limit = limit }
                .Where(ViewFilters.RunType, runType)
                .Where(DatasetCoverageView.Dataset, datasetId),
            cancellationToken
        );

    /// <summary>Cells of the sky that hold stars of a dataset or of any, most runs first.</summary>
    /// <param name="minRuns">0 = also cells that no run analysed</param>
    public Task<List<CoverageRow>> CoverageAsync(
        long? datasetId = null,
        long minRuns = 0,
        int limit = 1000,
        CancellationToken cancellationToken = default
    ) =>
        ReadAsync(
            AnalyticsViews.Coverage,
            new ViewRows { Limit = limit }
                .Where(DatasetCoverageView.Dataset, datasetId)
                .Where(DatasetCoverageView.MinRuns, minRuns),
            cancellationToken
        );

    /// <summary>A run against labels, or all runs.</summary>
    public Task<List<QualityRow>> QualityAsync(Guid? runId = null, int limit = 100, CancellationToken cancellationToken = default) =>
        ReadAsync(AnalyticsViews.Quality, new ViewRows { Limit = limit }.Where(ViewFilters.Run, runId), cancellationToken);

    /// <summary>The row of one pair of anomaly runs, in whichever order they are given; null where the view has none.</summary>
    public async Task<OverlapRow?> OverlapOfAsync(Guid a, Guid b, CancellationToken cancellationToken = default) =>
        (
            await ledger.ReadAsync(
                context => context.Set<OverlapRow>().Where(o => (o.Run1Id == a && o.Run2Id == b) || (o.Run1Id == b && o.Run2Id == a)),
                cancellationToken
            )
        ).FirstOrDefault();
}
