using Almagest.Contract.Status;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Ledger.Views.Queries;
using Xunit;

namespace Almagest.Ledger.Tests.Views;

public sealed class ViewFreshnessTests
{
    [Fact]
    public async Task A_version_is_counted_when_rows_change_and_only_then()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var refresher = new ViewRefresher(test.Ledger);
        var before = await ViewFreshness.ReadAsync(test.Ledger, AnalyticsViews.RunStats);
        var run = await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        await refresher.RefreshPendingAsync();
        var added = await ViewFreshness.ReadAsync(test.Ledger, AnalyticsViews.RunStats);
        await refresher.RefreshAsync();
        var idle = await ViewFreshness.ReadAsync(test.Ledger, AnalyticsViews.RunStats);
        await test.ExecuteAsync($"delete from discovery_runs where run_id = '{run}'");
        await refresher.RefreshPendingAsync();
        var removed = await ViewFreshness.ReadAsync(test.Ledger, AnalyticsViews.RunStats);

        Assert.Equal([0, 1, 1, 2], new[] { before, added, idle, removed }.Select(f => f.Version - before.Version));
        // Three states within a second or so have three times of whole seconds: equal times are equal rows.
        Assert.Equal(3, new[] { before, added, removed }.Select(f => f.ChangedAt).Distinct().Count());
        Assert.Equal(added.ChangedAt, idle.ChangedAt);
        Assert.All([added, removed], f => Assert.Equal(0, f.ChangedAt.Ticks % TimeSpan.TicksPerSecond));
        Assert.All([added, removed], f => Assert.True(f.AsOf <= DateTime.UtcNow));
        Assert.Equal(before.Version, (await ViewFreshness.ReadAsync(test.Ledger, AnalyticsViews.ClusterSizes)).Version);
    }

    [Fact]
    public async Task A_refresh_forgets_what_is_older_than_a_year()
    {
        await using var test = await TestLedger.CreateAsync();
        foreach (var view in new AnalyticsView[] { AnalyticsViews.RunStats, AnalyticsViews.Timeline })
        foreach (var days in new[] { 800, 10 })
            await test.ExecuteAsync(
                $"""
                insert into view_refreshes (view_name, reason, started_at, finished_at, duration_ms, row_count, outcome)
                select '{view.Name}', 'manual', t, t, 1, {days}, 'succeeded' from (select now() - interval '{days} days' as t) x
                """
            );
        await new ViewRefresher(test.Ledger).RefreshAsync([AnalyticsViews.RunStats]);
        Assert.Equal(
            1L,
            await test.ScalarAsync<long>(
                $"select count(*) from view_refreshes where row_count in (10, 800) and view_name = '{AnalyticsViews.RunStats.Name}'"
            )
        );
        Assert.Equal(
            2L,
            await test.ScalarAsync<long>(
                $"select count(*) from view_refreshes where row_count in (10, 800) and view_name = '{AnalyticsViews.Timeline.Name}'"
            )
        );
    }

    [Fact]
    public async Task A_snapshot_keeps_version_and_rows_together_while_the_view_changes()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        await using var snapshot = await ViewSnapshot.OpenAsync(test.Ledger, AnalyticsViews.RunStats);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 3.5);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();

        Assert.Single(await new AnalyticsQueries(snapshot).StatsAsync());
        Assert.Equal(2, (await new AnalyticsQueries(test.Ledger).StatsAsync()).Count);
        Assert.Equal(snapshot.Freshness.Version + 1, (await ViewFreshness.ReadAsync(test.Ledger, AnalyticsViews.RunStats)).Version);
    }

    [Fact]
    public async Task The_lag_counts_complete_runs_that_are_not_in_the_view()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        var gone = await TestRuns.CompleteAsync(test, dataset, stars, i => i - 3.5);
        Assert.Equal(2, (await ViewFreshness.ReadAsync(test.Ledger, AnalyticsViews.StarFrequency)).MissingRuns);
        await test.ExecuteAsync($"delete from discovery_runs where run_id = '{gone}'");
        // Never in, and never to come in: a run that is deleted before the view has seen it.
        Assert.Equal(1, (await ViewFreshness.ReadAsync(test.Ledger, AnalyticsViews.StarFrequency)).MissingRuns);
        var status = (await new ViewStatusReader(test.Ledger).ReadAsync()).Single(s => s.ViewName == AnalyticsViews.StarFrequency.Name);
        Assert.Equal((2, 1, true), (status.PendingRuns, status.MissingRuns, status.Lags));
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        Assert.Equal(0, (await ViewFreshness.ReadAsync(test.Ledger, AnalyticsViews.StarFrequency)).MissingRuns);
    }

    [Fact]
    public async Task A_look_up_of_a_star_brings_the_freshness_of_its_row()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var run = await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        Assert.Null((await StarFrequencyLookup.ReadAsync(test.Ledger, [stars[0]]))[stars[0]].Row);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        var found = await StarFrequencyLookup.ReadAsync(test.Ledger, [stars[7], long.MaxValue, stars[0]]);
        Assert.Equal(3, found.Count);
        Assert.Null(found[long.MaxValue].Row);
        var (freshness, row) = found[stars[0]];
        var ordinary = found[stars[7]].Row;
        var expected = await new AnalyticsQueries(test.Ledger).FrequencyAsync(stars[0]);

        Assert.Equal(await ViewFreshness.ReadAsync(test.Ledger, AnalyticsViews.StarFrequency) with { AsOf = freshness.AsOf }, freshness);
        Assert.Equivalent(expected, row, strict: true);
        Assert.Equal([run], row!.RunIds);
        Assert.Equal((0L, 1L, null), (ordinary!.AnomalyCount, ordinary.TotalRuns, ordinary.MeanAnomalyScore));
    }

    [Fact]
    public async Task A_reader_that_is_kept_tells_rows_and_sizes_of_now_in_either_mode()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 200);
        var kept = new ViewStatusReader(test.Ledger);
        for (var n = 1; n <= 6; n++)
        {
            if (n == 4)
                await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
            await TestRuns.CompleteAsync(test, dataset, stars, i => i - 50.5);
            await new ViewRefresher(test.Ledger).RefreshPendingAsync();
            var (told, anew) = (await kept.ReadAsync(), await new ViewStatusReader(test.Ledger).ReadAsync());
            Assert.Equal(n, told.Single(s => s.ViewName == AnalyticsViews.RunStats.Name).Rows);
            Assert.Equal(n * (n - 1) / 2, told.Single(s => s.ViewName == AnalyticsViews.Overlap.Name).Rows);
            Assert.All(told, s => Assert.Equal(n < 4 ? "refresh" : "incremental", s.Mode));
            Assert.Equal(
                anew.Select(s => (s.ViewName, s.Rows, s.SizeBytes, s.Version)),
                told.Select(s => (s.ViewName, s.Rows, s.SizeBytes, s.Version))
            );
        }
        // While nothing changes, the sizes are those of before, and all else is of now.
        await test.ExecuteAsync("create index on view_summaries.runs (algorithm)");
        var (before, after) = (await kept.ReadAsync(), await new ViewStatusReader(test.Ledger).ReadAsync());
        Assert.True(before[0].SizeBytes < after[0].SizeBytes);
        Assert.True(before[0].AgeSeconds <= after[0].AgeSeconds);
    }

    [Fact]
    public async Task A_refresh_that_fails_is_tried_again_at_growing_intervals_until_it_succeeds()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        await test.ExecuteAsync("drop index ux_mv_discovery_run_stats");
        var refresher = new ViewRefresher(test.Ledger);
        async Task<ViewStatus> StatusAsync() =>
            (await new ViewStatusReader(test.Ledger).ReadAsync()).Single(s => s.ViewName == AnalyticsViews.RunStats.Name);
        // Instead of waiting, the past is moved away.
        Task PassAsync(int seconds) =>
            test.ExecuteAsync(
                $"update view_refreshes set started_at = started_at - interval '{seconds} s', finished_at = finished_at - interval "
                    + $"'{seconds} s'"
            );

        var first = await refresher.RefreshDueAsync();
        Assert.Equal(AnalyticsViews.All.Count - 1, first.Outcomes.Count);
        Assert.Equal(AnalyticsViews.RunStats.Name, Assert.Single(first.Outcomes, o => !o.Succeeded).ViewName);
        Assert.Equal(TimeSpan.FromSeconds(1), first.NextRetry);
        for (var failures = 1; failures <= 11; failures++)
        {
            var status = await StatusAsync();
            var wait = Math.Min(300, 1 << (failures - 1));
            Assert.Equal(failures, status.ConsecutiveFailures);
            Assert.Equal("failed", status.LastOutcome);
            Assert.InRange((status.NextRetry!.Value - DateTime.UtcNow).TotalSeconds, wait - 60, wait);
            await PassAsync(wait - 1);
            if (wait > 60)
                Assert.Empty((await refresher.RefreshDueAsync()).Outcomes);
            await PassAsync(1);
            if (failures == 11)
                break;
            Assert.Single((await refresher.RefreshDueAsync()).Outcomes);
        }
        await test.ExecuteAsync("create unique index ux_mv_discovery_run_stats on mv_discovery_run_stats (run_id)");
        // With the view that is computed from it.
        Assert.Equal(
            [AnalyticsViews.RunStats.Name, AnalyticsViews.Parameters.Name],
            (await refresher.RefreshDueAsync()).Outcomes.Where(o => o.Succeeded).Select(o => o.ViewName)
        );
        Assert.True(await StatusAsync() is { ConsecutiveFailures: 0, NextRetry: null, LastError: null, Lags: false, Rows: 1 });
        Assert.Equal(new DueRefresh([], null).NextRetry, (await refresher.RefreshDueAsync()).NextRetry);
    }

    [Fact]
    public async Task A_refresh_that_fails_without_any_change_of_the_ledger_is_tried_again_too()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.ExecuteAsync(
            "insert into view_refreshes (view_name, reason, started_at, finished_at, outcome, error) values ('mv_discovery_timeline', "
                + "'nightly', now() - interval '1 h', now() - interval '1 h', 'failed', 'x')"
        );
        Assert.Equal("mv_discovery_timeline", Assert.Single((await new ViewRefresher(test.Ledger).RefreshDueAsync()).Outcomes).ViewName);
    }
}
