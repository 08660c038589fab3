using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Backup;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Distribution;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Tests.Schema;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Testing;
using Xunit;

namespace Almagest.Ledger.Tests.InPlace;

/// <summary>What the ledger keeps of runs whose results are in files: it comes with them, stays while they can come back, and goes with the
/// last.</summary>
public sealed class ResultsInFilesTests
{
    private const string Kept =
        "select (select count(*) from analysed_sets), (select count(*) from analysed_set_blocks), "
        + "(select count(*) from analysed_set_cells), (select count(*) from in_place_cells), (select count(*) from stars), "
        + "(select count(*) from discovery_results)";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static (double Ra, double Dec) Place(int i) => (i % 5 * 70 + 0.5, i % 3 * 20 - 20.5);

    private static async Task<Guid> RunAsync(TestLedger test, RunsInFiles files, long dataset, long[] stars, Func<int, double> score)
    {
        var run = await new RunRepository(test.Ledger).CreateAsync(dataset, new IsolationForestParameters(), StarFilter.All);
        await files.CompleteAsync(run.RunId, dataset, stars, [.. stars.Select((_, i) => score(i))]);
        return run.RunId;
    }

    [Fact]
    public async Task A_set_is_recognised_as_postgresql_recognises_that_of_any_run_and_holds_the_stars_that_were_added()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var random = new Random(5);
        long[] ids =
        [
            .. Enumerable
                .Range(0, 3000)
                .Select(i => i % 3 == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.NextInt64(-5000, 5000))
                .Append(0)
                .Append(long.MaxValue)
                .Append(long.MinValue)
                .Distinct()
                .Order(),
        ];
        await using var connection = await test.Ledger.ConnectAsync(CancellationToken);
        Assert.Equal(
            await connection.ListAsync<long>("select hashint8extended(id, 1) from unnest($1) id", CancellationToken, ids),
            ids.Select(StarIdSum.Of)
        );
        AnalysedStars Set(long[] of)
        {
            var set = new AnalysedStars();
            foreach (var id in of)
                set.Add(id, Math.Abs(id % 49152));
            return set;
        }
        var made = await Set(ids).SaveAsync(connection, 7, CancellationToken);
        Assert.Equal(made, await Set(ids).SaveAsync(connection, 7, CancellationToken));
        Assert.NotEqual(made, await Set(ids[1..]).SaveAsync(connection, 7, CancellationToken));
        async Task<bool> IsAsync(string sql) => (bool)(await connection.ScalarAsync(sql, CancellationToken, made, ids))!;
        Assert.True(
            await IsAsync(
                """
                select (s.dataset_id, s.star_count, s.hash_1, s.hash_2)
                       = (7::bigint, count(*), bit_xor(hashint8extended(id, 1)), bit_xor(id))
                from public.analysed_sets s, unnest($2) id where s.set_id = $1 group by s.set_id
                """
            )
        );
        Assert.True(
            await IsAsync(
                """
                select array_agg((b.block, b.members) order by b.block) = (select array_agg((k.block, k.members) order by k.block) from (
                  select id >> 10 as block, bit_or(set_bit(B'0'::bit(1024), (id & 1023)::int, 1)) as members
                  from unnest($2) id group by 1) k)
                from public.analysed_set_blocks b where b.set_id = $1
                """
            )
        );
        Assert.True(
            await IsAsync(
                """
                select array_agg((c.dataset_id, c.healpix_6, c.stars) order by c.healpix_6) = (
                  select array_agg((7::bigint, k.cell, k.n) order by k.cell) from (
                    select abs(id % 49152) as cell, count(*) as n from unnest($2) id group by 1) k)
                from public.analysed_set_cells c where c.set_id = $1
                """
            )
        );
        Assert.Throws<ArgumentException>(() => Set([5, 5]));
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task A_set_goes_with_the_last_run_that_has_it_and_one_that_can_be_brought_back_has_it(ViewMode mode)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var files = new RunsInFiles(test);
        var (dataset, stars) = await files.RegisterAsync("lying", 20, Place);
        var first = await RunAsync(test, files, dataset, stars, i => i - 2.5);
        var second = await RunAsync(test, files, dataset, stars, i => i - 4.5);
        var part = await RunAsync(test, files, dataset, stars[8..], i => i - 0.5);
        Assert.Equal(["2 | 5 | 27 | 15 | 6 | 9"], await test.StringsAsync(Kept));
        var (runs, deletions) = (new RunRepository(test.Ledger), new LedgerDeletions(test.Ledger));
        await AgreeAsync(test);
        Assert.Empty(await deletions.RunsAsync(CancellationToken));

