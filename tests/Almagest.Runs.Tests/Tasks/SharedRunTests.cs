using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Runs.Tasks;
using Almagest.Runs.Tests.Execution;
using Xunit;

namespace Almagest.Runs.Tests.Tasks;

/// <summary>Runs that several workers share store what one program stores, and nothing of them is seen before they are complete.</summary>
public sealed class SharedRunTests(SharedRunTests.Field field) : IClassFixture<SharedRunTests.Field>
{
    private const int Stars = 6_000;
    private const int Piece = 900;

    private static readonly RunMemory s_tiles = new() { AvailableBytes = 1L << 40, MostHeld = 0 };

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("isolation_forest", """{"features": "population", "n_estimators": 20, "draws": 4}""")]
    [InlineData("isolation_forest", """{"features": "default", "n_estimators": 10, "missing": "impute", "draws": 40}""")]
    [InlineData("extended_isolation_forest", """{"features": "deep", "n_estimators": 10, "draws": 3, "contamination": 0.01}""")]
    [InlineData("mcd", """{"features": "astrometric", "draws": 2}""")]
    public async Task Any_number_of_workers_stores_the_same_rows_hash_summary_and_exclusions(string algorithm, string parameters)
    {
        var asked = Algorithms.Find(algorithm)!.Read(parameters);
        var alone = (await new DiscoveryService(field.Ledger.Ledger).RunOnlyAsync(Request(asked), null, CancellationToken)).RunId!.Value;
        foreach (var (workers, inFiles) in ((int, bool)[])[(1, false), (2, true), (4, true)])
        {
            var run = await SubmitAsync(asked);
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(run.RunId, inFiles)));
            await AssertSameAsync(field.Ledger, alone, run.RunId);
        }
    }

    [Fact]
    public async Task Nothing_of_a_run_is_stored_before_it_is_complete_and_views_count_it_once()
    {
        await using var test = await TestLedger.CreateAsync();
        await FillAsync(test, 2_000);
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental, null, CancellationToken);
        var run = await SubmitAsync(test, Forest);
        var (tasks, worker) = (new TaskClaims(test.Ledger), Worker(test));
        var last = false;
        var done = 0;
        while (!last)
        {
            Assert.Equal(0, await test.ScalarAsync<long>($"select count(*) from {test.SeenResults}"));
            Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from discovery_exclusions"));
            Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from mv_discovery_run_stats"));
            last = await worker.ExecuteAsync((await tasks.NextAsync(null, CancellationToken))!, null, CancellationToken);
            done++;
        }
        // Prepare, three tiles twice, threshold, complete.
        Assert.Equal(9, done);
        Assert.Equal(run.RunId, await test.ScalarAsync<Guid>("select run_id from mv_discovery_run_stats"));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from mv_star_anomaly_frequency where total_runs <> 1"));
        Assert.Null(await tasks.NextAsync(null, CancellationToken));
    }

    [Fact]
    public async Task A_task_waits_for_a_node_that_is_away_however_often_and_its_worker_is_not_called_lost()
    {
        await using var test = await TestLedger.CreateAsync();
        await FillAsync(test, 2_000);
        var run = await SubmitAsync(test, Forest);
        var (tasks, worker) = (new TaskClaims(test.Ledger), Worker(test));
        TaskWorker.AtTask = task =>
        {
            if (task.Run.RunId == run.RunId)
                throw LedgerException.Of(ErrorCode.DatabaseNodeAway, "a node of the database does not answer");
        };
        try
        {
            for (var i = 0; i < 12; i++)
            {
                var task = (await tasks.NextAsync(run.RunId, CancellationToken))!;
                var error = await Assert.ThrowsAsync<LedgerException>(() => worker.ExecuteAsync(task, null, CancellationToken));
                Assert.Equal(ErrorCode.DatabaseNodeAway, error.Code);
            }
        }
        finally
        {
            TaskWorker.AtTask = null;
        }
        Assert.Equal("waiting 0", await test.ScalarAsync<string>("select status || ' ' || losses from run_tasks"));
        Assert.True(await worker.WorkOffAsync(run.RunId, null, CancellationToken) > 0);
        Assert.True(await test.ScalarAsync<bool>("select is_complete from discovery_runs"));
    }

    [Fact]
    public async Task A_task_whose_worker_was_lost_waits_again_and_the_late_worker_keeps_nothing()
    {
        await using var test = await TestLedger.CreateAsync();
        await FillAsync(test, 2_000);
        var run = await SubmitAsync(test, Forest);
        var (tasks, worker) = (new TaskClaims(test.Ledger), Worker(test));
        await worker.ExecuteAsync((await tasks.NextAsync(null, CancellationToken))!, null, CancellationToken);
        var late = (await tasks.NextAsync(run.RunId, CancellationToken))!;
        Assert.Equal(TaskPhase.Score, late.Phase);
        // A whole run would have to be taken by its own queue: this one never is.
        Assert.Null(await new RunClaims(test.Ledger).TakeAsync(run.RunId, CancellationToken));
        Assert.Null(await new RunClaims(test.Ledger).NextAsync(CancellationToken));

        await test.ExecuteAsync("update run_tasks set heartbeat_at = heartbeat_at - interval '7 seconds' where status = 'running'");
        Assert.Equal(1, (await new RunClaims(test.Ledger).HandleLostRunsAsync(CancellationToken)).Tasks);
        var lost = await Assert.ThrowsAsync<LedgerException>(() => worker.ExecuteAsync(late, null, CancellationToken));
        Assert.Equal(ErrorCode.RunLost, lost.Code);
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from run_tasks where phase = 1 and status = 'done'"));

        // One that hangs and still has its session, a minute later.
        var again = (await tasks.NextAsync(run.RunId, CancellationToken))!;
        Assert.Equal((late.Number, late.Attempt + 1), (again.Number, again.Attempt));
        await using (await AdvisoryLock.TryTakeAsync(test.Ledger, again.Lock, CancellationToken))
        {
            await test.ExecuteAsync("update run_tasks set heartbeat_at = heartbeat_at - interval '50 seconds' where status = 'running'");
            Assert.Equal(0, (await new RunClaims(test.Ledger).HandleLostRunsAsync(CancellationToken)).Tasks);
            await test.ExecuteAsync("update run_tasks set heartbeat_at = heartbeat_at - interval '20 seconds' where status = 'running'");
            Assert.Equal(1, (await new RunClaims(test.Ledger).HandleLostRunsAsync(CancellationToken)).Tasks);
        }
        await test.ExecuteAsync("update run_tasks set not_before = '-infinity'");
        await WorkAsync(test, run.RunId);
        Assert.True((await new RunRepository(test.Ledger).GetAsync(run.RunId, CancellationToken)).IsComplete);
    }

    [Fact]
    public async Task A_task_that_loses_its_worker_again_and_again_fails_its_run()
    {
        await using var test = await TestLedger.CreateAsync();
        await FillAsync(test, 2_000);
        var run = await SubmitAsync(test, Forest);
        var tasks = new TaskClaims(test.Ledger);
        for (var i = 0; i <= TaskClaims.MostLosses; i++)
        {
            Assert.NotNull(await tasks.NextAsync(run.RunId, CancellationToken));
            await test.ExecuteAsync("update run_tasks set heartbeat_at = heartbeat_at - interval '7 seconds'");
            await new RunClaims(test.Ledger).HandleLostRunsAsync(CancellationToken);
            await test.ExecuteAsync("update run_tasks set not_before = '-infinity'");
        }
        var failed = await new RunRepository(test.Ledger).GetAsync(run.RunId, CancellationToken);
        Assert.Equal(RunStatus.Failed, failed.Status);
        Assert.Contains("lost its worker 11 times", failed.Error, StringComparison.Ordinal);
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from run_tasks"));
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("change")]
    [InlineData("fail")]
    public async Task A_run_that_does_not_complete_leaves_nothing(string how)
    {
        await using var test = await TestLedger.CreateAsync();
        await FillAsync(test, 2_000);
        var run = await SubmitAsync(test, Forest);
        var (tasks, worker, claims) = (new TaskClaims(test.Ledger), Worker(test), new RunClaims(test.Ledger));
        for (var i = 0; i < 3; i++)
            await worker.ExecuteAsync((await tasks.NextAsync(null, CancellationToken))!, null, CancellationToken);
        var status = RunStatus.Failed;
        switch (how)
        {
            case "cancel":
                // Nobody is at it who would have to hear it first.
                Assert.Equal(RunStatus.Cancelled, (await claims.CancelAsync(run.RunId, CancellationToken)).Status);
                Assert.Null(await tasks.NextAsync(null, CancellationToken));
                status = RunStatus.Cancelled;
                break;
            case "change":
                await test.ExecuteAsync("update stars set pmra_mas_yr = pmra_mas_yr + 1");
                var task = (await tasks.NextAsync(null, CancellationToken))!;
                var changed = await Assert.ThrowsAsync<LedgerException>(() => worker.ExecuteAsync(task, null, CancellationToken));
                Assert.Equal(ErrorCode.RunStarsChanged, changed.Code);
                break;
            default:
                await new RunRepository(test.Ledger).FailAsync(run.RunId, "trouble", CancellationToken);
                break;
        }
        await claims.HandleLostRunsAsync(CancellationToken);
        Assert.Equal(status, (await new RunRepository(test.Ledger).GetAsync(run.RunId, CancellationToken)).Status);
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from run_tasks"));
        Assert.Equal(0, await test.ScalarAsync<long>($"select count(*) from {test.SeenResults}"));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_while_a_task_is_kept_is_cancelled_by_its_worker()
    {
        await using var test = await TestLedger.CreateAsync();
        await FillAsync(test, 2_000);
        var run = await SubmitAsync(test, Forest);
        var task = (await new TaskClaims(test.Ledger).NextAsync(null, CancellationToken))!;
        Assert.Equal(RunStatus.Running, (await new RunClaims(test.Ledger).CancelAsync(run.RunId, CancellationToken)).Status);
        var stopped = await Assert.ThrowsAsync<LedgerException>(() => Worker(test).ExecuteAsync(task, null, CancellationToken));
        Assert.Equal(ErrorCode.RunCancelled, stopped.Code);
        Assert.Equal(RunStatus.Cancelled, (await new RunRepository(test.Ledger).GetAsync(run.RunId, CancellationToken)).Status);
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from run_tasks"));
    }

    [Fact]
    public async Task What_happens_to_a_worker_that_has_lost_its_task_does_not_fail_the_run()
    {
        await using var test = await TestLedger.CreateAsync();
        await FillAsync(test, 2_000);
        var run = await SubmitAsync(test, Forest);
        var (tasks, worker) = (new TaskClaims(test.Ledger), Worker(test));
        await worker.ExecuteAsync((await tasks.NextAsync(null, CancellationToken))!, null, CancellationToken);
        var late = (await tasks.NextAsync(null, CancellationToken))!;
        await test.ExecuteAsync("update run_tasks set heartbeat_at = heartbeat_at - interval '7 seconds' where status = 'running'");
        await new RunClaims(test.Ledger).HandleLostRunsAsync(CancellationToken);
        await test.ExecuteAsync("update run_tasks set not_before = '-infinity'");
        Assert.Equal(late.Number, (await tasks.NextAsync(null, CancellationToken))!.Number);

        await test.ExecuteAsync("update stars set pmra_mas_yr = pmra_mas_yr + 1");
        await Assert.ThrowsAsync<LedgerException>(() => worker.ExecuteAsync(late, null, CancellationToken));
        Assert.Equal(RunStatus.Running, (await new RunRepository(test.Ledger).GetAsync(run.RunId, CancellationToken)).Status);
    }

    [Fact]
    public async Task A_run_that_is_being_deleted_is_not_begun()
    {
        await using var test = await TestLedger.CreateAsync();
        await FillAsync(test, 2_000);
        var run = await SubmitAsync(test, Forest);
        await using (var deleting = await test.Ledger.ConnectAsync(CancellationToken))
        await using (await deleting.BeginTransactionAsync(CancellationToken))
        {
            // So a deletion begins: the tasks follow. Whoever had a task and waited for the run would be waited for.
            await deleting.ExecuteAsync("select from discovery_runs for update", CancellationToken);
            Assert.Null(await new TaskClaims(test.Ledger).NextAsync(null, CancellationToken));
            Assert.Null(await new TaskClaims(test.Ledger).NextAsync(run.RunId, CancellationToken));
        }
        Assert.NotNull(await new TaskClaims(test.Ledger).NextAsync(null, CancellationToken));
    }

    [Fact]
    public async Task The_time_in_which_nobody_was_at_a_run_does_not_count_and_short_tasks_tell_how_far_it_is()
    {
        await using var test = await TestLedger.CreateAsync();
        await FillAsync(test, 2_000);
        var run = await SubmitAsync(test, Forest);
        var (tasks, worker) = (new TaskClaims(test.Ledger), Worker(test));
        await worker.ExecuteAsync((await tasks.NextAsync(null, CancellationToken))!, null, CancellationToken);
        await test.ExecuteAsync(
            "update discovery_runs set started_at = now() - interval '13 hours', heartbeat_at = now() - interval '12 hours'"
        );
        var task = (await tasks.NextAsync(null, CancellationToken))!;
        Assert.InRange(task.Since, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(75));
        await worker.ExecuteAsync(task, null, CancellationToken);

        await test.ExecuteAsync("update discovery_runs set heartbeat_at = now() - interval '5 seconds'");
        await worker.ExecuteAsync((await tasks.NextAsync(null, CancellationToken))!, null, CancellationToken);
        Assert.Equal(
            "compute (2 of 9 tasks done)",
            (await new RunRepository(test.Ledger).GetAsync(run.RunId, CancellationToken)).ProgressStage
        );
    }

    [Theory]
    [InlineData("pmra_mas_yr = case when star_id % 6000 between 500 and 3500 then null else pmra_mas_yr end")]
    [InlineData("pmra_error = null, pmdec_error = null, parallax_error_mas = null")]
    public async Task Tiles_of_which_no_star_is_analysed_and_stars_without_errors_change_nothing(string change)
    {
        await using var test = await TestLedger.CreateAsync();
        await FillAsync(test, Stars);
        await test.ExecuteAsync($"update stars set {change}");
        var asked = Algorithms.Find("isolation_forest")!.Read("""{"features": "astrometric", "n_estimators": 5, "draws": 3}""");
        var alone = (await new DiscoveryService(test.Ledger).RunOnlyAsync(Request(asked), null, CancellationToken)).RunId!.Value;
        var run = await SubmitAsync(test, asked);
        await WorkAsync(test, run.RunId);
        await AssertSameAsync(test, alone, run.RunId);
    }

    [Theory]
    [InlineData("dbscan", "{}", null, "a search for clusters looks at all")]
    [InlineData("knn", "{}", null, "knn looks at all")]
    [InlineData("isolation_forest", """{"n_estimators": 10000, "max_samples": 65536}""", null, "more than the 256 MiB")]
    [InlineData("isolation_forest", "{}", """{"sample": {"n": 100, "seed": 1}}""", "random sample")]
    public async Task What_cannot_be_split_is_refused_before_it_is_stored(string algorithm, string parameters, string? filter, string why)
    {
        var before = await field.Ledger.ScalarAsync<long>("select count(*) from discovery_runs");
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            new RunSubmitter(field.Ledger.Ledger).SubmitAsync(
                new RunRequest("sky", StarFilter.FromJson(filter ?? "{}"), Algorithms.Find(algorithm)!.Read(parameters)),
                RunPlacement.Queued with
                {
                    Distributed = true,
                },
                null,
                CancellationToken
            )
        );
        Assert.Equal(ErrorCode.NotDistributable, refused.Code);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await field.Ledger.ScalarAsync<long>("select count(*) from discovery_runs"));
    }

    [Fact]
    public async Task Tasks_of_another_version_are_left_alone_and_given_up_when_nobody_is_at_them_any_more()
    {
        await using var test = await TestLedger.CreateAsync();
        await FillAsync(test, 2_000);
        var run = await SubmitAsync(test, Forest);
        var (tasks, claims) = (new TaskClaims(test.Ledger), new RunClaims(test.Ledger));
        await Worker(test).ExecuteAsync((await tasks.NextAsync(null, CancellationToken))!, null, CancellationToken);
        await test.ExecuteAsync("update run_tasks set program_version = '0.0.1' where phase > 0");
        Assert.Null(await tasks.NextAsync(null, CancellationToken));
        await claims.HandleLostRunsAsync(CancellationToken);
        Assert.Equal(RunStatus.Running, (await new RunRepository(test.Ledger).GetAsync(run.RunId, CancellationToken)).Status);
        await test.ExecuteAsync("update discovery_runs set heartbeat_at = now() - interval '11 minutes'");
        await claims.HandleLostRunsAsync(CancellationToken);
        var failed = await new RunRepository(test.Ledger).GetAsync(run.RunId, CancellationToken);
        Assert.Equal(RunStatus.Failed, failed.Status);
        Assert.Contains("of version 0.0.1", failed.Error, StringComparison.Ordinal);
    }

    private static RunParameters Forest =>
        Algorithms.Find("isolation_forest")!.Read("""{"features": "astrometric", "n_estimators": 5, "draws": 2}""");

    private static async Task AssertSameAsync(TestLedger test, Guid alone, Guid shared)
    {
        Assert.Equal(RunStatus.Completed, (await new RunRepository(test.Ledger).GetAsync(shared, CancellationToken)).Status);
        Assert.Equal(
            0,
            await test.ScalarAsync<long>(
                $"""
                select count(*) from
                  (select {StoredResult.Columns} from discovery_results where run_id = '{alone}') a
                  full join (select {StoredResult.Columns} from discovery_results where run_id = '{shared}') b using (star_id)
                where a is distinct from b
                """
            )
        );
        Assert.Equal(
            0,
            await test.ScalarAsync<long>(
                $"""
                select count(*) from
                  (select reason, healpix_6, stars from discovery_exclusions where run_id = '{alone}') a
                  full join (select reason, healpix_6, stars from discovery_exclusions where run_id = '{shared}') b
                    using (reason, healpix_6)
                where a.stars is distinct from b.stars
                """
            )
        );
        Assert.Equal(
            1,
            await test.ScalarAsync<long>(
                $"""
                select count(distinct (results_hash, total_stars, results_summary::text)) from discovery_runs
                where run_id in ('{alone}', '{shared}')
                """
            )
        );
        Assert.Equal(0, await test.ScalarAsync<long>($"select count(*) from run_tasks where run_id = '{shared}'"));
    }

    private Task<DiscoveryRun> SubmitAsync(RunParameters parameters) => SubmitAsync(field.Ledger, parameters);

    private static async Task<DiscoveryRun> SubmitAsync(TestLedger test, RunParameters parameters) =>
        (
            await new RunSubmitter(test.Ledger).SubmitAsync(
                Request(parameters),
                RunPlacement.Queued with
                {
                    Distributed = true,
                },
                null,
                CancellationToken
            )
        ).Runs[0];

    private static RunRequest Request(RunParameters parameters) => new("sky", StarFilter.All, parameters);

    private static TaskWorker Worker(TestLedger test, bool inFiles = false) =>
        new(test.Ledger)
        {
            PieceStars = Piece,
            MaxThreads = 1,
            Limits = inFiles ? s_tiles : RunMemory.Here,
            Rooms = () => new ScratchRoom(1 << 14, 1000),
        };

    private Task WorkAsync(Guid runId, bool inFiles) => WorkAsync(field.Ledger, runId, inFiles);

    /// <summary>A worker that goes on until the run has ended.</summary>
    private static async Task WorkAsync(TestLedger test, Guid runId, bool inFiles = false)
    {
        var worker = Worker(test, inFiles);
        while (true)
        {
            var run = await new RunRepository(test.Ledger).GetAsync(runId, CancellationToken);
            if (run.Status is not (RunStatus.Pending or RunStatus.Running))
                return;
            if (await worker.WorkOffAsync(runId, null, CancellationToken) == 0)
                await Task.Delay(10, CancellationToken);
        }
    }

    private static async Task FillAsync(TestLedger test, int stars)
    {
        await test.AddDatasetAsync("sky", stars);
        await test.ExecuteAsync(StarNumbers.FillAll);
    }

    /// <summary>Stars with gaps.</summary>
    public sealed class Field : IAsyncLifetime
    {
        public TestLedger Ledger { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Ledger = await TestLedger.CreateAsync();
            await FillAsync(Ledger, Stars);
        }

        public ValueTask DisposeAsync() => Ledger.DisposeAsync();
    }
}
