using Almagest.Catalog.Writing;
using Almagest.Contract.Errors;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Comparison;
using Almagest.Runs.Execution;
using Almagest.Runs.Export;
using Almagest.Runs.Identification;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Almagest.Runs.Results;
using Almagest.Testing;
using Xunit;

namespace Almagest.Runs.Tests.InPlace;

/// <summary>Cluster runs over catalogues that are read where they lie: members of clusters are in the ledger, every star's result is in
/// files, and all is as of the same run over the same files loaded.</summary>
public sealed class ClustersInFilesTests(ClustersInFilesTests.Lying lying) : IClassFixture<ClustersInFilesTests.Lying>
{
    private const string Wide = """{"features": "astrometric", "eps": 0.3, "min_samples": 8, "draws": 3}""";
    private const string Narrow = """{"features": "astrometric", "eps": 0.25, "min_samples": 5, "draws": 0}""";
    private const string Trees = """{"features": "astrometric", "min_cluster_size": 20, "min_samples": 8}""";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private TestLedger Test => lying.Ledger;

    private Task<(DiscoveryRun Loaded, DiscoveryRun Lying)> BothAsync(
        string layout,
        string algorithm,
        string parameters,
        string filter = "{}",
        long mostHeld = 0
    ) => lying.RunAsync(layout, algorithm, parameters, filter, mostHeld);

    [Theory]
    [InlineData("files", "dbscan", Wide, "{}", 0)]
    [InlineData("rejected", "dbscan", Narrow, "{}", 0)]
    [InlineData("hats", "dbscan", Narrow, """{"magnitude": {"max": 17}}""", long.MaxValue)]
    [InlineData("texts", "dbscan", Wide, "{}", 0)]
    [InlineData("numbered", "dbscan", """{"features": "astrometric", "eps": 0.01, "min_samples": 8}""", "{}", 0)]
    [InlineData("files", "hdbscan", Trees, "{}", 0)]
    [InlineData("texts", "auto", "{}", "{}", 0)]
    public async Task Labels_clusters_members_and_exclusions_are_those_of_the_same_catalogue_loaded(
        string layout,
        string algorithm,
        string parameters,
        string filter,
        long mostHeld
    )
    {
        var (inLedger, inFiles) = await BothAsync(layout, algorithm, parameters, filter, mostHeld);
        Assert.Equal(inLedger.ResultsSummary, inFiles.ResultsSummary);
        Assert.Equal((3, inLedger.TotalStars), (inFiles.ResultsHashVersion, inFiles.TotalStars));
        Assert.NotNull(inFiles.StarSetId);

        // Every star with its columns, to the last bit.
        var expected = await RowsAsync(inLedger);
        Assert.Equal(expected, await RowsAsync(inFiles));
        Assert.Equal(inLedger.TotalStars, expected.Count);
        var noise = await RowsAsync(inLedger, new ResultQuery(ClusterId: -1));
        Assert.NotEmpty(noise);
        Assert.Equal(noise, await RowsAsync(inFiles, new ResultQuery(ClusterId: -1)));
        var members = await RowsAsync(inLedger, new ResultQuery { ClusteredOnly = true });
        Assert.Equal(expected.Count, noise.Count + members.Count);
        Assert.Equal(members, await RowsAsync(inFiles, new ResultQuery { ClusteredOnly = true }));

        // What the ledger has of them.
        Assert.Equal(
            (long)members.Count,
            await Test.ScalarAsync<long>($"select count(*) from discovery_results where run_id = '{inFiles.RunId}'")
        );
        Assert.Equal(
            (long)members.Count,
            await Test.ScalarAsync<long>(
                $"""
                select count(*)
                from (select s.*, r.cluster_id, r.membership_probability, r.membership_strength, r.membership_stability
                      from stars s join discovery_results r using (star_id) where r.run_id = '{inFiles.RunId}') a
                join (select s.*, r.cluster_id, r.membership_probability, r.membership_strength, r.membership_stability
                      from stars s join discovery_results r using (star_id) where r.run_id = '{inLedger.RunId}') b using (source_id)
                where to_jsonb(a) - 'star_id' - 'dataset_id' = to_jsonb(b) - 'star_id' - 'dataset_id'
                """
            )
        );
        foreach (
            var sql in new[]
            {
                "select to_jsonb(c) - 'run_id' from discovery_clusters c where run_id = '{0}' order by cluster_id",
                "select reason, healpix_6, stars from discovery_exclusions where run_id = '{0}' order by 1, 2",
                "select cluster_id, cluster_size from mv_cluster_size_distribution where run_id = '{0}' order by 1",
                """
                    select total_stars, anomaly_count, cluster_count, min_cluster_size, max_cluster_size, avg_cluster_size, noise_count
                    from mv_discovery_run_stats where run_id = '{0}'
                    """,
            }
        )
            Assert.Equal(
                await Test.StringsAsync(sql.Replace("{0}", inLedger.RunId.ToString(), StringComparison.Ordinal)),
                await Test.StringsAsync(sql.Replace("{0}", inFiles.RunId.ToString(), StringComparison.Ordinal))
            );
        Assert.Equal(
            (long)noise.Count,
            await Test.ScalarAsync<long>($"select noise_count from mv_discovery_run_stats where run_id = '{inFiles.RunId}'")
        );

        var replay = await new RunReplayer(Test.Ledger).ReplayAsync(inFiles.RunId, null, CancellationToken);
        Assert.True(replay.IsReproduced);
        Assert.True(replay.IsIntact);
        Assert.Equal((inFiles.ResultsHash, inFiles.TotalStars), (replay.RecomputedHash, replay.Rows));
    }

