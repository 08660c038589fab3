using System.Security.Cryptography;
using System.Text;
using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Auto;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Almagest.Runs.Tests.Execution;
using Xunit;
using Registered = Almagest.Discovery.Registry.Algorithms;

namespace Almagest.Runs.Tests.Replay;

/// <summary>The hash of a run's results, and recomputing it.</summary>
public sealed class RunReplayTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<Guid> RunAsync(TestLedger test, RunParameters parameters, int threads = 1) =>
        (
            await new DiscoveryService(test.Ledger) { MaxThreads = threads }.RunOnlyAsync(
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
            Of("extended_isolation_forest"),
            Of("mcd"),
            Of("knn"),
            Of("lof"),
            Of("rank_ensemble"),
        };

    private static RunParameters Of(string algorithm) => Registered.Find(algorithm)!.Read("""{"features": "sphere"}""");

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
        // Bytes, not the order of a language, nor that of loading: Z, a, é.
        await test.ExecuteAsync(
            $"""
            update stars set source_id = 'é' where star_id = {stars[0]};
            update stars set source_id = 'a' where star_id = {stars[1]};
            update stars set source_id = 'Z' where star_id = {stars[2]};
            """
        );
        var runs = new RunRepository(test.Ledger);
        async Task<string> StoreAsync(Func<RunCompletion, Task> save)
        {
            var run = await runs.CreateAsync(dataset, new HdbscanParameters(), StarFilter.All, CancellationToken);
            await using var completion = await runs.BeginCompletionAsync(run.RunId, CancellationToken);
            await save(completion);
            await completion.MarkCompleteAsync(3, null, CancellationToken);
            await completion.CommitAsync(CancellationToken);
            var stored = await runs.GetAsync(run.RunId, CancellationToken);
            Assert.Equal(2, stored.ResultsHashVersion);
            return stored.ResultsHash!;
        }
        var whole = await StoreAsync(c => c.SaveClustersAsync(stars, [7, 7, -1], [0.25, 1, 0], [0.5, 0.75, 0.125], CancellationToken));
        var pieces = await StoreAsync(async c =>
        {
            await c.SaveClustersAsync([stars[2], stars[0]], [-1, 7], [0, 0.25], [0.125, 0.5], CancellationToken);
            await c.SaveClustersAsync([stars[1]], [7], [1], [0.75], CancellationToken);
        });

        var bytes = new List<byte>();
        Row("Z", -1, 0, 0.125);
        Row("a", 7, 1, 0.75);
        Row("é", 7, 0.25, 0.5);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())), whole);
        Assert.Equal(whole, pieces);
        // What PostgreSQL makes of the same rule.
        Assert.Equal(
            [whole],
            await test.StringsAsync(
                """
                select distinct encode(sha256(string_agg('\x0e'::bytea || convert_to(d.checksum, 'UTF8')
                  || int4send(octet_length(s.source_id)) || convert_to(s.source_id, 'UTF8') || '\x00'::bytea || int4send(cluster_id)
                  || float8send(membership_strength) || float8send(membership_probability),
                  ''::bytea order by d.checksum collate "C", s.source_id collate "C")), 'hex')
                from discovery_results r join stars s using (star_id) join datasets d using (dataset_id) group by run_id
                """
            )
        );

        void Row(string id, int cluster, double strength, double probability)
        {
            var text = Encoding.UTF8.GetBytes(id);
            bytes.Add(2 + 4 + 8);
            bytes.Add((byte)'a');
            bytes.AddRange([0, 0, 0, (byte)text.Length, .. text, 0]);
            foreach (
                var number in (byte[][])
                    [BitConverter.GetBytes(cluster), BitConverter.GetBytes(strength), BitConverter.GetBytes(probability)]
            )
                bytes.AddRange(number.Reverse());
        }
    }

    [Fact]
    public async Task One_table_gives_one_hash_in_whatever_ledger_and_however_often_it_is_loaded()
    {
        await using var first = await TestLedger.CreateAsync();
        await using var second = await TestLedger.CreateAsync();
        await first.AddDatasetAsync("a", 700);
        await second.AddDatasetAsync("other", 40);
        await second.AddDatasetAsync("a", 700);
        // The same file once more, under another name.
        await second.AddDatasetAsync("b", 700);
        await second.ExecuteAsync(
            """
            update datasets set checksum = 'a' where name = 'b';
            update stars set source_id = 'a' || substr(source_id, 2) where source_id like 'b-%'
            """
        );
        foreach (var parameters in Algorithms.Select(row => row.Data))
        {
            var hashes = new HashSet<string>();
            foreach (var (test, dataset) in new[] { (first, "a"), (second, "a"), (second, "b") })
            {
                var outcome = await new DiscoveryService(test.Ledger).RunOnlyAsync(
                    new RunRequest(dataset, StarFilter.All, parameters),
                    null,
                    CancellationToken
                );
                var run = await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value, CancellationToken);
                hashes.Add(run.ResultsHash!);
                Assert.True((await new RunReplayer(test.Ledger).ReplayAsync(run.RunId, null, CancellationToken)).IsIntact);
            }
            Assert.Single(hashes);
        }
    }

    [Fact]
    public async Task The_hash_of_a_run_over_several_datasets_does_not_depend_on_which_was_loaded_first()
    {
        var hashes = new List<string>();
        foreach (var names in new[] { new[] { "a", "b" }, ["b", "a"] })
        {
            await using var test = await TestLedger.CreateAsync();
            var datasets = new List<(long Id, long[] Stars, string Name)>();
            foreach (var name in names)
            {
                var (id, stars) = await test.AddDatasetAsync(name, 12);
                datasets.Add((id, stars, name));
            }
            // One file loaded twice: stars of one checksum and one id.
            var (again, copies) = await test.AddDatasetAsync("c", 12);
            await test.ExecuteAsync(
                """
                update datasets set checksum = 'a' where name = 'c';
                update stars set source_id = 'a' || substr(source_id, 2) where source_id like 'c-%'
                """
            );
            datasets.Add((again, copies, names[0] == "a" ? "a'" : "a"));
            if (names[0] != "a")
                datasets[1] = datasets[1] with { Name = "a'" };
            var runs = new RunRepository(test.Ledger);
            var run = await runs.CreateAsync(
                datasets[0].Id,
                new DbscanParameters(),
                StarFilter.All with
                {
                    AlsoDatasets = [datasets[1].Id, datasets[2].Id],
                },
                CancellationToken
            );
            var rows = datasets
                .SelectMany(d =>
                    d.Stars.Select(
                        (star, i) =>
                            (
                                Star: star,
                                Label: d.Name == "a" ? i % 3
                                : d.Name == "b" ? i % 2
                                : i % 4
                            )
                    )
                )
                .OrderBy(r => r.Star)
                .ToList();
            await using (var completion = await runs.BeginCompletionAsync(run.RunId, CancellationToken))
            {
                await completion.SaveClustersAsync([.. rows.Select(r => r.Star)], [.. rows.Select(r => r.Label)], null, CancellationToken);
                await completion.MarkCompleteAsync(rows.Count, null, CancellationToken);
                await completion.CommitAsync(CancellationToken);
            }
            hashes.Add((await runs.GetAsync(run.RunId, CancellationToken)).ResultsHash!);
        }
        Assert.Equal(hashes[0], hashes[1]);
    }

    public static TheoryData<RunParameters> WithMemberships =>
        new()
        {
            new HdbscanParameters { Features = "astrometric", MinClusterSize = 40 },
            new AutoParameters { Features = "cluster5d" },
        };

    [Theory]
    [MemberData(nameof(WithMemberships))]
    public async Task A_hash_of_an_older_program_still_tells_whether_the_rows_are_those_that_were_stored(RunParameters parameters)
    {
        await using var test = await MadeCluster.CreateAsync();
        var run = await RunAsync(test, parameters);
        await test.RewriteAsync(
            """
            update discovery_runs d set results_hash_version = 1, results_hash =
              (select encode(sha256(string_agg('\x06'::bytea || int8send(star_id) || '\x00'::bytea || int4send(cluster_id)
                 || float8send(coalesce(membership_strength, membership_probability)), ''::bytea order by star_id)), 'hex')
               from discovery_results r where r.run_id = d.run_id)
            """
        );
        var report = await new RunReplayer(test.Ledger).ReplayAsync(run, null, CancellationToken);
        Assert.True(report.IsReproduced);
        Assert.True(report.IsIntact);
        Assert.Equal(report.StoredRowsHash, report.RecomputedHash);

        await test.RewriteAsync(
            """
            update discovery_results set membership_strength = membership_strength / 2, membership_probability = membership_probability / 2
            where star_id = (select min(star_id) from discovery_results where cluster_id >= 0)
            """
        );
        report = await new RunReplayer(test.Ledger).ReplayAsync(run, null, CancellationToken);
        Assert.Equal((false, false, 1L), (report.IsReproduced, report.IsIntact, report.Different));
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
