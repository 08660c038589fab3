using System.Text.Json.Nodes;
using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;
using Almagest.Testing;
using Xunit;

namespace Almagest.Runs.Tests.Lifecycle;

/// <summary>The queue of runs: who gets one, what becomes of it when its worker is lost, how it is cancelled, repeated and named.</summary>
public sealed class RunQueueTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<DiscoveryRun> QueueAsync(TestLedger test, long dataset, int maxRestarts = 2, Guid? group = null) =>
        await new RunRepository(test.Ledger).CreateAsync(
            dataset,
            new DbscanParameters { Features = "sphere@1" },
            StarFilter.All,
            RunPlacement.Queued with
            {
                MaxRestarts = maxRestarts,
                GroupId = group,
            },
            CancellationToken
        );

    private static Task SilenceAsync(TestLedger test, int seconds = 7) =>
        test.ExecuteAsync($"update discovery_runs set heartbeat_at = heartbeat_at - interval '{seconds} seconds'");

    [Fact]
    public async Task Workers_that_ask_at_once_get_different_runs_oldest_first_and_each_run_once()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 8);
        for (var i = 0; i < 12; i++)
            await QueueAsync(test, dataset);
        var claims = new RunClaims(test.Ledger);
        var all = new List<Guid>();
        for (var round = 0; round < 4; round++)
        {
            var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => claims.NextAsync(CancellationToken)));
            all.AddRange(taken.OfType<RunClaim>().Select(c => c.RunId));
        }
        Assert.Null(await claims.NextAsync(CancellationToken));
        Assert.Equal(12, all.Count);
        Assert.Equal(12, all.Distinct().Count());
    }

    [Fact]
    public async Task A_run_that_a_program_keeps_for_itself_is_not_in_the_queue()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 8);
        var run = await new RunRepository(test.Ledger).CreateAsync(dataset, new DbscanParameters(), StarFilter.All, CancellationToken);
        Assert.Null(await new RunClaims(test.Ledger).NextAsync(CancellationToken));
        await test.ExecuteAsync("update discovery_runs set not_before = now()");
        Assert.Equal(run.RunId, (await new RunClaims(test.Ledger).NextAsync(CancellationToken))!.RunId);
    }

    [Fact]
    public async Task A_run_that_loses_its_worker_is_started_again_and_fails_when_that_happens_too_often()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 8);
        var run = await QueueAsync(test, dataset);
        var claims = new RunClaims(test.Ledger);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            Assert.Equal(attempt, (await claims.TakeAsync(run.RunId, CancellationToken))!.Attempt);
            Assert.Equal(0, (await claims.HandleLostRunsAsync(CancellationToken)).Total);
            await SilenceAsync(test);
            Assert.Equal(
                attempt < 3 ? new LostRunsReport(1, 0, 0) : new LostRunsReport(0, 1, 0),
                await claims.HandleLostRunsAsync(CancellationToken)
            );
        }
        var ended = await new RunRepository(test.Ledger).GetAsync(run.RunId, CancellationToken);
        Assert.Equal((RunStatus.Failed, 2), (ended.Status, ended.Restarts));
        Assert.Contains("3 times in a row", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_whose_session_stands_is_given_a_minute_to_be_heard_again()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 8);
        await QueueAsync(test, dataset);
        var claims = new RunClaims(test.Ledger);
        var claim = (await claims.NextAsync(CancellationToken))!;
        await using var hold = await Almagest.Ledger.Database.AdvisoryLock.TryTakeAsync(test.Ledger, claim.Lock, CancellationToken);
        await SilenceAsync(test, 30);
        Assert.Equal(0, (await claims.HandleLostRunsAsync(CancellationToken)).Total);
        await SilenceAsync(test, 31);
        Assert.Equal(1, (await claims.HandleLostRunsAsync(CancellationToken)).Restarted);
    }

    [Fact]
    public async Task A_worker_that_lost_its_run_cannot_complete_it()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var run = await QueueAsync(test, dataset);
        var (claims, runs) = (new RunClaims(test.Ledger), new RunRepository(test.Ledger));
        var first = (await claims.TakeAsync(run.RunId, CancellationToken))!;
        await using (var late = await runs.BeginCompletionAsync(first, CancellationToken))
        {
            await late.SaveClustersAsync(stars, new int[8], null, CancellationToken);
            await claims.LoseAsync(first, TimeSpan.Zero, "test", CancellationToken);
            Assert.Equal(HeartbeatResponse.Lost, await claims.HeartbeatAsync(first, null, CancellationToken));
            Assert.Equal(
                LedgerErrorKind.Conflict,
                (await Assert.ThrowsAsync<LedgerException>(() => late.MarkCompleteAsync(8, null, CancellationToken))).Kind
            );
        }
        var second = (await claims.TakeAsync(run.RunId, CancellationToken))!;
        await Assert.ThrowsAsync<LedgerException>(() => runs.BeginCompletionAsync(first, CancellationToken));
        await claims.EndAsync(first, RunStatus.Failed, "too late");
        await using (var completion = await runs.BeginCompletionAsync(second, CancellationToken))
        {
            await completion.SaveClustersAsync(stars, new int[8], null, CancellationToken);
            await completion.MarkCompleteAsync(8, null, CancellationToken);
            await completion.CommitAsync(CancellationToken);
        }
        Assert.Equal(RunStatus.Completed, (await runs.GetAsync(run.RunId, CancellationToken)).Status);
        Assert.Equal(8, await test.ScalarAsync<long>($"select count(*) from {test.SeenResults}"));
    }

    [Fact]
    public async Task Heartbeats_store_the_progress_and_bring_the_wish_to_cancel_even_while_results_are_copied()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var run = await QueueAsync(test, dataset);
        var (claims, runs) = (new RunClaims(test.Ledger), new RunRepository(test.Ledger));
        var claim = (await claims.TakeAsync(run.RunId, CancellationToken))!;
        await using var completion = await runs.BeginCompletionAsync(claim, CancellationToken);
        await completion.SaveClustersAsync(stars, new int[8], null, CancellationToken);
        Assert.Equal(HeartbeatResponse.Continue, await claims.HeartbeatAsync(claim, new RunProgress("persist", 0.5), CancellationToken));
        var seen = await runs.GetAsync(run.RunId, CancellationToken);
        Assert.Equal(("persist", 0.5), (seen.ProgressStage, seen.ProgressFraction));
        Assert.Equal(RunStatus.Running, (await claims.CancelAsync(run.RunId, CancellationToken)).Status);
        Assert.Equal(HeartbeatResponse.Cancel, await claims.HeartbeatAsync(claim, null, CancellationToken));
    }

    [Fact]
    public async Task A_pending_run_is_cancelled_at_once_a_cancelled_one_stays_so_and_a_complete_one_cannot_be()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var claims = new RunClaims(test.Ledger);
        var run = await QueueAsync(test, dataset);
        Assert.Equal(RunStatus.Cancelled, (await claims.CancelAsync(run.RunId, CancellationToken)).Status);
        Assert.Equal(RunStatus.Cancelled, (await claims.CancelAsync(run.RunId, CancellationToken)).Status);
        Assert.Null(await claims.NextAsync(CancellationToken));
        var complete = await TestRuns.CompleteAsync(test, dataset, stars, _ => 1);
        Assert.Equal(
            LedgerErrorKind.Conflict,
            (await Assert.ThrowsAsync<LedgerException>(() => claims.CancelAsync(complete, CancellationToken))).Kind
        );
        Assert.Equal(
            LedgerErrorKind.NotFound,
            (await Assert.ThrowsAsync<LedgerException>(() => claims.CancelAsync(Guid.NewGuid(), CancellationToken))).Kind
        );
    }

    [Fact]
    public async Task A_running_run_that_is_cancelled_elsewhere_stops_and_leaves_nothing()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("a", 2000);
        var service = new DiscoveryService(test.Ledger) { MaxThreads = 1 };
        var run = await service.SubmitAsync(
            new RunRequest(
                "a",
                StarFilter.All,
                new IsolationForestParameters
                {
                    NEstimators = 10_000,
                    MaxSamples = 2000,
                    Features = "sphere",
                }
            ),
            CancellationToken
        );
        // The worker waits at its first report, so that the run cannot be complete before it is cancelled, however busy the machine is.
        using var heard = new ManualResetEventSlim();
        var working = Task.Run(() => service.ExecuteAsync(run.RunId, new Gate(heard), CancellationToken), CancellationToken);
        try
        {
            var runs = new RunRepository(test.Ledger);
            await Eventually.HoldsAsync(async () => (await runs.GetAsync(run.RunId, CancellationToken)).Status == RunStatus.Running);
            var beat = await HeartbeatAsync();
            await new RunClaims(test.Ledger).CancelAsync(run.RunId, CancellationToken);
            await Eventually.HoldsAsync(async () => await HeartbeatAsync() > beat);
        }
        finally
        {
            heard.Set();
        }
        var error = await Assert.ThrowsAsync<LedgerException>(() => working);
        Assert.Contains("was cancelled", error.Message, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Cancelled, (await new RunRepository(test.Ledger).GetAsync(run.RunId, CancellationToken)).Status);
        Assert.Equal(0, await test.ScalarAsync<long>($"select count(*) from {test.SeenResults}"));

        Task<DateTime> HeartbeatAsync() =>
            test.ScalarAsync<DateTime>($"select heartbeat_at from discovery_runs where run_id = '{run.RunId}'");
    }

    private sealed class Gate(ManualResetEventSlim open) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => open.Wait(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_retry_is_a_new_run_with_the_same_selection_parameters_and_seed_that_names_the_old_one()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("a", 40);
        var submitter = new RunSubmitter(test.Ledger);
        var old = (
            await submitter.SubmitAsync(
                new RunRequest(
                    "a",
                    StarFilterText.Parse("cone=10,0,60"),
                    new IsolationForestParameters { RandomState = 9, Features = "sphere" }
                ),
                RunPlacement.Queued,
                null,
                CancellationToken
            )
        ).Runs[0];
        Assert.Equal(
            LedgerErrorKind.Conflict,
            (await Assert.ThrowsAsync<LedgerException>(() => submitter.RetryAsync(old.RunId, null, CancellationToken))).Kind
        );
        await new RunRepository(test.Ledger).FailAsync(old.RunId, "the disk caught fire", CancellationToken);
        var again = await submitter.RetryAsync(old.RunId, null, CancellationToken);
        old = await new RunRepository(test.Ledger).GetAsync(old.RunId, CancellationToken);
        again = await new RunRepository(test.Ledger).GetAsync(again.RunId, CancellationToken);
        Assert.NotEqual(old.RunId, again.RunId);
        Assert.Equal(
            (old.RunId, RunStatus.Pending, old.Parameters, old.DatasetFilter, 9L),
            (again.RetryOf!.Value, again.Status, again.Parameters, again.DatasetFilter, again.RandomSeed!.Value)
        );
        Assert.Equal("the disk caught fire", old.Error);
    }

    [Fact]
    public async Task A_key_starts_one_run_however_often_and_however_many_ask_at_once()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("a", 40);
        var submitter = new RunSubmitter(test.Ledger);
        var request = new RunRequest("a", StarFilter.All, new DbscanParameters { Features = "sphere" });
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => submitter.SubmitAsync(request, RunPlacement.Queued, "monday", CancellationToken))
        );
        Assert.Single(answers, a => !a.Repeated);
        Assert.Single(answers.Select(a => a.Runs[0].RunId).Distinct());
        var other = await Assert.ThrowsAsync<LedgerException>(() =>
            submitter.SubmitAsync(
                request with
                {
                    Parameters = new DbscanParameters { Features = "sphere", Eps = 0.7 },
                },
                RunPlacement.Queued,
                "monday",
                CancellationToken
            )
        );
        Assert.Equal((LedgerErrorKind.Conflict, "idempotency_key"), (other.Kind, other.Field));
        Assert.Equal(1, await new RunRepository(test.Ledger).CountAsync(CancellationToken));
        await test.ExecuteAsync("update idempotency_keys set created_at = created_at - interval '25 hours'");
        Assert.False((await submitter.SubmitAsync(request, RunPlacement.Queued, "monday", CancellationToken)).Repeated);
        await test.ExecuteAsync("update idempotency_keys set created_at = created_at - interval '25 hours'");
        Assert.Equal(1, await submitter.ForgetKeysAsync(CancellationToken));
    }

    [Fact]
    public async Task A_sweep_is_stored_as_a_whole_and_summed_up()
    {
        await using var test = await TestLedger.CreateAsync();
        var (_, stars) = await test.AddDatasetAsync("a", 40);
        var parameters = RunSweep.Expand(
            "isolation_forest",
            new JsonObject { ["features"] = "sphere" },
            [new("contamination", [0.05, 0.1]), new("n_estimators", [10, 20])],
            [],
            [1, 2, 3]
        );
        Assert.Equal(12, parameters.Count);
        // Those that differ in the contamination alone stand together: they share a fit.
        Assert.Equal([1L, 1L, 2L, 2L, 3L, 3L, 1L], parameters.Take(7).Select(p => p.Seed!.Value));
        var group = Guid.CreateVersion7();
        var submitted = await new RunSubmitter(test.Ledger).SubmitAsync(
            "a",
            StarFilter.All,
            parameters,
            RunPlacement.Queued with
            {
                GroupId = group,
            },
            "sweep",
            CancellationToken
        );
        var runs = new RunRepository(test.Ledger);
        await using (var completion = await runs.BeginCompletionAsync(submitted.Runs[3].RunId, CancellationToken))
        {
            await completion.SaveAnomaliesAsync(stars, new double[40], CancellationToken);
            await completion.MarkCompleteAsync(40, """{"anomaly_count": 4}""", CancellationToken);
            await completion.CommitAsync(CancellationToken);
        }
        var summary = await SweepSummary.ReadAsync(test.Ledger, group, CancellationToken);
        Assert.Equal(
            (12, 11, 1, 4.0, false),
            (summary.Runs, summary.Statuses[RunStatus.Pending], summary.Statuses[RunStatus.Completed], summary.Mean!.Value, summary.IsOver)
        );
        var repeated = await new RunSubmitter(test.Ledger).SubmitAsync(
            "a",
            StarFilter.All,
            parameters,
            RunPlacement.Queued with
            {
                GroupId = Guid.CreateVersion7(),
            },
            "sweep",
            CancellationToken
        );
        Assert.True(repeated.Repeated);
        Assert.Equal(submitted.Runs.Select(r => r.RunId), repeated.Runs.Select(r => r.RunId));
        Assert.Equal(12, (await runs.ListAsync(new RunQuery { GroupId = group }, CancellationToken)).Count);
    }

    [Fact]
    public void A_sweep_that_makes_no_sense_is_refused()
    {
        static string? Field(Func<object> expand) => Assert.Throws<LedgerException>(expand).Field;
        Assert.Equal("seeds", Field(() => RunSweep.Expand("dbscan", null, [], [], [1, 2])));
        Assert.Equal("grid.eps", Field(() => RunSweep.Expand("dbscan", new JsonObject { ["eps"] = 1 }, [new("eps", [1, 2])], [], [])));
        Assert.Equal("grid.eps", Field(() => RunSweep.Expand("dbscan", null, [new("eps", [])], [], [])));
        Assert.Equal("grid", Field(() => RunSweep.Expand("dbscan", null, [new("eps", [0.5, 0.5])], [], [])));
        Assert.Equal("grid", Field(() => RunSweep.Expand("isolation_forest", null, [], [], [.. Enumerable.Range(0, 1001)])));
        Assert.Equal("parameters.epz", Field(() => RunSweep.Expand("dbscan", null, [new("epz", [1])], [], [])));
    }
}