    [Theory]
    [InlineData("knn")]
    [InlineData("lof")]
    [InlineData("rank_ensemble")]
    public async Task Detectors_that_look_at_all_stars_score_them_as_those_of_the_same_catalogue_loaded(string algorithm)
    {
        var (inLedger, inFiles) = await BothAsync("files", algorithm, """{"features": "astrometric", "draws": 0}""");
        Assert.Equal(inLedger.ResultsSummary, inFiles.ResultsSummary);
        Assert.Equal(await RowsAsync(inLedger), await RowsAsync(inFiles));
        var replay = await new RunReplayer(Test.Ledger).ReplayAsync(inFiles.RunId, null, CancellationToken);
        Assert.Equal((true, true), (replay.IsReproduced, replay.IsIntact));
    }

    [Fact]
    public async Task Files_have_the_columns_of_clusters_and_other_labels_another_hash()
    {
        var (_, run) = await BothAsync("texts", "dbscan", Wide);
        var files = ResultFiles.Of(run)!;
        using var reader = Almagest.Catalog.Files.CatalogFile.Open(Path.Combine(files.Path, files.Files[0].Path));
        Assert.Equal(["star_id", "source_id", "cluster_id", "membership_stability"], reader.Columns.Select(c => c.Name));
        var (_, other) = await BothAsync("texts", "dbscan", Narrow);
        Assert.NotEqual(run.ResultsHash, other.ResultsHash);
        await Test.ExecuteAsync(
            $"update discovery_results set cluster_id = cluster_id + 1 where run_id = '{other.RunId}' and star_id = "
                + $"(select min(star_id) from discovery_results where run_id = '{other.RunId}')"
        );
        var replay = await new RunReplayer(Test.Ledger).ReplayAsync(other.RunId, null, CancellationToken);
        Assert.Equal((1, false), (replay.Different, replay.IsIntact));
        await Test.ExecuteAsync(
            $"update discovery_results set cluster_id = cluster_id - 1 where run_id = '{other.RunId}' and star_id = "
                + $"(select min(star_id) from discovery_results where run_id = '{other.RunId}')"
        );
    }

