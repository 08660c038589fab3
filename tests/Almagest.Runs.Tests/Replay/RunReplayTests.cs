using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Runs.Tests.Replay;

/// <summary>The hash of a run's results, and recomputing it.</summary>
public sealed class RunReplayTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<Guid> RunAsync(TestLedger test, RunParameters parameters, int threads = 1) =>
        (
            await new DiscoveryService(test.Ledger) { MaxThreads = threads }.RunAsync(
                new RunRequest("a", StarFilter.All, parameters),
                null,
                CancellationToken
            )
        )
            .RunId!
            .Value;

    public static TheoryData<RunParameters> Algorithms =>
        new()
        {
            new IsolationForestParameters { Features = "sphere", NEstimators = 30 },
            new DbscanParameters
            {
                Features = "sphere",
                Eps = 0.2,
                MinSamples = 4,
            },
            new HdbscanParameters { Features = "sphere", MinClusterSize = 5 },
        };

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_run_is_reproduced_to_the_last_bit_and_has_one_hash_with_any_number_of_threads(RunParameters parameters)
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("a", 3000);
        var runs = new RunRepository(test.Ledger);
        var one = await runs.GetAsync(await RunAsync(test, parameters), CancellationToken);
        var many = await runs.GetAsync(await RunAsync(test, parameters, 4), CancellationToken);
        Assert.Matches("^[0-9a-f]{64}$", one.ResultsHash);
        Assert.Equal(one.ResultsHash, many.ResultsHash);
        var report = await new RunReplayer(test.Ledger) { MaxThreads = 3 }.ReplayAsync(one.RunId, null, CancellationToken);
        Assert.True(report.IsReproduced);
        Assert.True(report.IsIntact);
        Assert.Equal(
            (3000L, 3000L, one.ResultsHash, one.ResultsHash),
            (report.Rows, report.Equal, report.StoredRowsHash, report.RecomputedHash)
        );
    }

    [Fact]
    public async Task Rows_that_were_tampered_with_are_counted_and_shown()
    {
        await using var test = await TestLedger.CreateAsync();
        var (_, stars) = await test.AddDatasetAsync("a", 200);
        var run = await RunAsync(test, new IsolationForestParameters { Features = "sphere", NEstimators = 10 });
        await test.RewriteAsync(
            $"""
            update discovery_results set anomaly_score = anomaly_score + 1e-15 where star_id = {stars[3]};
            delete from discovery_results where star_id = {stars[7]};
            insert into discovery_results (run_id, star_id, anomaly_score) values ('{run}', {stars[^1] + 5}, 0.1)
            """
        );
        var report = await new RunReplayer(test.Ledger).ReplayAsync(run, null, CancellationToken);
        Assert.Equal(
            (false, false, 200L, 198L, 1L, 1L, 1L),
            (report.IsReproduced, report.IsIntact, report.Rows, report.Equal, report.Different, report.OnlyStored, report.OnlyRecomputed)
        );
        Assert.Equal([stars[3], stars[7], stars[^1] + 5], report.Examples.Select(e => e.StarId));
        Assert.Equal((null, null), (report.Examples[1].Stored, report.Examples[2].Recomputed));
        Assert.Equal(report.Run.ResultsHash, report.RecomputedHash);
        Assert.NotEqual(report.Run.ResultsHash, report.StoredRowsHash);
    }

    [Fact]
    public async Task The_hash_is_that_of_the_documented_bytes_whatever_the_order_of_storing()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 3);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new HdbscanParameters(), StarFilter.All, CancellationToken);
        await using (var completion = await runs.BeginCompletionAsync(run.RunId, CancellationToken))
        {
            await completion.SaveClustersAsync([stars[2], stars[0]], [-1, 7], [0, 0.25], CancellationToken);
            await completion.SaveClustersAsync([stars[1]], [7], [1], CancellationToken);
            await completion.MarkCompleteAsync(3, null, CancellationToken);
            await completion.CommitAsync(CancellationToken);
        }
        // What PostgreSQL makes of the same rule.
        var expected = await test.ScalarAsync<string>(
            """
            select encode(sha256(string_agg('\x06'::bytea || int8send(star_id) || '\x00'::bytea || int4send(cluster_id) ||
              float8send(membership_probability), ''::bytea order by star_id)), 'hex')
            from discovery_results
            """
        );
        Assert.Equal(expected, (await runs.GetAsync(run.RunId, CancellationToken)).ResultsHash);
    }

    [Fact]
    public async Task A_run_that_is_not_complete_or_that_this_program_cannot_compute_is_refused()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 40);
        var pending = await new RunRepository(test.Ledger).CreateAsync(dataset, new DbscanParameters(), StarFilter.All, CancellationToken);
        var replayer = new RunReplayer(test.Ledger);
        Assert.Equal(
            LedgerErrorKind.Conflict,
            (await Assert.ThrowsAsync<LedgerException>(() => replayer.ReplayAsync(pending.RunId, null, CancellationToken))).Kind
        );
        var run = await RunAsync(test, new DbscanParameters { Features = "sphere" });
        await test.RewriteAsync("update discovery_runs set algorithm = 'optics' where is_complete");
        Assert.Equal(
            LedgerErrorKind.Conflict,
            (await Assert.ThrowsAsync<LedgerException>(() => replayer.ReplayAsync(run, null, CancellationToken))).Kind
        );
    }
}
