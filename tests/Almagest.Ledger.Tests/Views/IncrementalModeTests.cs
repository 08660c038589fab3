using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Npgsql;
using Xunit;

namespace Almagest.Ledger.Tests.Views;

public sealed class IncrementalModeTests
{
    [Fact]
    public async Task Each_view_has_the_same_columns_in_both_modes()
    {
        await using var test = await TestLedger.CreateAsync();
        const string Columns = """
            select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'public'::regnamespace and c.relname like 'mv\_%' and c.relkind in ('m', 'v') and a.attnum > 0
              order by c.relname, a.attnum
            """;
        var refresh = await test.StringsAsync(Columns);
        Assert.True(refresh.Count > 60);
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
        Assert.Equal(refresh, await test.StringsAsync(Columns));
        Assert.Equal(
            AnalyticsViews.All.Count,
            await test.ScalarAsync<long>("select count(*) from pg_views where schemaname = 'public' and viewname like 'mv\\_%'")
        );
        await test.Ledger.Schema.EnsureCurrentAsync();
    }

    [Fact]
    public async Task A_run_is_in_the_views_as_soon_as_it_is_complete_and_gone_as_soon_as_it_is_deleted()
    {
        await using var test = await TestLedger.CreateAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var first = await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        var second = await TestRuns.CompleteAsync(test, dataset, stars, i => i - 1.5);
        Assert.Equal(
            ["3 | 2 | 2"],
            await test.StringsAsync("select run_1_count, run_2_count, overlap_count from mv_anomaly_overlap_matrix")
        );
        Assert.Equal(
            ["2 | 2 | 100"],
            await test.StringsAsync(
                $"select anomaly_count, total_runs, frequency_pct from mv_star_anomaly_frequency where star_id = {stars[1]}"
            )
        );
        await new RunRepository(test.Ledger).DeleteAsync(first);
        Assert.Equal(
            ["1 | 1 | 100"],
            await test.StringsAsync(
                $"select anomaly_count, total_runs, frequency_pct from mv_star_anomaly_frequency where star_id = {stars[1]}"
            )
        );
        Assert.Empty(await test.StringsAsync("select * from mv_anomaly_overlap_matrix"));
        Assert.Equal(0L, await test.ScalarAsync<long>("select count(*) from pending_view_changes"));
        await new RunRepository(test.Ledger).DeleteAsync(second);
        await AssertRightAsync(test);
        Assert.Equal(
            0L,
            await test.ScalarAsync<long>(
                "select (select count(*) from view_summaries.runs) + (select count(*) from view_summaries.star_sets) + (select "
                    + "count(*) from view_summaries.star_set_blocks) + (select count(*) from view_summaries.flagged_stars)"
            )
        );
    }