    [Fact]
    public async Task The_catalogue_of_a_kept_run_is_that_of_the_run_that_is_not_kept_and_noise_is_chosen_out_of_it()
    {
        var (_, run) = await BothAsync("files", "dbscan", Wide);
        var dataset = await new DatasetRepository(Test.Ledger).GetAnyAsync(run.DatasetId, CancellationToken);
        var preview = await lying
            .Service(0)
            .PreviewAsync(new RunRequest(dataset.Name, StarFilter.All, Algorithms.Find("dbscan")!.Read(Wide)), null, CancellationToken);
        using var room = new ScratchRoom();
        var unkept = ScoredCatalogue.Of(preview, room, mostRows: 300, cancellationToken: CancellationToken);
        var export = new RunExport(Test.Ledger);
        var kept = await export.HatsAsync(run, new ResultQuery(), null, 300, room, CancellationToken);
        Assert.Equal(unkept.Pixels, kept.Pixels);
        var lines = await LinesAsync(unkept.Table);
        Assert.Equal(lines, await LinesAsync(kept.Table));
        Assert.Contains(",cluster_id,", lines[0], StringComparison.Ordinal);
        var noise = await export.HatsAsync(run, new ResultQuery(ClusterId: -1), null, 300, room, CancellationToken);
        Assert.Equal(lines.Where(l => l.Contains(",-1,", StringComparison.Ordinal)), (await LinesAsync(noise.Table))[1..]);
        preview.Analysis.Release();
    }

    [Fact]
    public async Task Runs_are_compared_with_clusters_and_noise_as_over_loaded_stars()
    {
        var (wideLoaded, wide) = await BothAsync("files", "dbscan", Wide);
        var (narrowLoaded, narrow) = await BothAsync("files", "dbscan", Narrow, """{"magnitude": {"max": 18}}""");
        var (flagsLoaded, flags) = await BothAsync("files", "isolation_forest", """{"features": "photometric", "n_estimators": 10}""");
        foreach (
            var ((a, b), (x, y)) in new[]
            {
                ((wideLoaded, narrowLoaded), (wide, narrow)),
                ((narrowLoaded, wideLoaded), (narrow, wide)),
                ((wideLoaded, flagsLoaded), (wide, flags)),
                ((flagsLoaded, narrowLoaded), (flags, narrow)),
            }
        )
        {
            var agreements = new RunAgreementReader(Test.Ledger);
            var (loaded, inFiles) = (
                await agreements.ReadAsync(a, b, CancellationToken),
                await agreements.ReadAsync(x, y, CancellationToken)
            );
            Assert.Equal(
                (loaded.Marked1, loaded.Marked2, loaded.Overlap, loaded.AdjustedRandIndex, loaded.AdjustedMutualInformation),
                (inFiles.Marked1, inFiles.Marked2, inFiles.Overlap, inFiles.AdjustedRandIndex, inFiles.AdjustedMutualInformation)
            );
            Assert.Equal(loaded.Clusters, inFiles.Clusters);
            var stars = new PairStarReader(Test.Ledger);
            var (expected, found) = (await stars.CountAsync(loaded, CancellationToken), await stars.CountAsync(inFiles, CancellationToken));
            Assert.Equal(expected.OnlyIn1.OrderBy(c => c.Key), found.OnlyIn1.OrderBy(c => c.Key));
            Assert.Equal(expected.OnlyIn2.OrderBy(c => c.Key), found.OnlyIn2.OrderBy(c => c.Key));
            foreach (var side in Enum.GetValues<PairSide>())
            {
                Assert.Equal(
                    await SourcesAsync(await stars.IdsAsync(loaded, side, 5000, CancellationToken), a.DatasetId),
                    await SourcesAsync(await stars.IdsAsync(inFiles, side, 5000, CancellationToken), x.DatasetId)
                );
                var refused = await Assert.ThrowsAsync<LedgerException>(() =>
                    stars.PageAsync(inFiles, new PairStarQuery(side), CancellationToken)
                );
                Assert.Equal(ErrorCode.ResultsInFiles, refused.Code);
            }
        }
        var table = await new RunTableReader(Test.Ledger).ReadAsync([wide, narrow], CancellationToken);
        var tableLoaded = await new RunTableReader(Test.Ledger).ReadAsync([wideLoaded, narrowLoaded], CancellationToken);
        Assert.Equal(
            tableLoaded.Pairs.Select(p => (p.Overlap, p.AdjustedRandIndex)),
            table.Pairs.Select(p => (p.Overlap, p.AdjustedRandIndex))
        );
        var identities = new ClusterIdentityReader(Test.Ledger);
        Assert.Equal(
            (await identities.ReadAsync([wideLoaded, narrowLoaded], cancellationToken: CancellationToken)).Identities.Identities.Select(i =>
                (i.Anchor, i.Stability)
            ),
            (await identities.ReadAsync([wide, narrow], cancellationToken: CancellationToken)).Identities.Identities.Select(i =>
                (i.Anchor, i.Stability)
            )
        );
    }

