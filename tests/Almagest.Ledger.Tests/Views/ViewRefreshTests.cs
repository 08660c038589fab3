using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Views;
using Xunit;

namespace Almagest.Ledger.Tests.Views;

public sealed class ViewRefreshTests
{
    [Fact]
    public async Task Every_view_can_be_refreshed_concurrently_just_after_creation_and_while_empty()
    {
        await using var test = await TestLedger.CreateAsync();
        var outcomes = await new ViewRefresher(test.Ledger).RefreshAsync();
        Assert.Equal(AnalyticsViews.All.Select(v => v.Name), outcomes.Select(o => o.ViewName));
        Assert.All(outcomes, o => Assert.True(o is { Succeeded: true, Rows: 0 }, o.Error));
    }

    [Fact]
    public async Task A_view_lags_from_the_completion_of_a_run_that_touches_it_until_its_refresh()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        var status = new ViewStatusReader(test.Ledger);
        Assert.Equal(
            AnalyticsViews.All.Select(v => v.Name).Where(name => name != "mv_cluster_size_distribution"),
            (await status.ReadAsync()).Where(s => s.Lags).Select(s => s.ViewName)
        );
        Assert.Contains(
            await new ViewVerifier(test.Ledger).VerifyAsync([AnalyticsViews.StarFrequency]),
            v => v is { Agrees: false, Lags: true, Missing: 8 }
        );

