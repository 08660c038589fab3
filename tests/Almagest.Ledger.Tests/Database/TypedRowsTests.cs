using System.Text.Json;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Ledger.Views.Queries;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Almagest.Ledger.Tests.Database;

/// <summary>What is read without Entity Framework is what that reads.</summary>
public sealed class TypedRowsTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private sealed class Unread
    {
        public TimeSpan DatasetId { get; init; }
    }

    [Fact]
    public async Task Datasets_and_runs_are_read_with_all_their_columns()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 3);
        await test.ExecuteAsync(
            $$"""
            update datasets set reference_epoch = 2016.25, rejected_count = 7, source = '[{"file": "a.csv"}]',
              column_mapping = '{"ra_deg": "RA"}';
            insert into discovery_runs (run_id, name, run_type, algorithm, parameters, dataset_id, dataset_filter,
              selection_hash, total_stars, results_summary, status, is_complete, error, random_seed, program_version,
              started_by, created_at, started_at, completed_at, not_before, attempts, restarts, max_restarts, worker,
              heartbeat_at, cancel_requested_at, progress_stage, progress_fraction, retry_of, group_id, results_hash,
              results_hash_version, star_set_id, result_files)
            values (gen_random_uuid(), 'the best', 'cluster', 'dbscan', '{"eps": 0.3}', {{dataset}},
              '{"also_datasets": [2]}', repeat('a', 64), 3, '{"cluster_count": 1}', 'completed', true, 'none', 5,
              '1.2.3', 'somebody', '2026-01-01 01:02:03.456789+00', '2026-01-02+00', '2026-01-03+00', '2026-01-04+00',
              2, 3, 4, 'machine', '2026-01-05+00', '2026-01-06+00', 'load', 0.25, gen_random_uuid(),
              gen_random_uuid(), repeat('b', 64), 2, 7, '{"rows": 3}');
            insert into discovery_runs (run_id, run_type, algorithm, parameters, dataset_id, total_stars, status, is_complete,
              program_version)
            values (gen_random_uuid(), 'anomaly', 'isolation_forest', '{}', {{dataset}}, 0, 'pending', false, '1.2.3');
            """
        );
        await using var context = test.Ledger.CreateContext();

        var datasets = await new DatasetRepository(test.Ledger).ListAsync(CancellationToken);
        var runs = await test.Ledger.RowsAsync<DiscoveryRun>("select * from public.discovery_runs order by run_id", CancellationToken);

        Assert.Equal(Text(await context.Datasets.ToListAsync(CancellationToken)), Text(datasets));
        Assert.Equal(Text(await context.Runs.OrderBy(r => r.RunId).ToListAsync(CancellationToken)), Text(runs));
        // Nothing of the one is what it would be if it were not read.
        Assert.DoesNotContain(
            typeof(DiscoveryRun).GetProperties(),
            p =>
                Equals(
                    p.GetValue(runs.Single(r => r.IsComplete)),
                    p.PropertyType.IsValueType ? Activator.CreateInstance(p.PropertyType) : null
                )
        );
        Assert.All(datasets.Select(d => d.CreatedAt), t => Assert.Equal(DateTimeKind.Utc, t.Kind));
    }

    [Fact]
    public async Task Rows_of_every_view_can_be_read_and_every_column_has_its_property()
    {
        await using var test = await TestLedger.CreateAsync();
        foreach (var view in AnalyticsViews.All)
        {
            Assert.True(await view.Accept(new Reader(test.Ledger)));
            Assert.All(view.Columns, column => Assert.NotNull(ViewRow.PropertyOf(view, column.Name).SetMethod));
        }
    }

    [Fact]
    public async Task A_type_that_cannot_be_read_is_refused()
    {
        await using var test = await TestLedger.CreateAsync();
        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            test.Ledger.RowsAsync<Unread>("select dataset_id from public.datasets", CancellationToken)
        );
        Assert.Contains("DatasetId", error.GetBaseException().Message, StringComparison.Ordinal);
    }

    private static string Text<T>(T rows) => JsonSerializer.Serialize(rows);

    private sealed class Reader(LedgerDatabase ledger) : IViewVisitor<Task<bool>>
    {
        public async Task<bool> Visit<TRow>(AnalyticsView<TRow> view)
            where TRow : class => (await new AnalyticsQueries(ledger).ReadAsync(view, null, CancellationToken)).Count == 0;
    }
}