    [Fact]
    public async Task What_is_in_files_alone_is_refused_and_a_star_in_no_cluster_says_so()
    {
        var (_, run) = await BothAsync("files", "dbscan", Wide);
        var (_, flags) = await BothAsync("files", "isolation_forest", """{"features": "photometric", "n_estimators": 10}""");
        var results = new ResultRepository(Test.Ledger);
        foreach (var query in new[] { new ResultQuery(), new ResultQuery(ClusterId: -1) })
        {
            var refused = await Assert.ThrowsAsync<LedgerException>(() => results.PageAsync(run.RunId, query, CancellationToken));
            Assert.Equal(ErrorCode.ResultsInFiles, refused.Code);
            Assert.Contains("members of clusters", refused.Message, StringComparison.Ordinal);
        }
        // Flagged by the one run, and by the other in no cluster.
        var star = await Test.ScalarAsync<long>(
            $"""
            select min(star_id) from discovery_results r where run_id = '{flags.RunId}'
              and not exists (select 1 from discovery_results o where o.run_id = '{run.RunId}' and o.star_id = r.star_id)
              and exists (select 1 from analysed_set_blocks k where k.set_id = {run.StarSetId} and k.block = r.star_id >> 10
                and get_bit(k.members, (r.star_id & 1023)::int) = 1)
            """
        );
        var said = Assert.Single(await results.HistoryAsync(star, cancellationToken: CancellationToken), h => h.RunId == run.RunId);
        Assert.Equal((-1, 0, false), (said.ClusterId, said.IsAnomaly, said.ScoreInFiles));
    }

    [Fact]
    public async Task Labels_that_name_clusters_are_counted_among_members_and_noise_as_over_loaded_stars()
    {
        var (loaded, run) = await BothAsync("files", "dbscan", Wide);
        var (_, flags) = await BothAsync("files", "isolation_forest", """{"features": "photometric", "n_estimators": 10}""");
        // Stars that the ledger has of both: every third that either run kept.
        const string Label = """
            insert into star_labels (star_id, label_set, cluster)
            select s.star_id, 'named', case when length(s.source_id) % 2 = 0 or right(s.source_id, 1) < '5' then 'NGC 1' else 'NGC 2' end
            from stars s join stars k on k.source_id = s.source_id and k.dataset_id = {1}
            where s.dataset_id = {0} and right(s.source_id, 2)::int % 3 = 0
            """;
        foreach (var dataset in new[] { loaded.DatasetId, run.DatasetId })
            await Test.ExecuteAsync(
                Label.Replace("{0}", $"{dataset}", StringComparison.Ordinal).Replace("{1}", $"{run.DatasetId}", StringComparison.Ordinal)
            );
        Assert.NotNull(flags.StarSetId);
        var (expected, found) = (
            await LabelledMembers.ReadAsync(Test.Ledger, loaded, "named", CancellationToken),
            await LabelledMembers.ReadAsync(Test.Ledger, run, "named", CancellationToken)
        );
        foreach (var name in new[] { "NGC 1", "NGC 2" })
        foreach (var cluster in new[] { -1, 0, 1 })
        {
            Assert.Equal(expected.Of(expected.Find([name]), cluster), found.Of(found.Find([name]), cluster));
            Assert.True(found.Of(found.Find([name]), -1)!.Common > 0);
        }
        Assert.Equal(0, await Test.ScalarAsync<long>($"select count(*) from mv_discovery_quality where run_id = '{run.RunId}'"));
    }