        var refreshed = await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        Assert.Equal(AnalyticsViews.All.Count - 1, refreshed.Count);
        Assert.All(await status.ReadAsync(), s => Assert.False(s.Lags));
        Assert.Equal(8, (await status.ReadAsync()).Single(s => s.ViewName == "mv_star_anomaly_frequency").Rows);
        Assert.Empty(await new ViewRefresher(test.Ledger).RefreshPendingAsync());
    }

    [Fact]
    public async Task A_run_that_is_only_created_touches_the_timeline_alone()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 8);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        await new Almagest.Runs.Lifecycle.RunRepository(test.Ledger).CreateAsync(
            dataset,
            new DbscanParameters(),
            Almagest.Ledger.Selections.StarFilter.All
        );
        Assert.Equal(["mv_discovery_timeline"], (await new ViewRefresher(test.Ledger).RefreshPendingAsync()).Select(o => o.ViewName));
        Assert.Equal(
            ["cluster | 1 | 0", "cluster | 1 | 0"],
            await test.StringsAsync("select run_type, total_runs, completed_runs from mv_discovery_timeline")
        );
    }

    [Fact]
    public async Task Loading_stars_touches_the_coverage_and_labelling_them_the_views_that_know_labels()
    {
        await using var test = await TestLedger.CreateAsync();
        async Task<IEnumerable<string>> LaggingAsync() =>
            (await new ViewStatusReader(test.Ledger).ReadAsync()).Where(s => s.Lags && s.PendingRuns == 0).Select(s => s.ViewName);
        await test.AddDatasetAsync("a", 8);
        Assert.Equal(["mv_dataset_coverage"], await LaggingAsync());
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        foreach (
            var change in new[]
            {
                "insert into star_labels (star_id, is_anomaly) select star_id, 1 from stars",
                "update star_labels set is_anomaly = 0",
                "delete from star_labels",
            }
        )
        {
            await test.ChangeLabelsAsync(change);
            Assert.Equal(["mv_discovery_quality", "mv_parameter_performance"], await LaggingAsync());
            Assert.Equal(2, (await new ViewRefresher(test.Ledger).RefreshPendingAsync()).Count);
            Assert.Empty(await LaggingAsync());
        }
        await test.ExecuteAsync("delete from datasets");
        Assert.Contains("mv_dataset_coverage", await LaggingAsync());
    }

    [Fact]
    public async Task A_change_that_commits_during_a_refresh_stays_pending()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        // A refresh whose snapshot is older than the second run, as the refresher makes it.
        await using var connection = await test.Ledger.ConnectAsync();
        await using (var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead))
        {
            async Task ExecuteAsync(string sql)
            {
                await using var command = new Npgsql.NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync();
            }
            await ExecuteAsync("select 1 from discovery_runs");
            await TestRuns.CompleteAsync(test, dataset, stars, i => i - 3.5);
            await ExecuteAsync("refresh materialized view concurrently mv_discovery_run_stats");
            await ExecuteAsync("delete from pending_view_changes where view_name = 'mv_discovery_run_stats'");
            await transaction.CommitAsync();
        }
        var state = (await new ViewStatusReader(test.Ledger).ReadAsync()).Single(s => s.ViewName == "mv_discovery_run_stats");
        Assert.Equal((true, 1), (state.Lags, state.PendingRuns));
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        Assert.Equal(2L, await test.ScalarAsync<long>("select count(*) from mv_discovery_run_stats"));
    }

    [Fact]
    public async Task Refreshers_at_the_same_time_take_turns_and_the_second_finds_nothing_to_do()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        await using var other = new Almagest.Ledger.Database.LedgerDatabase(test.ConnectionString);
        var both = await Task.WhenAll(new ViewRefresher(test.Ledger).RefreshPendingAsync(), new ViewRefresher(other).RefreshPendingAsync());
        Assert.Equal([0, AnalyticsViews.All.Count - 1], both.Select(b => b.Count).Order());
    }

    [Fact]
    public async Task A_failed_refresh_leaves_a_record_and_the_old_answers()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 3.5);
        await test.ExecuteAsync("drop index ux_mv_discovery_run_stats");
        var outcome = (await new ViewRefresher(test.Ledger).RefreshAsync([AnalyticsViews.RunStats])).Single();
        Assert.False(outcome.Succeeded);
        var state = (await new ViewStatusReader(test.Ledger).ReadAsync()).Single(s => s.ViewName == "mv_discovery_run_stats");
        Assert.True(state is { LastOutcome: "failed", Lags: true, Rows: 1 });
        Assert.NotNull(state.LastError);
        Assert.Equal(1L, await test.ScalarAsync<long>("select count(*) from mv_discovery_run_stats"));
    }

    [Fact]
    public async Task The_record_of_a_refresher_that_died_is_closed_by_the_next()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.ExecuteAsync(
            "insert into view_refreshes (view_name, reason, started_at, outcome) values ('mv_discovery_timeline', 'run', now(), 'running')"
        );
        // Nobody holds the lock of the refreshers: it does not run, whatever its record says.
        Assert.True(
            (await new ViewStatusReader(test.Ledger).ReadAsync()).Single(s => s.ViewName == "mv_discovery_timeline")
                is {
                    IsRefreshing: false,
                    LastOutcome: "failed",
                    ConsecutiveFailures: 1,
                    LastError: "the refreshing program ended before it was done"
                }
        );
        await using (
            var guard = await Almagest.Ledger.Database.AdvisoryLock.TakeAsync(
                test.Ledger,
                ViewRefresher.RefreshLock,
                TestContext.Current.CancellationToken
            )
        )
            Assert.True(
                (await new ViewStatusReader(test.Ledger).ReadAsync()).Single(s => s.ViewName == "mv_discovery_timeline").IsRefreshing
            );
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        Assert.Equal(
            ["failed | the refreshing program ended before it was done"],
            await test.StringsAsync("select outcome, error from view_refreshes")
        );
    }

    [Fact]
    public async Task Verification_names_rows_that_should_not_be_there()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var run = await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        await test.ExecuteAsync($"update discovery_results set is_anomaly = 1 where run_id = '{run}' and star_id = {stars[7]}");
        var stats = (await new ViewVerifier(test.Ledger).VerifyAsync()).Single(v => v.ViewName == "mv_discovery_run_stats");
        Assert.Equal((1L, 1L, false), (stats.Missing, stats.Unexpected, stats.Agrees));
        Assert.Contains(
            stats.Examples,
            e => e.StartsWith("missing", StringComparison.Ordinal) && e.Contains("\"anomaly_count\": 4", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Readers_are_not_blocked_by_a_refresh()
    {
        await using var test = await TestLedger.CreateAsync();
        await using var connection = await test.Ledger.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var refresh = new Npgsql.NpgsqlCommand("refresh materialized view concurrently mv_discovery_run_stats", connection))
            await refresh.ExecuteNonQueryAsync();
        // The refresh holds its locks until its transaction ends; a reader that had to wait would give up here.
        Assert.Equal(0L, await test.ScalarAsync<long>("set lock_timeout = '2s'; select count(*) from mv_discovery_run_stats"));
    }
}
