using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Runs.Tests.Execution;

/// <summary>Runs that take their stars by tiles store what runs store that hold them all; what must hold them all and cannot is refused.
/// </summary>
public sealed class TilesTests(TilesTests.Field field) : IClassFixture<TilesTests.Field>
{
    private const int Stars = 24_000;

    private static readonly RunMemory s_tiles = new() { AvailableBytes = 1L << 40, MostHeld = 0 };
    private static readonly RunMemory s_held = new() { AvailableBytes = 1L << 40, MostHeld = long.MaxValue };

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("isolation_forest", """{"features": "population", "n_estimators": 20, "draws": 4}""")]
    [InlineData("isolation_forest", """{"features": "default", "n_estimators": 10, "missing": "impute", "draws": 0}""")]
    [InlineData("extended_isolation_forest", """{"features": "deep", "n_estimators": 10, "draws": 0}""")]
    [InlineData("mcd", """{"features": "astrometric", "draws": 2}""")]
    [InlineData("dbscan", """{"features": "cluster5d", "eps": 0.28, "min_samples": 4, "draws": 0}""")]
    [InlineData("dbscan", """{"features": "astrometric", "eps": 0.1, "min_samples": 8, "draws": 5}""")]
    [InlineData("dbscan", """{"features": "astrometric", "eps": 1.5, "draws": 3, "missing": "impute"}""")]
    public async Task A_run_by_tiles_stores_the_same_rows_the_same_hash_and_the_same_exclusions(string algorithm, string parameters)
    {
        var test = field.Ledger;
        var asked = Algorithms.Find(algorithm)!.Read(parameters);
        var held = await RunAsync(asked, s_held);
        var tiled = await RunAsync(asked, s_tiles);
        Assert.True(held.Analysis.Stars.IsInMemory);
        Assert.False(tiled.Analysis.Stars.IsInMemory);
        Assert.Equal(
            0,
            await test.ScalarAsync<long>(
                $"""
                select count(*) from
                  (select {StoredResult.Columns} from discovery_results where run_id = '{held.RunId}') a
                  full join (select {StoredResult.Columns} from discovery_results where run_id = '{tiled.RunId}') b using (star_id)
                where a is distinct from b
                """
            )
        );
        Assert.Equal(
            0,
            await test.ScalarAsync<long>(
                $"""
                select count(*) from
                  (select reason, healpix_6, stars from discovery_exclusions where run_id = '{held.RunId}') a
                  full join (select reason, healpix_6, stars from discovery_exclusions where run_id = '{tiled.RunId}') b
                    using (reason, healpix_6)
                where a.stars is distinct from b.stars
                """
            )
        );
        Assert.Equal(
            0,
            await test.ScalarAsync<long>(
                $"""
                select count(*) from
                  (select {RunClusters.Columns.Replace("run_id, ", "", StringComparison.Ordinal)} from discovery_clusters
                   where run_id = '{held.RunId}') a
                  full join (select {RunClusters.Columns.Replace("run_id, ", "", StringComparison.Ordinal)} from discovery_clusters
                   where run_id = '{tiled.RunId}') b using (cluster_id)
                where a is distinct from b
                """
            )
        );
        Assert.Equal(algorithm == "dbscan", held.Clusters.Count > 0);
        Assert.Equal(
            1,
            await test.ScalarAsync<long>(
                $"""
                select count(distinct (results_hash, total_stars, results_summary::text)) from discovery_runs
                where run_id in ('{held.RunId}', '{tiled.RunId}')
                """
            )
        );
        Assert.Equal(held.Analysis.MostAnomalous(20), tiled.Analysis.MostAnomalous(20));
        Assert.Equal(held.Analysis.Summary().ToJson(), tiled.Analysis.Summary().ToJson());

        var replay = await new RunReplayer(test.Ledger) { Limits = s_tiles, Rooms = SmallRoom }.ReplayAsync(
            held.RunId!.Value,
            null,
            CancellationToken
        );
        Assert.True(replay.IsReproduced);
        Assert.True(replay.IsIntact);
        Assert.Equal(replay.StoredRowsHash, replay.RecomputedHash);
        tiled.Analysis.Release();
    }

    [Fact]
    public async Task The_hash_of_rows_that_are_sorted_in_files_is_that_of_rows_sorted_by_the_database()
    {
        var run = await RunAsync(Algorithms.Find("isolation_forest")!.Read("""{"features": "sphere", "draws": 0}"""), s_held);
        await using var connection = await field.Ledger.Ledger.ConnectAsync(CancellationToken);
        var expected = await StoredResults.HashAsync(connection, run.RunId!.Value, CancellationToken);
        var count = run.Analysis.Stars.Count;
        foreach (var (whole, part) in ((int, int)[])[(Stars, 1), (Stars - 1, 5000), (0, Stars - 1), (0, Stars)])
            Assert.Equal(expected, await RowsHash.OfAsync(connection, count, run.Analysis.Rows(), CancellationToken, whole, part));
    }

    [Fact]
    public async Task The_hash_asks_for_the_rows_of_one_look_into_the_files_before_those_of_the_next()
    {
        const int Rows = 300_000;
        await using var connection = await field.Ledger.Ledger.ConnectAsync(CancellationToken);
        var asked = new List<int>(2 * Rows);
        await RowsHash.OfAsync(
            connection,
            Rows,
            row =>
            {
                asked.Add(row / ResultWindow.MostOf(Rows));
                return new StoredResult(1_000_000_000_000 + row, false, 0, null);
            },
            CancellationToken
        );
        var looks = asked.Where((look, i) => i == 0 || asked[i - 1] != look).ToList();
        Assert.Equal(Enumerable.Range(0, (Rows - 1) / ResultWindow.MostOf(Rows) + 1), looks);
    }

    [Theory]
    [InlineData("hdbscan")]
    [InlineData("knn")]
    [InlineData("lof")]
    public async Task What_looks_at_all_stars_at_once_and_does_not_fit_is_refused_before_it_starts_with_what_would_fit(string algorithm)
    {
        var asked = Algorithms.Find(algorithm)!.Read("""{"features": "sphere"}""");
        var little = new RunMemory { AvailableBytes = 202L << 20 };
        var before = await field.Ledger.ScalarAsync<long>("select count(*) from discovery_runs");
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DiscoveryService(field.Ledger.Ledger) { Limits = little }.RunAsync(
                new RunRequest("sky", StarFilter.All, asked),
                null,
                CancellationToken
            )
        );
        Assert.Equal(ErrorCode.SelectionTooLarge, error.Code);
        Assert.Equal(before, await field.Ledger.ScalarAsync<long>("select count(*) from discovery_runs"));
        var most = little.MostStars(asked);
        Assert.InRange(most, 1, Stars - 1);
        Assert.Equal(most, error.Facts["most_stars"]);
        Assert.Contains(most.ToString("N0", System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.Equal(asked.Algorithm.RunType == "anomaly", error.Remedy!.Contains("isolation_forest", StringComparison.Ordinal));
        Assert.Equal(most, ((long)error.Facts["usable_bytes"]! - (160L << 20)) / RunMemory.BytesOfStar(asked));
        Assert.True((long)error.Facts["needed_bytes"]! > (long)error.Facts["usable_bytes"]!);

        // One that was queued by a program with more memory fails with the same words.
        var queued = await new DiscoveryService(field.Ledger.Ledger).SubmitAsync(
            new RunRequest("sky", StarFilter.All, asked),
            CancellationToken
        );
        var service = new DiscoveryService(field.Ledger.Ledger) { Limits = little };
        await Assert.ThrowsAsync<LedgerException>(() => service.ExecuteAsync(queued.RunId, null, CancellationToken));
        Assert.StartsWith(error.Message, (await new RunRepository(field.Ledger.Ledger).GetAsync(queued.RunId, CancellationToken)).Error!);
    }

    [Fact]
    public void Small_runs_are_held_and_runs_that_share_their_stars_hold_them_as_long_as_there_is_room()
    {
        var asked = Algorithms.Find("isolation_forest")!.Read("""{"features": "population"}""");
        var memory = new RunMemory { AvailableBytes = 8L << 30 };
        Assert.False(memory.IsByTiles(asked, 10_000, false));
        Assert.True(memory.IsByTiles(asked, 1_000_000, false));
        Assert.False(memory.IsByTiles(asked, 1_000_000, true));
        Assert.True(memory.IsByTiles(asked, 1_000_000_000, true));
        Assert.True(memory.IsByTiles(Algorithms.Find("dbscan")!.Read("""{"features": "cluster5d"}"""), 1_000_000, false));
        Assert.False(memory.IsByTiles(Algorithms.Find("lof")!.Read("""{"features": "population"}"""), 1_000_000, false));
    }

    [Fact]
    public void What_is_needed_what_there_is_and_what_fits_agree_as_they_are_written()
    {
        var memory = new RunMemory { AvailableBytes = 300L << 20 };
        var hdbscan = Algorithms.Find("hdbscan")!.Read("""{"features": "cluster5d"}""");
        var (bytes, most) = (RunMemory.BytesOfStar(hdbscan), memory.MostStars(hdbscan));
        Assert.Equal(((240L << 20) - (160L << 20)) / bytes, most);
        memory.Require(hdbscan, most);
        var error = Assert.Throws<LedgerException>(() => memory.Require(hdbscan, most + 1));
        Assert.Contains("takes some 241 MiB: 160 MiB for the program, and ", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "of the 300 MiB that the program may use, four fifths are for it, 240 MiB, enough for ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            ", or take an algorithm that needs no more memory for more stars (dbscan).",
            error.Remedy!,
            StringComparison.Ordinal
        );
        Assert.Contains("Narrow the filter, take a sample", error.Remedy, StringComparison.Ordinal);
        var lof = Algorithms.Find("lof")!.Read("""{"features": "population"}""");
        var draws = Assert.Throws<LedgerException>(() => memory.Require(lof, memory.MostStars(lof) + 1));
        Assert.Contains(
            "a machine with more memory, do without draws within the errors (draws 0), or",
            draws.Remedy!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Distances_that_do_not_fit_are_refused_with_the_largest_selection_that_does()
    {
        var service = new DiscoveryService(field.Ledger.Ledger) { Limits = new RunMemory { AvailableBytes = 202L << 20 } };
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            service.KDistanceAsync("sky", StarFilter.All, "sphere", 10, CancellationToken)
        );
        Assert.Equal(ErrorCode.SelectionTooLarge, error.Code);
        Assert.StartsWith("the distance to the k-th neighbour looks at all 24,000 stars", error.Message, StringComparison.Ordinal);
        var most = (long)error.Facts["most_stars"]!;
        Assert.InRange(most, 1, Stars - 1);
        var fits = StarFilter.All with { Sample = new StarSample(most) };
        Assert.Equal(most, (await service.KDistanceAsync("sky", fits, "sphere", 10, CancellationToken)).TotalStars);
    }

    [Fact]
    public async Task More_clusters_than_can_be_held_are_refused_with_how_many_can()
    {
        var every = Algorithms.Find("dbscan")!.Read("""{"features": "sphere", "eps": 1e-9, "min_samples": 1, "draws": 0}""");
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            RunAsync(every, new RunMemory { AvailableBytes = 220L << 20, MostHeld = 0 })
        );
        Assert.Equal((ErrorCode.SelectionTooLarge, "parameters"), (error.Code, error.Field));
        Assert.Equal((24_000L, 16_777L), ((long)error.Facts["clusters"]!, (long)error.Facts["most_clusters"]!));
        Assert.Contains("found 24,000 clusters, which take some 183 MiB", error.Message, StringComparison.Ordinal);
    }

    private static ScratchRoom SmallRoom() => new(1 << 14, 1000);

    private Task<RunOutcome> RunAsync(RunParameters parameters, RunMemory memory) =>
        new DiscoveryService(field.Ledger.Ledger) { Limits = memory, Rooms = SmallRoom }.RunOnlyAsync(
            new RunRequest("sky", StarFilter.All, parameters),
            null,
            CancellationToken
        );

    /// <summary>Two tiles of stars with gaps.</summary>
    public sealed class Field : IAsyncLifetime
    {
        public TestLedger Ledger { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Ledger = await TestLedger.CreateAsync();
            await Ledger.AddDatasetAsync("sky", Stars);
            await Ledger.ExecuteAsync(StarNumbers.FillAll);
        }

        public ValueTask DisposeAsync() => Ledger.DisposeAsync();
    }
}
