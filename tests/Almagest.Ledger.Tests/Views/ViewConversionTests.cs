using Almagest.Contract.Errors;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Xunit;

namespace Almagest.Ledger.Tests.Views;

public sealed class ViewConversionTests
{
    [Fact]
    public async Task Converting_there_and_back_leaves_the_schema_as_it_was()
    {
        await using var test = await TestLedger.CreateAsync();
        const string Schema = """
            select 'index ' || indexdef from pg_indexes where schemaname = 'public'
            union all select 'view ' || matviewname || ' ' || definition from pg_matviews where schemaname = 'public'
            union all select 'trigger ' || tgname || ' ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
            order by 1
            """;
        var before = await test.StringsAsync(Schema);
        var converter = new ViewConverter(test.Ledger);
        Assert.True(await converter.ConvertAsync(ViewMode.Incremental));
        Assert.False(await converter.ConvertAsync(ViewMode.Incremental));
        Assert.True(await converter.ConvertAsync(ViewMode.Refresh));
        Assert.False(await converter.ConvertAsync(ViewMode.Refresh));
        Assert.All(await new ViewStatusReader(test.Ledger).ReadAsync(), v => Assert.True(v.LastDurationMs > 0, v.ViewName));
        Assert.Equal(before, await test.StringsAsync(Schema));
        Assert.Equal(0L, await test.ScalarAsync<long>("select count(*) from view_summaries.counted_datasets"));
    }

    [Theory]
    [InlineData(ViewMode.Incremental, ViewMode.Incremental)]
    [InlineData(ViewMode.Incremental, ViewMode.Refresh)]
    [InlineData(ViewMode.Refresh, ViewMode.Incremental)]
    [InlineData(ViewMode.Refresh, ViewMode.Refresh)]
    public async Task A_conversion_interrupted_at_any_point_is_repeated_or_taken_back_with_runs_in_between(ViewMode target, ViewMode then)
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 12);
        var converter = new ViewConverter(test.Ledger);
        for (var point = 0; point < 30; point++)
        {
            await converter.ConvertAsync(target == ViewMode.Refresh ? ViewMode.Incremental : ViewMode.Refresh);
            for (var i = 0; i < 3; i++)
                await TestRuns.CompleteAsync(test, dataset, stars, s => s - i - 0.5);
            using var stop = new CancellationTokenSource();
            var steps = 0;
            var interrupted = false;
            try
            {
                await converter.ConvertAsync(
                    target,
                    new Steps(() =>
                    {
                        if (steps++ == point)
                            stop.Cancel();
                    }),
                    stop.Token
                );
            }
            catch (OperationCanceledException)
            {
                interrupted = true;
            }
            // In the middle of it: the answers are right, and runs come and go.
            var gone = await TestRuns.CompleteAsync(test, dataset, stars, s => s - 5.5);
            await TestRuns.CompleteAsync(test, dataset, stars[..7], s => s - 2.5);
            await new RunRepository(test.Ledger).DeleteAsync(gone);
            await new ViewRefresher(test.Ledger).RefreshPendingAsync();
            await AssertRightAsync(test, "in the middle");
            await converter.ConvertAsync(then);
            await AssertRightAsync(test, "afterwards");
            Assert.Equal(new ViewModeState(then, ViewModeState.Steady), await ViewModeState.ReadAsync(test.Ledger));
            if (!interrupted && point > 8)
                return;
            await test.ExecuteAsync(
                "delete from discovery_runs where is_complete and run_id <> (select run_id from discovery_runs limit 1)"
            );
        }
    }

    [Fact]
    public async Task Readers_and_writers_go_on_while_the_views_are_converted()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 200);
        for (var i = 0; i < 5; i++)
            await TestRuns.CompleteAsync(test, dataset, stars, s => s % 7 - i - 0.5);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        using var done = new CancellationTokenSource();
        long reads = 0,
            writes = 0;
        var reader = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                Assert.True(await test.ScalarAsync<long>("select count(*) from mv_star_anomaly_frequency") == 200);
                Assert.True(await test.ScalarAsync<long>("select count(*) from mv_discovery_run_stats") >= 5);
                reads++;
            }
        });
        var writer = Task.Run(async () =>
        {
            // Bounded: pairs of runs grow with the square.
            while (!done.IsCancellationRequested && writes < 24)
            {
                await TestRuns.CompleteAsync(test, dataset, stars, s => s % 5 - 1.5);
                writes++;
            }
        });
        var converter = new ViewConverter(test.Ledger);
        for (var i = 0; i < 2; i++)
        {
            await converter.ConvertAsync(ViewMode.Incremental);
            await converter.ConvertAsync(ViewMode.Refresh);
        }
        await done.CancelAsync();
        await Task.WhenAll(reader, writer);
        Assert.True(reads > 5 && writes > 5, $"{reads} reads, {writes} writes");
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        await AssertRightAsync(test);
    }

    [Fact]
    public async Task Two_programs_do_not_convert_at_once()
    {
        await using var test = await TestLedger.CreateAsync();
        await using var connection = await test.Ledger.ConnectAsync();
        await using (var take = new Npgsql.NpgsqlCommand($"select pg_advisory_lock({0x416C6D436E767274})", connection))
            await take.ExecuteNonQueryAsync();
        var error = await Assert.ThrowsAsync<LedgerException>(() => new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental));
        Assert.Equal(LedgerErrorKind.Conflict, error.Kind);
    }

    private sealed class Steps(Action step) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value) => step();
    }

    private static async Task AssertRightAsync(TestLedger test, string when = "") =>
        Assert.All(
            await new ViewVerifier(test.Ledger).VerifyAsync(),
            v => Assert.True(v.Agrees && !v.Lags, $"{when} {v.ViewName} {(v.Lags ? "lags" : "")} {string.Join("; ", v.Examples)}")
        );
}
