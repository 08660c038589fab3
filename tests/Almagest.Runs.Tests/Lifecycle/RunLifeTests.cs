using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Runs.Tests.Lifecycle;

/// <summary>The life of a run: what is visible when, and what can no longer be changed.</summary>
public sealed class RunLifeTests
{
    [Fact]
    public async Task Results_and_completion_become_visible_together()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new IsolationForestParameters(), StarFilter.All);
        await using (var completion = await runs.BeginCompletionAsync(run.RunId))
        {
            await completion.SaveAnomaliesAsync(stars, [.. stars.Select(s => (double)s)]);
            Assert.Equal(0L, await test.ScalarAsync<long>($"select count(*) from {test.SeenResults}"));
            await completion.MarkCompleteAsync(8, "{}");
            Assert.Equal(
                (0L, false),
                (await test.ScalarAsync<long>($"select count(*) from {test.SeenResults}"), (await runs.GetAsync(run.RunId)).IsComplete)
            );
            await completion.CommitAsync();
        }
        Assert.Equal(
            (8L, true),
            (await test.ScalarAsync<long>($"select count(*) from {test.SeenResults}"), (await runs.GetAsync(run.RunId)).IsComplete)
        );
    }

    [Fact]
    public async Task An_abandoned_completion_leaves_nothing()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All);
        await using (var completion = await runs.BeginCompletionAsync(run.RunId))
        {
            await completion.SaveClustersAsync(stars, new int[8]);
            await completion.MarkCompleteAsync(8, null);
        }
        Assert.Equal(RunStatus.Pending, (await runs.GetAsync(run.RunId)).Status);
        Assert.Equal(0L, await test.ScalarAsync<long>($"select count(*) from {test.SeenResults}"));
    }

    [Fact]
    public async Task Results_without_completion_cannot_be_committed()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All);
        await using var completion = await runs.BeginCompletionAsync(run.RunId);
        await completion.SaveClustersAsync(stars, new int[8]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => completion.CommitAsync());
    }

    [Fact]
    public async Task A_complete_run_takes_no_more_results_and_cannot_be_rewritten()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var run = await TestRuns.CompleteAsync(test, dataset, stars, _ => 1);
        var runs = new RunRepository(test.Ledger);
        Assert.Equal(LedgerErrorKind.Conflict, (await Assert.ThrowsAsync<LedgerException>(() => runs.BeginCompletionAsync(run))).Kind);
        await runs.FailAsync(run, "too late");
        Assert.Equal(RunStatus.Completed, (await runs.GetAsync(run)).Status);
        var error = await Assert.ThrowsAsync<PostgresException>(() =>
            test.ExecuteAsync($"update discovery_runs set total_stars = 7 where run_id = '{run}'")
        );
        Assert.Equal(PostgresErrorCodes.ObjectNotInPrerequisiteState, error.SqlState);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public async Task A_score_that_is_no_number_never_reaches_the_ledger(double score)
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 3);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new IsolationForestParameters(), StarFilter.All);
        await using var completion = await runs.BeginCompletionAsync(run.RunId);
        await Assert.ThrowsAsync<LedgerException>(() => completion.SaveAnomaliesAsync(stars, [1, score, 1]));
    }

    [Fact]
    public async Task A_star_twice_in_one_run_is_refused()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 3);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All);
        await using var completion = await runs.BeginCompletionAsync(run.RunId);
        var error = await Assert.ThrowsAsync<LedgerException>(() => completion.SaveClustersAsync([stars[0], stars[0]], [0, 0]));
        // Citus says that a machine refused copied rows, and not why.
        Assert.Equal((await TestDatabaseServer.GetAsync()).IsCitus ? LedgerErrorKind.Unavailable : LedgerErrorKind.Conflict, error.Kind);
    }

    [Fact]
    public async Task Deleting_a_run_takes_its_results_and_leaves_the_others()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 8);
        var gone = await TestRuns.CompleteAsync(test, dataset, stars, _ => 1);
        var kept = await TestRuns.CompleteAsync(test, dataset, stars, _ => -1);
        await new RunRepository(test.Ledger).DeleteAsync(gone);
        Assert.Equal([$"{kept} | 8"], await test.StringsAsync($"select run_id, count(*) from {test.SeenResults} group by run_id"));
        Assert.Equal(
            LedgerErrorKind.NotFound,
            (await Assert.ThrowsAsync<LedgerException>(() => new RunRepository(test.Ledger).DeleteAsync(gone))).Kind
        );
    }

    [Fact]
    public async Task A_run_that_is_being_worked_on_cannot_be_deleted()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 8);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All);
        Assert.True(await runs.StartAsync(run.RunId));
        Assert.False(await runs.StartAsync(run.RunId));
        Assert.Equal(LedgerErrorKind.Conflict, (await Assert.ThrowsAsync<LedgerException>(() => runs.DeleteAsync(run.RunId))).Kind);
        await runs.FailAsync(run.RunId, "enough");
        await runs.DeleteAsync(run.RunId);
    }

    [Fact]
    public async Task A_run_whose_worker_died_is_found_and_failed()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 8);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All);
        await runs.StartAsync(run.RunId);
        Assert.Equal(0, (await new DiscoveryService(test.Ledger).HandleLostRunsAsync()).Total);
        await test.ExecuteAsync("update discovery_runs set heartbeat_at = heartbeat_at - interval '7 seconds'");
        Assert.Equal(new LostRunsReport(0, 1, 0), await new DiscoveryService(test.Ledger).HandleLostRunsAsync());
        var found = await runs.GetAsync(run.RunId);
        Assert.Equal(RunStatus.Failed, found.Status);
        Assert.Contains("ended before it was done", found.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_a_dataset_takes_stars_labels_runs_and_results_of_it_alone()
    {
        await using var test = await TestLedger.CreateAsync();
        var (first, a) = await test.AddDatasetAsync("a", 8);
        var (second, b) = await test.AddDatasetAsync("b", 5);
        await TestRuns.CompleteAsync(test, first, a, _ => -1);
        await TestRuns.CompleteAsync(test, second, b, _ => -1);
        await test.ChangeLabelsAsync("insert into star_labels (star_id, is_anomaly) select star_id, 1 from stars");
        await new Almagest.Ledger.Datasets.DatasetRepository(test.Ledger).DeleteAsync(first);
        Assert.Equal(
            ["5 | 5 | 1 | 5"],
            await test.StringsAsync(
                "select (select count(*) from stars), (select count(*) from star_labels), (select count(*) from discovery_runs), "
                    + $"(select count(*) from {test.SeenResults})"
            )
        );
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        Assert.All(await new ViewVerifier(test.Ledger).VerifyAsync(), v => Assert.True(v.Agrees, v.ViewName));
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_in_pages_and_found_by_a_part_of_their_id()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 8);
        var runs = new RunRepository(test.Ledger);
        var made = new List<Guid>();
        for (var i = 0; i < 7; i++)
        {
            made.Add(
                (
                    await runs.CreateAsync(dataset, i % 2 == 0 ? new IsolationForestParameters() : new DbscanParameters(), StarFilter.All)
                ).RunId
            );
            await Task.Delay(2);
        }
        var first = await runs.ListAsync(new RunQuery(Limit: 3));
        var second = await runs.ListAsync(new RunQuery(Limit: 30, Before: first[^1].RunId));
        Assert.Equal(made.AsEnumerable().Reverse(), first.Concat(second).Select(r => r.RunId));
        Assert.Equal(3, (await runs.ListAsync(new RunQuery(RunType: RunTypes.Cluster))).Count);
        Assert.Empty(await runs.ListAsync(new RunQuery(Status: RunStatus.Failed)));
        Assert.Equal(made[2], (await runs.FindAsync(made[2].ToString()[^8..])).RunId);
        Assert.Equal(LedgerErrorKind.NotFound, (await Assert.ThrowsAsync<LedgerException>(() => runs.FindAsync("ffffffff"))).Kind);
        Assert.Equal(LedgerErrorKind.Invalid, (await Assert.ThrowsAsync<LedgerException>(() => runs.FindAsync("zz"))).Kind);
    }
}
