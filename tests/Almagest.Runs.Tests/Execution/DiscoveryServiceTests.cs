using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;
using Almagest.Runs.Results;
using Almagest.Testing;
using Xunit;

namespace Almagest.Runs.Tests.Execution;

/// <summary>The main job: a selection, an algorithm, every per-star result, and the views brought up to date by themselves.</summary>
public sealed class DiscoveryServiceTests
{
    [Fact]
    public async Task An_anomaly_run_over_a_real_table_flags_its_share_and_the_views_show_it()
    {
        await using var test = await WithGaiaAsync();
        var outcome = await new DiscoveryService(test.Ledger).RunAsync(
            new RunRequest("gaia", StarFilter.All, new IsolationForestParameters())
        );
        var run = await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value);
        Assert.True(run is { IsComplete: true, TotalStars: 12366, RandomSeed: 42 });
        var stats = await new Almagest.Ledger.Views.Queries.AnalyticsQueries(test.Ledger).StatsOfAsync(run.RunId);
        Assert.Equal(619, stats!.AnomalyCount);
        Assert.True(stats.MaxAnomalyScore < 0);
        Assert.All(await new ViewStatusReader(test.Ledger).ReadAsync(), s => Assert.False(s.Lags));
        Assert.All(await new ViewVerifier(test.Ledger).VerifyAsync(), v => Assert.True(v.Agrees, v.ViewName));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_rows_whatever_the_number_of_threads()
    {
        await using var test = await WithGaiaAsync();
        const string Rows =
            "select string_agg(md5(star_id || ' ' || is_anomaly || ' ' || coalesce(anomaly_score::text, '') || "
            + "coalesce(cluster_id::text, '')), '' order by star_id) from discovery_results where run_id = '{0}'";
        foreach (
            var parameters in new RunParameters[]
            {
                new IsolationForestParameters { NEstimators = 30 },
                new DbscanParameters(),
            }
        )
        {
            var hashes = new HashSet<string>();
            foreach (var threads in new[] { 1, 2, 5 })
            {
                var outcome = await new DiscoveryService(test.Ledger) { MaxThreads = threads }.RunOnlyAsync(
                    new RunRequest("gaia", StarFilter.All, parameters)
                );
                hashes.Add(
                    await test.ScalarAsync<string>(string.Format(System.Globalization.CultureInfo.InvariantCulture, Rows, outcome.RunId))
                );
            }
            Assert.Single(hashes);
        }
        var other = await new DiscoveryService(test.Ledger).RunAsync(
            new RunRequest("gaia", StarFilter.All, new IsolationForestParameters { NEstimators = 30, RandomState = 43 })
        );
        var seeds = await new Almagest.Ledger.Views.Queries.AnalyticsQueries(test.Ledger).OverlapsAsync(other.RunId);
        Assert.All(seeds, o => Assert.InRange(o.JaccardSimilarity, 0.01, 0.999));
    }