    [Fact]
    public async Task A_run_comes_back_after_it_was_deleted_and_takes_its_folder_with_it_for_good()
    {
        var (_, run) = await lying.RunAnewAsync("hats", "dbscan", Narrow);
        var folder = ResultFiles.Of(run)!.Path;
        await new RunRepository(Test.Ledger).PutAwayAsync(run.RunId, null, CancellationToken);
        Assert.True(Directory.Exists(folder));
        await new LedgerDeletions(Test.Ledger).RestoreRunAsync(run.RunId, CancellationToken);
        var replay = await new RunReplayer(Test.Ledger).ReplayAsync(run.RunId, null, CancellationToken);
        Assert.True(replay.IsReproduced && replay.IsIntact == true);
        Assert.All(
            await new ViewVerifier(Test.Ledger).VerifyAsync(cancellationToken: CancellationToken),
            v => Assert.True(v.Agrees, v.ViewName)
        );
        await new RunRepository(Test.Ledger).DeleteAsync(run.RunId, CancellationToken);
        await ResultFolders.SweepAsync(Test.Ledger, CancellationToken);
        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task Stars_that_the_ledger_keeps_anew_come_into_the_frequencies_of_earlier_runs_that_analysed_them(ViewMode mode)
    {
        await using var fresh = new Lying();
        await fresh.InitializeAsync();
        var ledger = fresh.Ledger.Ledger;
        if (mode == ViewMode.Incremental)
            await new ViewConverter(ledger).ConvertAsync(mode, cancellationToken: CancellationToken);
        await fresh.RunAnewAsync("files", "isolation_forest", """{"features": "astrometric", "n_estimators": 10, "draws": 0}""");
        Task<long> FrequenciesAsync() => fresh.Ledger.ScalarAsync<long>("select count(*) from mv_star_anomaly_frequency");
        Task<string> VersionAsync() =>
            fresh.Ledger.ScalarAsync<string>("select version::text from analytics_views where view_name = 'mv_star_anomaly_frequency'");
        var (before, version) = (await FrequenciesAsync(), await VersionAsync());

        await fresh.RunAnewAsync("files", "dbscan", Wide);

        Assert.True(await FrequenciesAsync() > before);
        Assert.NotEqual(version, await VersionAsync());
        Assert.All(
            await new ViewVerifier(ledger).VerifyAsync(cancellationToken: CancellationToken),
            v => Assert.True(v.Agrees, v.ViewName)
        );
    }

    [Theory]
    [InlineData("hdbscan")]
    [InlineData("auto")]
    [InlineData("knn")]
    [InlineData("lof")]
    public async Task What_looks_at_all_stars_is_refused_where_they_do_not_fit_with_the_most_that_do(string algorithm)
    {
        var (_, dataset) = await lying.GetAsync("files");
        var service = new DiscoveryService(Test.Ledger) { Limits = new RunMemory { AvailableBytes = 201L << 20 } };
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            service.RunAsync(new RunRequest(dataset.Name, StarFilter.All, Algorithms.Find(algorithm)!.Read("{}")), null, CancellationToken)
        );
        Assert.Equal(ErrorCode.SelectionTooLarge, refused.Code);
        Assert.True((long)refused.Facts["most_stars"]! < dataset.StarCount);
    }

