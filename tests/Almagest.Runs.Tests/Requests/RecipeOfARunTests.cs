using System.Text.Json.Nodes;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Explanation;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Testing;
using Xunit;

namespace Almagest.Runs.Tests.Requests;

/// <summary>A run that names no recipe takes one that its stars have the columns for, and says which.</summary>
public sealed class RecipeOfARunTests
{
    private const string Whole =
        "update stars set parallax_mas = 5 + star_id % 7, parallax_error_mas = 0.1, pmra_mas_yr = star_id % 11, "
        + "pmdec_mas_yr = star_id % 5, magnitude = 10 + star_id % 9, color = star_id % 3";

    [Theory]
    [InlineData("", "population@1", "cluster5d@1")]
    [InlineData("color = null", "luminosity@1", "cluster5d@1")]
    [InlineData("pmra_mas_yr = null", "photometric@1", "sphere@1")]
    [InlineData("color = null, magnitude = null", "kinematic@1", "cluster5d@1")]
    [InlineData("radial_velocity_km_s = star_id % 50", "population3d@1", "cluster5d@1")]
    [InlineData("radial_velocity_km_s = star_id % 50, color = null", "luminosity3d@1", "cluster5d@1")]
    [InlineData("radial_velocity_km_s = case when star_id % 2 = 0 then 5 end", "population@1", "cluster5d@1")]
    [InlineData("parallax_error_mas = 3", "deep@1", "cluster5d@1")]
    [InlineData("parallax_error_mas = null", "deep@1", "cluster5d@1")]
    [InlineData("parallax_error_mas = null, color = null", "default@1", "cluster5d@1")]
    [InlineData("parallax_mas = null", "deep@1", "comoving@1")]
    [InlineData("parallax_mas = -1", "deep@1", "cluster5d@1")]
    [InlineData("parallax_mas = case when star_id % 20 = 0 then 5 end", "deep@1", "comoving@1")]
    [InlineData("parallax_mas = null, pmra_mas_yr = null, pmdec_mas_yr = null, magnitude = null, color = null", "default@1", "sphere@1")]
    public async Task The_recipe_follows_from_the_columns_and_is_stored_at_submission(string change, string anomalies, string clusters)
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("sky", 200);
        await test.ExecuteAsync(Whole);
        if (change.Length > 0)
            await test.ExecuteAsync($"update stars set {change}");
        var service = new DiscoveryService(test.Ledger);
        foreach (
            var (parameters, expected) in new (RunParameters, string)[]
            {
                (new IsolationForestParameters(), anomalies),
                (new DbscanParameters(), clusters),
                (new HdbscanParameters(), clusters),
            }
        )
        {
            var (run, choice) = await service.ChooseAndSubmitAsync(new RunRequest("sky", StarFilter.All, parameters));
            Assert.Equal(
                expected,
                JsonNode.Parse((await new RunRepository(test.Ledger).GetAsync(run.RunId)).Parameters)!["features"]!.GetValue<string>()
            );
            Assert.Equal(expected, choice!.Recipe.Reference);
            var outcome = (await service.ExecuteAsync(run.RunId))!;
            Assert.Equal(expected, outcome.Analysis.Features.Recipe.Reference);
            Assert.Equal((expected, choice.Reason), await PreviewAsync(service, parameters));
        }
    }

    [Fact]
    public async Task The_selection_counts_and_not_the_whole_dataset()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("sky", 200);
        await test.ExecuteAsync(Whole);
        await test.ExecuteAsync("update stars set color = null where dec_deg < 0");
        var outcome = await new DiscoveryService(test.Ledger).PreviewAsync(
            new RunRequest("sky", new StarFilter { DecDeg = new Bounds(null, -1) }, new IsolationForestParameters())
        );
        Assert.Equal("luminosity@1", outcome.Request.Parameters.Features);
        Assert.Contains("population needs color, which 0 of ", outcome.RecipeChoice!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipe_that_is_named_is_taken_and_stored_with_its_version()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("sky", 100);
        await test.ExecuteAsync(Whole);
        var outcome = await new DiscoveryService(test.Ledger).RunAsync(
            new RunRequest("sky", StarFilter.All, new IsolationForestParameters { Features = "default" })
        );
        Assert.Null(outcome.RecipeChoice);
        Assert.Equal(
            "default@1",
            JsonNode.Parse((await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value)).Parameters)![
                "features"
            ]!.GetValue<string>()
        );
        using var explainer = new RunExplainer(test.Ledger);
        Assert.NotEmpty((await explainer.ExplainAsync(outcome.RunId.Value, outcome.Analysis.Stars.StarId[0])).Explanation.Features);
    }

    [Fact]
    public async Task A_pending_run_that_was_stored_without_a_recipe_gets_one_when_it_is_executed()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("sky", 100);
        var runs = new RunRepository(test.Ledger);
        var run = (await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All)).RunId;
        Assert.Equal("sphere@1", (await new DiscoveryService(test.Ledger).ExecuteAsync(run))!.Request.Parameters.Features);
        Assert.Equal("sphere@1", JsonNode.Parse((await runs.GetAsync(run)).Parameters)!["features"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_sweep_of_cluster_sizes_builds_one_tree_and_finds_what_single_runs_find()
    {
        await using var test = await TestLedger.CreateAsync();
        var random = new Random(3);
        await test.AddDatasetAsync(
            "clumps",
            600,
            i =>
                i < 400
                    ? (100 + 10 * (i % 4) + random.NextDouble(), 20 + random.NextDouble())
                    : (90 + 60 * random.NextDouble(), 10 + 20 * random.NextDouble())
        );
        var memory = new AnalysisCache(new SelectionCache(test.Ledger));
        var (sweep, single) = (new DiscoveryService(test.Ledger) { Memory = memory }, new DiscoveryService(test.Ledger));
        foreach (var size in new[] { 5, 20, 60 })
        {
            var request = new RunRequest("clumps", StarFilter.All, new HdbscanParameters { MinClusterSize = size, MinSamples = 6 });
            var (one, other) = (await sweep.RunAsync(request), await single.PreviewAsync(request));
            Assert.Equal(other.Analysis.Clusters!.Labels, one.Analysis.Clusters!.Labels);
            Assert.Equal(other.Analysis.Clusters.Strengths, one.Analysis.Clusters.Strengths);
        }
        Assert.Equal(1, memory.Work.Built);
        // Another selection, recipe or min_samples is another tree.
        foreach (
            var request in new[]
            {
                new RunRequest("clumps", new StarFilter { DecDeg = new Bounds(20) }, new HdbscanParameters { MinSamples = 6 }),
                new RunRequest("clumps", StarFilter.All, new HdbscanParameters { MinSamples = 6, Features = "default" }),
                new RunRequest("clumps", StarFilter.All, new HdbscanParameters { MinSamples = 7, Features = "default" }),
            }
        )
        {
            Assert.Equal(
                (await single.PreviewAsync(request)).Analysis.Clusters!.Labels,
                (await sweep.PreviewAsync(request)).Analysis.Clusters!.Labels
            );
        }
        Assert.Equal(4, memory.Work.Built);
    }

    [Theory]
    [InlineData("astrometric", 0.05, 0.14)]
    [InlineData("cluster5d", 0.3, 0.55)]
    public async Task In_the_field_of_Praesepe_the_suggested_eps_finds_the_clump(string recipe, double least, double most)
    {
        var file = TestData.Find("fields/praesepe-gaiadr2-cone.csv");
        Assert.SkipWhen(file is null, TestData.Missing);
        await using var test = await TestLedger.CreateAsync();
        await new CatalogIngestor(test.Ledger).IngestAsync([file!], new IngestOptions { DatasetName = "praesepe" });
        var advice = await new DiscoveryService(test.Ledger).KDistanceAsync("praesepe", StarFilter.All, recipe, 15);
        Assert.InRange(advice.Curve.SuggestedEps!.Value, least, most);
        // The clump holds about 895 of the 2,524 stars.
        var suggested = Assert.Single(advice.Candidates, c => c.IsSuggested);
        Assert.InRange(suggested.LargestCluster, 850, 1100);
        Assert.InRange(suggested.Clusters, 1, 3);
    }

    private static async Task<(string?, string?)> PreviewAsync(DiscoveryService service, RunParameters parameters)
    {
        var outcome = await service.PreviewAsync(new RunRequest("sky", StarFilter.All, parameters));
        return (outcome.Request.Parameters.Features, outcome.RecipeChoice?.Reason);
    }
}