    [Fact]
    public async Task Runs_that_differ_in_the_contamination_alone_share_one_fit_and_are_equal_to_runs_made_alone()
    {
        await using var test = await WithGaiaAsync();
        var parameters = RunSweep.Expand(
            "isolation_forest",
            new System.Text.Json.Nodes.JsonObject { ["n_estimators"] = 30 },
            [new("contamination", [0.01, 0.05, 0.2])],
            [],
            [1, 2]
        );
        var memory = new AnalysisCache(new SelectionCache(test.Ledger));
        var shared = new DiscoveryService(test.Ledger) { Memory = memory };
        var together = await HashesAsync(shared, parameters);
        Assert.Equal(2, memory.Work.Built);
        Assert.Equal(together, await HashesAsync(new DiscoveryService(test.Ledger), parameters));
        Assert.Equal(6, together.Distinct().Count());

        async Task<List<string>> HashesAsync(DiscoveryService service, IReadOnlyList<RunParameters> runs)
        {
            var hashes = new List<string>();
            foreach (var one in runs)
            {
                var outcome = await service.RunOnlyAsync(new RunRequest("gaia", StarFilter.All, one));
                hashes.Add((await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value)).ResultsHash!);
            }
            return hashes;
        }
    }

    [Fact]
    public async Task With_the_default_features_a_cluster_across_RA_0_is_one_cluster_and_with_the_classic_ones_it_is_torn()
    {
        await using var test = await TestLedger.CreateAsync();
        var random = new Random(5);
        // 200 stars within 1° of (0, 20), and a field over the sky.
        await test.AddDatasetAsync(
            "edge",
            2200,
            i =>
                i < 200
                    ? ((360 + random.NextDouble() * 2 - 1) % 360, 20 + random.NextDouble() * 2 - 1)
                    : (random.NextDouble() * 360, Math.Asin(random.NextDouble() * 2 - 1) * 180 / Math.PI)
        );
        async Task<int[]> LabelsAsync(string features)
        {
            var outcome = await new DiscoveryService(test.Ledger).PreviewAsync(
                new RunRequest(
                    "edge",
                    StarFilter.All,
                    new DbscanParameters
                    {
                        Eps = 0.06,
                        MinSamples = 20,
                        Features = features,
                        Missing = RunParameters.Impute,
                    }
                )
            );
            return [.. outcome.Analysis.Clusters!.Labels.Take(200).Where(l => l >= 0).Distinct()];
        }
        Assert.Single(await LabelsAsync("default"));
        Assert.Equal(2, (await LabelsAsync("classic")).Length);
    }

    [Fact]
    public async Task Missing_parallaxes_are_imputed_where_that_is_asked_for_and_said()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("a", 50);
        await test.ExecuteAsync(
            "update stars set parallax_mas = 5, magnitude = star_id; update stars set parallax_mas = null where star_id % 10 = 0"
        );
        var missing = await test.ScalarAsync<long>("select count(*) from stars where parallax_mas is null");
        var outcome = await new DiscoveryService(test.Ledger).RunAsync(
            new RunRequest("a", StarFilter.All, new IsolationForestParameters { Features = "classic", Missing = RunParameters.Impute })
        );
        var imputed = Assert.Single(outcome.Analysis.Features.Imputed);
        Assert.Equal((missing, 5.0), (imputed.Count, imputed.Median));
        Assert.Contains(
            $"\"count\": {missing}",
            (await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value)).ResultsSummary,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task All_parallaxes_missing_leaves_the_column_out_where_gaps_are_filled_and_stores_no_NaN()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("a", 50);
        var outcome = await new DiscoveryService(test.Ledger).RunAsync(
            new RunRequest("a", StarFilter.All, new IsolationForestParameters { Features = "classic", Missing = RunParameters.Impute })
        );
        Assert.Contains(outcome.Analysis.Features.LeftOut, f => f.Name == "parallax");
        Assert.Equal(50L, await test.ScalarAsync<long>("select count(*) from discovery_results where anomaly_score <> 'NaN'"));
    }

    [Theory]
    [InlineData("isolation_forest", """{"contamination": 0}""", "contamination")]
    [InlineData("isolation_forest", """{"contamination": 0.51}""", "contamination")]
    [InlineData("isolation_forest", """{"n_estimators": 0}""", "n_estimators")]
    [InlineData("isolation_forest", """{"features": "astrology"}""", "features")]
    [InlineData("isolation_forest", """{"eps": 1}""", "parameters.eps")]
    [InlineData("isolation_forest", """{"contamination": 1e999}""", "contamination")]
    [InlineData("dbscan", """{"eps": 1e999}""", "eps")]
    [InlineData("dbscan", """{"eps": 0}""", "eps")]
    [InlineData("dbscan", """{"eps": -1}""", "eps")]
    [InlineData("dbscan", """{"min_samples": 0}""", "min_samples")]
    [InlineData("dbscan", """{"min_samples": "many"}""", "parameters.min_samples")]
    [InlineData("isolation_forest", """{"seed": 7}""", "parameters.seed")]
    [InlineData("hdbscan", """{"min_cluster_size": 1}""", "min_cluster_size")]
    [InlineData("hdbscan", """{"min_samples": 0}""", "min_samples")]
    [InlineData("hdbscan", """{"cluster_selection_method": "best"}""", "cluster_selection_method")]
    [InlineData("hdbscan", """{"cluster_selection_method": "leaf", "allow_single_cluster": true}""", "allow_single_cluster")]
    [InlineData("k_means", "{}", "algorithm")]
    public void A_parameter_out_of_range_is_refused_by_name(string algorithm, string json, string field)
    {
        var error = Assert.Throws<LedgerException>(() => ParameterReader.Read(algorithm, json));
        Assert.Equal(LedgerErrorKind.Invalid, error.Kind);
        Assert.EndsWith(field, error.Field, StringComparison.Ordinal);
    }

    [Fact]
    public void The_stored_parameters_are_the_parameters_and_nothing_else()
    {
        Assert.Equal(
            """{"contamination":0.05,"n_estimators":100,"max_samples":256,"random_state":42,"draws":32,"features":null,"""
                + "\"missing\":\"exclude\",\"min_parallax_over_error\":5,\"distance_without_errors\":false}",
            new IsolationForestParameters().ToJson()
        );
        Assert.Equal(
            """{"eps":0.5,"min_samples":10,"draws":32,"features":null,"missing":"exclude","min_parallax_over_error":5,"""
                + "\"distance_without_errors\":false}",
            new DbscanParameters().ToJson()
        );
    }

    [Fact]
    public async Task Fewer_than_five_stars_are_refused_before_a_run_is_created()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("four", 4);
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DiscoveryService(test.Ledger).RunAsync(new RunRequest("four", StarFilter.All, new IsolationForestParameters()))
        );
        Assert.Contains("holds 4 of the 4 stars", error.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await test.ScalarAsync<long>("select count(*) from discovery_runs"));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_leaves_no_results()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("a", 500);
        using var stop = new CancellationTokenSource();
        var service = new DiscoveryService(test.Ledger);
        var progress = new StopAt("persist", stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            service.RunAsync(new RunRequest("a", StarFilter.All, new IsolationForestParameters()), progress, stop.Token)
        );
        var run = Assert.Single(await new RunRepository(test.Ledger).ListAsync(new RunQuery()));
        Assert.Equal(RunStatus.Cancelled, run.Status);
        Assert.Equal(0L, await test.ScalarAsync<long>($"select count(*) from {test.SeenResults}"));
        // The timeline counts it all the same, and shows it at once.
        Assert.Equal(
            2L,
            await test.ScalarAsync<long>("select count(*) from mv_discovery_timeline where total_runs = 1 and completed_runs = 0")
        );
        Assert.All(await new ViewStatusReader(test.Ledger).ReadAsync(), s => Assert.False(s.Lags));
    }

    [Fact]
    public async Task HDBSCAN_finds_the_clump_of_Praesepe_and_keeps_strengths_of_membership()
    {
        var file = TestData.Find("fields/praesepe-gaiadr2-cone.csv");
        Assert.SkipWhen(file is null, TestData.Missing);
        await using var test = await TestLedger.CreateAsync();
        await new CatalogIngestor(test.Ledger).IngestAsync([file!], new IngestOptions { DatasetName = "praesepe" });
        var outcome = await new DiscoveryService(test.Ledger).RunAsync(
            new RunRequest(
                "praesepe",
                StarFilter.All,
                new HdbscanParameters
                {
                    MinClusterSize = 100,
                    MinSamples = 15,
                    Features = "astrometric",
                }
            )
        );
        var sizes = await new Almagest.Ledger.Views.Queries.AnalyticsQueries(test.Ledger).ClusterSizesAsync(outcome.RunId!.Value);
        // The cone holds one clump of about 895 stars.
        Assert.InRange(sizes[0].ClusterSize, 700, 1100);
        Assert.Equal(
            outcome.Analysis.Stars.Count,
            await test.ScalarAsync<long>("select count(*) from discovery_results where membership_strength between 0 and 1")
        );
        Assert.Equal(
            0L,
            await test.ScalarAsync<long>("select count(*) from discovery_results where cluster_id = -1 and membership_strength <> 0")
        );
        var member = (
            await new ResultRepository(test.Ledger).PageAsync(outcome.RunId.Value, new ResultQuery(ClusterId: sizes[0].ClusterId))
        ).Items[0];
        Assert.InRange(member.MembershipStrength!.Value, 0.0, 1.0);
        Assert.All(await new ViewVerifier(test.Ledger).VerifyAsync(), v => Assert.True(v.Agrees, v.ViewName));
    }

    [Fact]
    public async Task The_k_distances_of_a_selection_suggest_an_eps_between_clump_and_field()
    {
        await using var test = await TestLedger.CreateAsync();
        var random = new Random(3);
        await test.AddDatasetAsync(
            "clump",
            2000,
            i =>
                i < 1000
                    ? (100 + random.NextDouble(), 20 + random.NextDouble())
                    : (random.NextDouble() * 360, Math.Asin(random.NextDouble() * 2 - 1) * 180 / Math.PI)
        );
        var answer = await new DiscoveryService(test.Ledger).KDistanceAsync("clump", StarFilter.All, "sphere", 10);
        var distances = answer.Curve.Distances;
        Assert.Equal((2000, 2000), (answer.TotalStars, distances.Length));
        Assert.Equal(distances.Order(), distances);
        // The clump's stars have their tenth neighbour nearer than this, the field's farther.
        Assert.InRange(answer.Curve.SuggestedEps!.Value, distances[900], distances[1500]);
        Assert.Equal(1, Assert.Single(answer.Candidates, c => c.IsSuggested).Clusters);
    }

    [Fact]
    public async Task A_preview_stores_nothing()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("a", 100);
        var outcome = await new DiscoveryService(test.Ledger).PreviewAsync(
            new RunRequest("a", StarFilter.All, new IsolationForestParameters())
        );
        Assert.Equal(5, outcome.Analysis.AnomalyCount);
        Assert.Null(outcome.RunId);
        Assert.Equal(0L, await test.ScalarAsync<long>("select count(*) from discovery_runs"));
    }

    private static async Task<TestLedger> WithGaiaAsync()
    {
        var file = TestData.Find("gaia-100pc.csv");
        Assert.SkipWhen(file is null, TestData.Missing);
        var test = await TestLedger.CreateAsync();
        await new CatalogIngestor(test.Ledger).IngestAsync([file!], new IngestOptions { DatasetName = "gaia" });
        return test;
    }

    private sealed class StopAt(string stage, CancellationTokenSource stop) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            if (value.Stage == stage)
                stop.Cancel();
        }
    }
}
