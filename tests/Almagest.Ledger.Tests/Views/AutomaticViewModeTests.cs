using Almagest.Ledger.Schema;
using Almagest.Ledger.Views;
using Xunit;

namespace Almagest.Ledger.Tests.Views;

/// <summary>Mode auto: every refresh is called slow here, so that what follows can be seen.</summary>
public sealed class AutomaticViewModeTests
{
    [Fact]
    public async Task A_new_ledger_chooses_by_itself_and_one_that_is_in_use_keeps_its_mode()
    {
        // Of distributed tables no migration is taken back.
        await using var test = await TestLedger.CreateWholeAsync();
        Assert.Equal(new ViewPolicy(true, null), await ViewPolicy.ReadAsync(test.Ledger));
        await test.AddDatasetAsync("a", 5);
        await test.Ledger.Schema.RollbackAsync("AddDeletions");
        await test.Ledger.Schema.MigrateAsync();
        Assert.Equal(new ViewPolicy(false, null), await ViewPolicy.ReadAsync(test.Ledger));
        for (var i = 0; i < 4; i++)
            await new ViewRefresher(test.Ledger).RefreshAsync();
        Assert.Null(await Always(test).ConsiderAsync());
    }

    [Fact]
    public async Task The_third_slow_refresh_in_a_row_converts_the_views_and_the_reason_is_kept()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 30);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(await Always(test).ConsiderAsync());
            await TestRuns.CompleteAsync(test, dataset, stars, s => s % 5 - i);
            await new ViewRefresher(test.Ledger).RefreshAsync();
            Assert.Null(await new AutomaticViewMode(test.Ledger).ConsiderAsync());
        }
        var step = await Always(test).ConsiderAsync();
        Assert.NotNull(step);
        Assert.Equal(AutomaticDecision.Converted, step.Decision);
        Assert.Matches(
            @"^a full refresh of the views took \d+\.\d, \d+\.\d and \d+\.\d s, more than 0 s 3 times in a row; now ",
            step.Reason
        );
        Assert.Equal(new ViewModeState(ViewMode.Incremental, ViewModeState.Steady), await ViewModeState.ReadAsync(test.Ledger));
        Assert.Equal(step.Reason, (await ViewPolicy.ReadAsync(test.Ledger)).Last?.Reason);
        await TestRuns.CompleteAsync(test, dataset, stars, s => s % 3 - 1);
        await AssertRightAsync(test);
        Assert.Null(await Always(test).ConsiderAsync());
    }

    // As a command leaves it that runs one search after the other: the view of clusters never lags, and is never refreshed.
    [Fact]
    public async Task A_ledger_that_has_anomaly_runs_alone_is_converted_too()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 30);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(await Always(test).ConsiderAsync());
            await TestRuns.CompleteAsync(test, dataset, stars, s => s % 5 - i);
            await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        }
        Assert.Equal(
            0L,
            await test.ScalarAsync<long>("select count(*) from view_refreshes where view_name = 'mv_cluster_size_distribution'")
        );
        Assert.Equal(AutomaticDecision.Converted, (await Always(test).ConsiderAsync())?.Decision);
        await AssertRightAsync(test);
    }

    [Fact]
    public async Task A_quick_refresh_among_slow_ones_keeps_them_materialized()
    {
        await using var test = await TestLedger.CreateAsync();
        await RefreshesAsync(test, 6000, 6000, 6000, 1);
        Assert.Null(await new AutomaticViewMode(test.Ledger).ConsiderAsync());
        await RefreshesAsync(test, 6000, 6000);
        Assert.Null(await new AutomaticViewMode(test.Ledger).ConsiderAsync());
        await RefreshesAsync(test, 6000);
        Assert.Equal(AutomaticDecision.Converted, (await new AutomaticViewMode(test.Ledger).ConsiderAsync())?.Decision);
    }

    [Theory]
    [InlineData("create view mine as select count(*) from mv_discovery_run_stats", "view mine")]
    [InlineData("create index mine on mv_discovery_run_stats (total_stars)", "index mine on mv_discovery_run_stats")]
    [InlineData(
        "do $do$ begin execute 'create function mine() returns bigint begin atomic select count(*) from mv_discovery_run_stats; end'; "
            + "end $do$",
        "function mine()"
    )]
    [InlineData("create materialized view mine as select star_id from mv_star_anomaly_frequency", "materialized view mine")]
    public async Task Where_something_of_others_hangs_on_a_view_it_only_says_so_and_once(string made, string named)
    {
        await using var test = await TestLedger.CreateAsync();
        await test.ExecuteAsync(made);
        await RefreshesAsync(test, 6000, 6000, 6000);
        var step = await new AutomaticViewMode(test.Ledger).ConsiderAsync();
        Assert.Equal(AutomaticDecision.Advised, step?.Decision);
        Assert.EndsWith($"because these depend on them: {named}", step?.Reason, StringComparison.Ordinal);
        Assert.Null(await new AutomaticViewMode(test.Ledger).ConsiderAsync());
        Assert.Equal(new ViewModeState(ViewMode.Refresh, ViewModeState.Steady), await ViewModeState.ReadAsync(test.Ledger));
    }

    [Fact]
    public async Task A_conversion_that_fails_leaves_the_mode_that_was_and_runs_go_on()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 12);
        await TestRuns.CompleteAsync(test, dataset, stars, s => s - 3.5);
        await test.ExecuteAsync(
            "create or replace function view_summaries.apply_run(target uuid) returns void language plpgsql as "
                + "$$ begin raise exception 'no space for this'; end $$"
        );
        await RefreshesAsync(test, 6000, 6000, 6000);
        var step = await new AutomaticViewMode(test.Ledger).ConsiderAsync();
        Assert.Equal(AutomaticDecision.Failed, step?.Decision);
        Assert.Contains("SQLSTATE P0001", step?.Reason, StringComparison.Ordinal);
        Assert.Equal(new ViewModeState(ViewMode.Refresh, ViewModeState.Steady), await ViewModeState.ReadAsync(test.Ledger));
        Assert.Equal(0L, await test.ScalarAsync<long>("select count(*) from view_summaries.counted_datasets"));
        await TestRuns.CompleteAsync(test, dataset, stars, s => s - 5.5);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        await AssertRightAsync(test);
        // Not again with each run.
        Assert.Null(await new AutomaticViewMode(test.Ledger).ConsiderAsync());
    }

    [Fact]
    public async Task A_run_that_cannot_be_counted_while_the_summaries_are_built_is_complete_all_the_same_and_counted_later()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 12);
        using var stop = new CancellationTokenSource();
        await TestRuns.CompleteAsync(test, dataset, stars, s => s - 3.5);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental, new Stop(stop, "adding up runs"), stop.Token)
        );
        var source = await test.ScalarAsync<string>("select pg_get_functiondef('view_summaries.apply_run(uuid)'::regprocedure)");
        await test.ExecuteAsync(
            "create or replace function view_summaries.apply_run(target uuid) returns void language plpgsql as "
                + "$$ begin raise exception 'not now'; end $$"
        );
        await TestRuns.CompleteAsync(test, dataset, stars, s => s - 5.5);
        await test.ExecuteAsync(source);
        // In mode auto whoever comes next goes on.
        var step = await new AutomaticViewMode(test.Ledger).ConsiderAsync();
        Assert.Equal(AutomaticDecision.Converted, step?.Decision);
        Assert.Equal(2L, await test.ScalarAsync<long>("select count(*) from mv_discovery_run_stats"));
        await AssertRightAsync(test);
    }

    [Fact]
    public async Task Whoever_could_read_the_views_can_read_them_after_a_conversion_and_after_the_way_back()
    {
        await using var test = await TestLedger.CreateAsync();
        var role = "reader_" + Guid.NewGuid().ToString("N");
        await test.ExecuteAsync(
            $"create role {role}; grant select on mv_discovery_timeline to {role}; grant select on mv_run_sensitivity to public"
        );
        try
        {
            foreach (var mode in new[] { ViewMode.Incremental, ViewMode.Refresh })
            {
                await new ViewConverter(test.Ledger).ConvertAsync(mode);
                Assert.True(await test.ScalarAsync<bool>($"select has_table_privilege('{role}', 'mv_discovery_timeline', 'select')"));
                Assert.True(await test.ScalarAsync<bool>($"select has_table_privilege('{role}', 'mv_run_sensitivity', 'select')"));
                Assert.False(await test.ScalarAsync<bool>($"select has_table_privilege('{role}', 'mv_discovery_quality', 'select')"));
            }
        }
        finally
        {
            await test.ExecuteAsync($"drop owned by {role}; drop role {role}");
        }
    }

    /// <summary>Compiling what they execute once takes several times as long as they do.</summary>
    [Fact]
    public async Task What_keeps_the_summaries_runs_without_compilation()
    {
        await using var test = await TestLedger.CreateAsync();
        var entries = new[]
        {
            "apply_run",
            "undo_run",
            "count_dataset",
            "follow_new_stars",
            "follow_lost_stars",
            "follow_labels",
            "judge_analyses",
        };
        var without = await test.StringsAsync(
            "select proname from pg_proc where pronamespace = 'view_summaries'::regnamespace and 'jit=off' = any (proconfig)"
        );
        Assert.Equal(entries.Order(StringComparer.Ordinal), without.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Where_a_server_follows_the_ledger_a_command_waits_for_it_and_no_longer_than_a_second()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 12);
        await using (var server = await test.Ledger.ConnectAsync())
        {
            await ViewKeeper.AnnounceAsync(server, CancellationToken.None);
            await TestRuns.CompleteAsync(test, dataset, stars, s => s - 3.5);
            Assert.True((await new ViewKeeper(test.Ledger).KeepAsync("run")).IsLeftToServer);
            Assert.Equal(0L, await test.ScalarAsync<long>("select count(*) from mv_discovery_run_stats"));

            var waiting = new ViewKeeper(test.Ledger).KeepAsync("run");
            await new ViewRefresher(test.Ledger).RefreshPendingAsync();
            Assert.False((await waiting).IsLeftToServer);
            // The session ends: one that goes back to the pool would go on announcing.
            Npgsql.NpgsqlConnection.ClearPool(server);
        }
        await TestRuns.CompleteAsync(test, dataset, stars, s => s - 4.5);
        var kept = await new ViewKeeper(test.Ledger).KeepAsync("run");
        Assert.False(kept.IsLeftToServer);
        Assert.NotEmpty(kept.Outcomes);
        Assert.Equal(2L, await test.ScalarAsync<long>("select count(*) from mv_discovery_run_stats"));
    }

    private static AutomaticViewMode Always(TestLedger test) => new(test.Ledger) { Limit = TimeSpan.Zero };

    /// <summary>Records of full refreshes that took so many milliseconds, one after the other.</summary>
    private static async Task RefreshesAsync(TestLedger test, params int[] took)
    {
        foreach (var duration in took)
            await test.ExecuteAsync(
                $"""
                insert into view_refreshes (view_name, reason, started_at, finished_at, duration_ms, row_count, outcome)
                select view_name, 'run', clock_timestamp(), clock_timestamp(), {duration}.0 / {AnalyticsViews.All.Count}, 1, 'succeeded'
                from analytics_views
                """
            );
    }

    private sealed class Stop(CancellationTokenSource source, string stage) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value)
        {
            if (value.Stage == stage)
                source.Cancel();
        }
    }

    private static async Task AssertRightAsync(TestLedger test) =>
        Assert.All(
            await new ViewVerifier(test.Ledger).VerifyAsync(),
            v => Assert.True(v.Agrees && !v.Lags, $"{v.ViewName} {(v.Lags ? "lags" : "")} {string.Join("; ", v.Examples)}")
        );
}