        await runs.DeleteAsync(first, CancellationToken);
        await runs.PutAwayAsync(second, null, CancellationToken);
        await runs.PutAwayAsync(part, null, CancellationToken);
        Assert.Equal(["2 | 5 | 27 | 15 | 6 | 0"], await test.StringsAsync(Kept));
        Assert.Equal([second, part], (await deletions.RunsAsync(CancellationToken)).Order());
        await AgreeAsync(test);
        Assert.Empty(await test.StringsAsync("select star_id from mv_star_anomaly_frequency"));

        await deletions.RestoreRunAsync(second, CancellationToken);
        await AgreeAsync(test);
        Assert.Equal(6, await test.ScalarAsync<long>("select count(*) from mv_star_anomaly_frequency"));
        Assert.Equal(20, await test.ScalarAsync<long>("select sum(star_analyses)::bigint from mv_dataset_coverage"));
        Assert.Equal(
            2,
            await deletions.EmptyAsync(null, CancellationToken) + await test.ScalarAsync<long>("select count(*) from analysed_sets")
        );
        Assert.Equal(["1 | 3 | 15 | 15 | 6 | 5"], await test.StringsAsync(Kept));
        await runs.DeleteAsync(second, CancellationToken);
        Assert.Equal(["0 | 0 | 0 | 15 | 6 | 0"], await test.StringsAsync(Kept));
        await AgreeAsync(test);
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task A_dataset_comes_back_with_its_runs_and_its_cells_and_gone_for_good_it_leaves_nothing(ViewMode mode)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var files = new RunsInFiles(test);
        var (dataset, stars) = await files.RegisterAsync("lying", 20, Place);
        await RunAsync(test, files, dataset, stars, i => i - 2.5);
        await RunAsync(test, files, dataset, stars[8..], i => i - 0.5);
        await test.ExecuteAsync($"insert into star_labels (star_id, is_anomaly) values ({stars[0]}, 1)");
        await AgreeAsync(test);
        var views = await ViewsAsync(test);
        var kept = await test.StringsAsync(Kept);
        var datasets = new DatasetRepository(test.Ledger);

        await datasets.PutAwayAsync(dataset, withRuns: true, null, CancellationToken);
        Assert.Equal(["2 | 5 | 27 | 0 | 0 | 0"], await test.StringsAsync(Kept));
        await AgreeAsync(test);
        Assert.Empty(await test.StringsAsync("select * from mv_dataset_coverage"));
        await datasets.RestoreAsync("lying", cancellationToken: CancellationToken);
        await AgreeAsync(test);
        Assert.Equal(kept, await test.StringsAsync(Kept));
        Assert.Equal(views, await ViewsAsync(test));