    [Fact]
    public async Task A_completion_that_is_taken_back_leaves_nothing_in_the_summaries()
    {
        await using var test = await TestLedger.CreateAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new IsolationForestParameters(), StarFilter.All);
        await using (var completion = await runs.BeginCompletionAsync(run.RunId))
        {
            await completion.SaveAnomaliesAsync(stars, [.. stars.Select((_, i) => i - 3.5)]);
            await completion.MarkCompleteAsync(stars.Length, null);
        }
        Assert.Equal(0L, await test.ScalarAsync<long>("select count(*) from view_summaries.runs"));
        await AssertRightAsync(test);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Completions_and_deletions_at_once_neither_deadlock_nor_lose_anything(int seed)
    {
        await using var test = await TestLedger.CreateAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
        var (dataset, stars) = await test.AddDatasetAsync("a", 300);
        var (other, others) = await test.AddDatasetAsync("b", 50);
        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(async worker =>
                {
                    var random = new Random(seed * 100 + worker);
                    var mine = new List<Guid>();
                    for (var i = 0; i < 8; i++)
                    {
                        var (where, which) = random.Next(3) == 0 ? (other, others) : (dataset, stars);
                        // In no order: the locks must do without one.
                        var shuffled = which.OrderBy(_ => random.Next()).ToArray();
                        mine.Add(await TestRuns.CompleteAsync(test, where, shuffled, _ => random.NextDouble() - 0.5));
                        if (random.Next(3) > 0)
                            continue;
                        await new RunRepository(test.Ledger).DeleteAsync(mine[0]);
                        mine.RemoveAt(0);
                    }
                })
        );
        var runs = await test.ScalarAsync<long>("select count(*) from discovery_runs");
        Assert.Equal(runs * (runs - 1) / 2, await test.ScalarAsync<long>("select count(*) from mv_anomaly_overlap_matrix"));
        await AssertRightAsync(test);
    }

    [Fact]
    public async Task Many_completions_leave_no_bloat_that_a_vacuum_does_not_clear()
    {
        await using var test = await TestLedger.CreateAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
        var (dataset, stars) = await test.AddDatasetAsync("a", 400);
        const string Size =
            "select sum(pg_relation_size(oid))::bigint from pg_class where relnamespace = 'view_summaries'::regnamespace and relname "
            + "in ('flagged_stars', 'star_sets', 'dataset_cells', 'flagged_stars_pkey')";
        for (var i = 0; i < 5; i++)
            await TestRuns.CompleteAsync(test, dataset, stars, s => s % 4 - 0.5);
        await test.ExecuteAsync("vacuum view_summaries.flagged_stars");
        var before = await test.ScalarAsync<long>(Size);
        for (var i = 0; i < 100; i++)
        {
            await TestRuns.CompleteAsync(test, dataset, stars, s => s % 4 - 0.5);
            // As often as autovacuum would come: the flagged fifth of its rows has changed many times.
            if (i % 10 == 0)
                await test.ExecuteAsync(
                    "vacuum view_summaries.flagged_stars; vacuum view_summaries.star_sets; vacuum view_summaries.dataset_cells".Split(';')[
                        i / 10 % 3
                    ]
                );
        }
        await test.ExecuteAsync("vacuum view_summaries.flagged_stars");
        await test.ExecuteAsync("vacuum view_summaries.dataset_cells");
        var after = await test.ScalarAsync<long>(Size);
        Assert.True(after < 4 * before, $"{before} bytes grew to {after}");
    }

    [Fact]
    public async Task Labels_that_change_are_in_the_quality_at_once()
    {
        await using var test = await TestLedger.CreateAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        Assert.Empty(await test.StringsAsync("select * from mv_discovery_quality"));
        await test.ChangeLabelsAsync(
            $"insert into star_labels (star_id, is_anomaly) select star_id, (star_id < {stars[2]})::int from stars"
        );
        Assert.Equal(
            ["2 | 1 | 0"],
            await test.StringsAsync("select true_positives, false_positives, false_negatives from mv_discovery_quality")
        );
        await test.ChangeLabelsAsync("update star_labels set is_anomaly = 1 - is_anomaly");
        Assert.Equal(
            ["1 | 2 | 5"],
            await test.StringsAsync("select true_positives, false_positives, false_negatives from mv_discovery_quality")
        );
        await AssertRightAsync(test);
        await test.ChangeLabelsAsync("delete from star_labels");
        Assert.Empty(await test.StringsAsync("select * from mv_discovery_quality"));
    }

    [Fact]
    public async Task Deleting_a_dataset_takes_it_out_of_every_view()
    {
        await using var test = await TestLedger.CreateAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
        var (first, a) = await test.AddDatasetAsync("a", 8);
        var (second, b) = await test.AddDatasetAsync("b", 5);
        await test.ChangeLabelsAsync("insert into star_labels (star_id, is_anomaly) select star_id, 1 from stars");
        for (var i = 0; i < 3; i++)
        {
            await TestRuns.CompleteAsync(test, first, a, _ => -1);
            await TestRuns.CompleteAsync(test, second, b, _ => -1);
        }
        await new DatasetRepository(test.Ledger).DeleteAsync(first);
        await AssertRightAsync(test);
        Assert.Equal(
            ["5 | 3 | 3"],
            await test.StringsAsync(
                "select (select count(*) from mv_star_anomaly_frequency), (select count(*) from mv_discovery_run_stats), (select "
                    + "count(*) from mv_anomaly_overlap_matrix)"
            )
        );
    }

    [Fact]
    public async Task A_snapshot_too_old_to_see_what_it_waited_for_is_refused()
    {
        await using var test = await TestLedger.CreateAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var run = await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        await using var connection = await test.Ledger.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await using var delete = new NpgsqlCommand($"delete from discovery_runs where run_id = '{run}'", connection);
        var error = await Assert.ThrowsAsync<PostgresException>(() => delete.ExecuteNonQueryAsync());
        Assert.Equal(PostgresErrorCodes.ObjectNotInPrerequisiteState, error.SqlState);
        Assert.Contains("READ COMMITTED", error.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_in_mode_incremental_has_nothing_to_do_and_says_how_many_rows_there_are()
    {
        await using var test = await TestLedger.CreateAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        var outcomes = await new ViewRefresher(test.Ledger).RefreshAsync();
        Assert.All(outcomes, o => Assert.True(o.Succeeded, o.Error));
        Assert.Equal(8, outcomes.Single(o => o.ViewName == "mv_star_anomaly_frequency").Rows);
        Assert.Empty(await new ViewRefresher(test.Ledger).RefreshPendingAsync());
    }

    private static async Task AssertRightAsync(TestLedger test)
    {
        // Without statistics of what was just written the planner joins row by row.
        await test.ExecuteAsync("analyze discovery_results; analyze discovery_runs");
        Assert.All(
            await new ViewVerifier(test.Ledger).VerifyAsync(),
            v => Assert.True(v.Agrees && !v.Lags, $"{v.ViewName}: {string.Join("; ", v.Examples)}")
        );
    }
}