    private async Task<List<string>> SourcesAsync(IReadOnlyList<long> stars, long dataset)
    {
        var all = InPlaceStars.Of(await new DatasetRepository(Test.Ledger).GetAnyAsync(dataset, CancellationToken)) is { } files
            ? files.Find([.. stars], CancellationToken)
            : await Test.Ledger.ReadAsync(c => c.Stars.Where(s => stars.Contains(s.StarId)), CancellationToken);
        var sources = all.ToDictionary(s => s.StarId, s => s.SourceId);
        return [.. stars.Select(s => sources[s])];
    }

    private async Task<List<string>> RowsAsync(DiscoveryRun run, ResultQuery? query = null)
    {
        var lines = await LinesAsync(await new RunExport(Test.Ledger).TableAsync(run, query ?? new ResultQuery(), null, CancellationToken));
        // Ids of ours are others in the two datasets.
        return [.. lines.Skip(1).Select(line => line[line.IndexOf(',', StringComparison.Ordinal)..]).Order(StringComparer.Ordinal)];
    }

    private static async Task<List<string>> LinesAsync(ExportTable table)
    {
        using var stream = new MemoryStream();
        await table.WriteAsync(stream, TableFormat.Csv, null, CancellationToken);
        return [.. System.Text.Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>A ledger with catalogues of each layout, and the runs that were asked for.</summary>
    public sealed class Lying : IAsyncLifetime
    {
        private readonly TestFolder _folder = TestFolder.Create("clusters");
        private readonly Dictionary<string, (Dataset Loaded, Dataset Lying)> _datasets = [];
        private readonly Dictionary<string, (DiscoveryRun Loaded, DiscoveryRun Lying)> _runs = [];

        public TestLedger Ledger { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Ledger = await TestLedger.CreateWholeAsync();

        public DiscoveryService Service(long mostHeld) =>
            new(Ledger.Ledger)
            {
                Limits = new RunMemory { AvailableBytes = 1L << 40, MostHeld = mostHeld },
                Rooms = () => new ScratchRoom(1 << 14, 1000),
            };

        public async Task<(Dataset Loaded, Dataset Lying)> GetAsync(string layout)
        {
            if (!_datasets.TryGetValue(layout, out var both))
                _datasets.Add(layout, both = await LyingCatalogue.IngestAsync(Ledger, _folder.Path, layout, CancellationToken));
            return both;
        }

        public async Task<(DiscoveryRun Loaded, DiscoveryRun Lying)> RunAsync(
            string layout,
            string algorithm,
            string parameters,
            string filter,
            long mostHeld
        )
        {
            var key = $"{layout} {algorithm} {parameters} {filter} {mostHeld}";
            if (!_runs.TryGetValue(key, out var both))
                _runs.Add(key, both = await RunAnewAsync(layout, algorithm, parameters, filter, mostHeld));
            return both;
        }

        public async Task<(DiscoveryRun Loaded, DiscoveryRun Lying)> RunAnewAsync(
            string layout,
            string algorithm,
            string parameters,
            string filter = "{}",
            long mostHeld = 0
        )
        {
            var (loaded, lying) = await GetAsync(layout);
            async Task<DiscoveryRun> OfAsync(Dataset dataset, long held)
            {
                var asked = Algorithms.Find(algorithm)!;
                var outcome = await Service(held)
                    .RunAsync(new RunRequest(dataset.Name, StarFilter.FromJson(filter), asked.Read(parameters)), null, CancellationToken);
                Assert.Equal(held > 0 || !asked.TakesTiles(asked.Defaults), outcome.Analysis.Stars.IsInMemory);
                outcome.Analysis.Release();
                return await new RunRepository(Ledger.Ledger).GetAsync(outcome.RunId!.Value, CancellationToken);
            }
            return (await OfAsync(loaded, long.MaxValue), await OfAsync(lying, mostHeld));
        }

        public async ValueTask DisposeAsync()
        {
            await Ledger.DisposeAsync();
            _folder.Dispose();
        }
    }
}