        await datasets.DeleteAsync(dataset, withRuns: true, CancellationToken);
        Assert.Equal(["0 | 0 | 0 | 0 | 0 | 0"], await test.StringsAsync(Kept));
        await AgreeAsync(test);
        foreach (var table in new[] { "dataset_cells", "counted_datasets", "region_flags", "star_sets", "star_set_cells", "runs" })
            Assert.Equal(0, await test.ScalarAsync<long>($"select count(*) from view_summaries.{table}"));
    }

    [Fact]
    public async Task Deleted_with_its_dataset_a_set_goes_when_that_cannot_come_back_any_more()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var files = new RunsInFiles(test);
        var (dataset, stars) = await files.RegisterAsync("lying", 20, Place);
        await RunAsync(test, files, dataset, stars, i => i - 2.5);
        await new DatasetRepository(test.Ledger).PutAwayAsync(dataset, withRuns: true, null, CancellationToken);
        Assert.Equal(1, await test.ScalarAsync<long>("select count(*) from analysed_sets"));
        await new LedgerDeletions(test.Ledger).EmptyAsync(null, CancellationToken);
        Assert.Equal(["0 | 0 | 0 | 0 | 0 | 0"], await test.StringsAsync(Kept));
    }

    /// <summary>Room is asked for what is in the ledger, not for what the files hold.</summary>
    [Fact]
    public async Task Rows_to_keep_of_a_deleted_run_are_those_that_the_ledger_has()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var files = new RunsInFiles(test);
        var (lying, stars) = await files.RegisterAsync("lying", 20, Place);
        var (loaded, others) = await test.AddDatasetAsync("loaded", 9);
        Guid[] runs =
        [
            await RunAsync(test, files, lying, stars, i => i - 2.5),
            await TestRuns.CompleteAsync(test, loaded, others, i => i - 0.5),
        ];
        await using var connection = await test.Ledger.ConnectAsync(CancellationToken);
        Assert.Equal(3 + 9L, await DeletedRuns.ResultsAsync(connection, runs, CancellationToken));
        await test.ExecuteAsync($"update datasets set star_count = 100000000000 where dataset_id = {lying}");
        await new DatasetRepository(test.Ledger).PutAwayAsync(lying, withRuns: true, null, CancellationToken);
    }

    [Fact]
    public async Task Who_finds_the_set_of_a_run_that_is_just_being_deleted_keeps_it()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var files = new RunsInFiles(test);
        var (dataset, stars) = await files.RegisterAsync("lying", 20, Place);
        var first = await RunAsync(test, files, dataset, stars, i => i - 2.5);
        var second = await new RunRepository(test.Ledger).CreateAsync(dataset, new IsolationForestParameters(), StarFilter.All);
        var set = new AnalysedStars();
        foreach (var star in stars)
            set.Add(star, 0);
        Task deletion;
        await using (var connection = await test.Ledger.ConnectAsync(CancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken);
            var found = await set.SaveAsync(connection, dataset, CancellationToken);
            deletion = new RunRepository(test.Ledger).DeleteAsync(first, CancellationToken);
            const string Waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
            while (await test.ScalarAsync<long>(Waiting) == 0)
                await Task.Delay(10, CancellationToken);
            await connection.ExecuteAsync(
                "update public.discovery_runs set status = 'completed', is_complete = true, completed_at = now(), star_set_id = $2 "
                    + "where run_id = $1",
                CancellationToken,
                second.RunId,
                found
            );
            await transaction.CommitAsync(CancellationToken);
        }
        await deletion;
        Assert.Equal(["1 | 3 | 15 | 15 | 3 | 0"], await test.StringsAsync(Kept));
        await AgreeAsync(test);
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task A_backup_has_the_sets_of_the_runs_that_it_has(ViewMode mode)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var files = new RunsInFiles(test);
        var (dataset, stars) = await files.RegisterAsync("lying", 20, Place);
        await RunAsync(test, files, dataset, stars, i => i - 2.5);
        var gone = await RunAsync(test, files, dataset, stars[8..], i => i - 0.5);
        await new RunRepository(test.Ledger).PutAwayAsync(gone, null, CancellationToken);
        await AgreeAsync(test);
        using var backup = new MemoryStream();
        await new LedgerBackup(test.Ledger).WriteAsync(backup, BackupPurpose.Backup, cancellationToken: CancellationToken);
        backup.Position = 0;
        await using var other = await TestLedger.CreateEmptyAsync();
        await new LedgerRestore(other.Ledger).ReadAsync(backup, cancellationToken: CancellationToken);
        Assert.Equal(["1 | 3 | 15 | 15 | 4 | 3"], await other.StringsAsync(Kept));
        await AgreeAsync(other);
        Assert.Equal(await ViewsAsync(test), await ViewsAsync(other));
        // Another set gets another number.
        var (more, others) = await new RunsInFiles(other).RegisterAsync("more", 3, Place);
        Assert.True(others[0] > stars[^1]);
        var run = await new RunRepository(other.Ledger).GetAsync(
            Guid.Parse((await other.StringsAsync("select run_id from discovery_runs"))[0]),
            CancellationToken
        );
        await using var connection = await other.Ledger.ConnectAsync(CancellationToken);
        Assert.True(await new AnalysedStars().SaveAsync(connection, more, CancellationToken) > run.StarSetId);
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task Going_back_behind_them_takes_the_runs_away_and_leaves_the_catalogue(ViewMode mode)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var files = new RunsInFiles(test);
        var (dataset, stars) = await files.RegisterAsync("lying", 20, Place);
        var (loaded, others) = await test.AddDatasetAsync("loaded", 9);
        await RunAsync(test, files, dataset, stars, i => i - 2.5);
        var gone = await RunAsync(test, files, dataset, stars, i => i - 3.5);
        await new RunRepository(test.Ledger).PutAwayAsync(gone, null, CancellationToken);
        var usual = await TestRuns.CompleteAsync(test, loaded, others, i => i - 2.5);
        await test.ExecuteAsync($"insert into star_labels (star_id, is_anomaly) values ({stars[0]}, 1), ({others[0]}, 1)");
        Assert.Equal(
            [
                ("counts of stars by place of catalogues read where they lie", 1L),
                ("runs whose results are in files", 1L),
                ("stars of catalogues read where they lie", 4L),
            ],
            (await test.Ledger.Schema.LossesAsync("AddDistribution", CancellationToken)).Select(l => (l.What, l.Count)).Order()
        );

        await test.Ledger.Schema.RollbackAsync("AddDistribution", CancellationToken);
        Assert.Equal([usual.ToString()], await test.StringsAsync("select run_id from discovery_runs"));
        Assert.Equal(
            ["9 | 1 | 2 | 0"],
            await test.StringsAsync(
                "select (select count(*) from stars), (select count(*) from star_labels), (select count(*) from datasets), "
                    + "(select count(*) from deletions)"
            )
        );
        // As a program of then goes on.
        await test.ExecuteAsync($"delete from discovery_runs; delete from datasets where dataset_id = {loaded}");
        await test.Ledger.Schema.MigrateAsync(CancellationToken);
        await AgreeAsync(test);
        Assert.Empty(await test.StringsAsync("select * from mv_dataset_coverage"));
        await RunAsync(test, files, dataset, stars, i => i - 2.5);
        await AgreeAsync(test);
    }

    [Fact]
    public async Task Runs_whose_results_are_in_files_and_distributed_tables_exclude_each_other()
    {
        Assert.SkipWhen((await TestDatabaseServer.GetAsync()).IsCitus, CitusStub.NoneHere);
        await using var test = await TestLedger.CreateWholeAsync();
        await test.ExecuteAsync(CitusStub.Install);
        var files = new RunsInFiles(test);
        var (dataset, stars) = await files.RegisterAsync("lying", 20, Place);
        var run = await RunAsync(test, files, dataset, stars, i => i - 2.5);
        var distribution = new LedgerDistribution(test.Ledger);
        Assert.StartsWith(
            "the results of a run are in files, and",
            Assert.Single((await distribution.PlanAsync(4, CancellationToken)).Problems).What,
            StringComparison.Ordinal
        );
        await new RunRepository(test.Ledger).PutAwayAsync(run, null, CancellationToken);
        var error = await Assert.ThrowsAsync<LedgerException>(() => distribution.DistributeAsync(4, cancellationToken: CancellationToken));
        Assert.Equal(ErrorCode.DistributionNotPossible, error.Code);
        Assert.Contains("(1 of them deleted and not gone yet)", error.Message, StringComparison.Ordinal);
        await new LedgerDeletions(test.Ledger).EmptyAsync(null, CancellationToken);
        Assert.True(await distribution.DistributeAsync(4, cancellationToken: CancellationToken));

        await using var connection = await test.Ledger.ConnectAsync(CancellationToken);
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            new AnalysedStars().SaveAsync(connection, dataset, CancellationToken)
        );
        Assert.Equal(ErrorCode.LedgerDistributed, refused.Code);
        Assert.EndsWith(
            " only where all tables of the ledger are on one machine, and those of this ledger are distributed",
            refused.Message
        );
    }

    [Fact]
    public async Task Who_needs_every_stars_result_is_told_where_they_are()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var files = new RunsInFiles(test);
        var (dataset, stars) = await files.RegisterAsync("lying", 20, Place);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.GetAsync(await RunAsync(test, files, dataset, stars, i => i - 2.5), CancellationToken);
        var error = Assert.Throws<LedgerException>(() => RunRows.Require(run));
        Assert.Equal(
            (ErrorCode.ResultsInFiles, run.RunId, $"/nowhere/results/{run.RunId}"),
            (error.Code, error.Facts["run_id"], error.Facts["path"])
        );
        Assert.Equal(20, ResultFiles.Of(run)!.Rows);
        var (loaded, others) = await test.AddDatasetAsync("loaded", 9);
        RunRows.Require(await runs.GetAsync(await TestRuns.CompleteAsync(test, loaded, others, i => i - 2.5), CancellationToken));
    }

    /// <summary>Of one star the answer is that of the view, in either mode: of one that the ledger has, and of one that it has
    /// not.</summary>
    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task Labels_and_the_frequency_of_one_star_are_right_of_stars_that_are_kept(ViewMode mode)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var files = new RunsInFiles(test);
        var (dataset, stars) = await files.RegisterAsync("lying", 20, Place);
        await RunAsync(test, files, dataset, stars, i => i - 2.5);
        await RunAsync(test, files, dataset, stars[1..], i => i - 0.5);
        await test.ExecuteAsync($"insert into star_labels (star_id, is_anomaly) select star_id, 1 from stars");
        await AgreeAsync(test);
        // Labels are of flagged stars alone: against them no run can be judged.
        Assert.Empty(await test.StringsAsync("select * from mv_discovery_quality"));
        async Task<string> OfAsync(long star) =>
            string.Join(
                "; ",
                await test.StringsAsync(
                    $"select anomaly_count, total_runs, frequency_pct from mv_star_anomaly_frequency where star_id = {star}"
                )
            );
        Assert.Equal(
            ["1 | 1 | 100", "2 | 2 | 100", "1 | 2 | 50", ""],
            [await OfAsync(stars[0]), await OfAsync(stars[1]), await OfAsync(stars[2]), await OfAsync(stars[3])]
        );
        Assert.Equal(
            ["1 | 1 | 100", "2 | 2 | 100", "1 | 2 | 50"],
            await test.StringsAsync(
                $"select f.anomaly_count, f.total_runs, f.frequency_pct from unnest(array[{stars[0]}, {stars[1]}, {stars[2]}]) s, "
                    + "view_summaries.frequency_of(s) f order by s"
            )
        );
    }

    private static async Task<List<string>> ViewsAsync(TestLedger test)
    {
        var rows = new List<string>();
        foreach (var view in AnalyticsViews.All)
            rows.AddRange(await test.StringsAsync($"select '{view.Name}', to_jsonb(v) from {view.Name} v order by {view.Order}"));
        return rows;
    }

    private static async Task AgreeAsync(TestLedger test)
    {
        Assert.All(
            await new ViewRefresher(test.Ledger).RefreshPendingAsync(cancellationToken: CancellationToken),
            o => Assert.True(o.Succeeded, o.Error)
        );
        await ViewAssert.AgreeAsync(test);
    }
}
