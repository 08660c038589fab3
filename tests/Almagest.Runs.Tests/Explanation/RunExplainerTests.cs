using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Explanation;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Almagest.Runs.Results;
using Almagest.Runs.Tests.Execution;
using Almagest.Testing;
using Xunit;

namespace Almagest.Runs.Tests.Explanation;

/// <summary>Why a star has its score in a stored run, and when that can no longer be said.</summary>
public sealed class RunExplainerTests
{
    [Fact]
    public async Task The_star_that_was_made_bright_is_flagged_for_its_magnitude()
    {
        await using var test = await WithSkyAsync();
        var run = await RunAsync(test);
        var odd = await StarAsync(test, "sky-300");
        using var explainer = new RunExplainer(test.Ledger);
        var found = await explainer.ExplainAsync(run, odd);

        Assert.True(found.IsAnomaly);
        Assert.Equal("sky-300", found.Star.SourceId);
        Assert.Equal(
            await test.ScalarAsync<double>($"select anomaly_score from discovery_results where run_id = '{run}' and star_id = {odd}"),
            found.Score
        );
        Assert.Equal(found.Score, found.Explanation.RawScore - found.Offset, 1e-12);
        var first = found.Explanation.Features[0];
        Assert.Equal(("magnitude", "mag"), (first.Name, first.Unit));
        Assert.Equal(1, first.Value, 1e-9);
        Assert.InRange(first.Percentile, 0, 1);
        Assert.InRange(first.Share, 0.5, 1);
        Assert.Empty(found.Imputed);
        Assert.StartsWith("Star sky-300 is flagged (score -0.", found.Sentence, StringComparison.Ordinal);
        Assert.Contains("mostly for magnitude = 1.00 mag (below 99.", found.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stars_most_like_one_are_those_nearest_in_the_features_of_the_run()
    {
        await using var test = await WithSkyAsync();
        var run = await RunAsync(test);
        var star = await StarAsync(test, "sky-10");
        using var explainer = new RunExplainer(test.Ledger);
        var alike = await explainer.AlikeAsync(run, star, 5);
        Assert.Equal(5, alike.Count);
        Assert.DoesNotContain(alike, a => a.StarId == star);
        Assert.Equal(alike.Select(a => a.Distance).Order(), alike.Select(a => a.Distance));
        // To each of them it is as far back.
        var back = await explainer.AlikeAsync(run, alike[0].StarId, 400);
        Assert.Equal(alike[0].Distance, back.Single(b => b.StarId == star).Distance, 1e-9);
        Assert.All(alike, a => Assert.True(a.Distance < back[^1].Distance));
        // The star that was made bright is far from all.
        Assert.True((await explainer.AlikeAsync(run, await StarAsync(test, "sky-300"), 1))[0].Distance > 2 * alike[0].Distance);
    }

    [Fact]
    public async Task The_chance_that_a_star_is_flagged_truly_is_said_where_its_errors_are_known()
    {
        await using var test = await WithSkyAsync();
        var run = await RunAsync(test);
        var odd = await StarAsync(test, "sky-300");
        using var explainer = new RunExplainer(test.Ledger);
        Assert.Null((await explainer.ExplainAsync(run, odd)).ChanceSentence);

        await test.RewriteAsync(
            $"update discovery_results set flag_probability = 0.75, score_spread = 0.0125 where run_id = '{run}' and star_id = {odd}"
        );
        var found = await explainer.ExplainAsync(run, odd);
        Assert.Equal((0.75, 0.0125), (found.FlagProbability, found.ScoreSpread));
        Assert.EndsWith(
            "scatters by 0.013; the chance that its true values are flagged is 0.75.",
            found.ChanceSentence,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Every_star_of_a_run_is_explained_with_its_stored_score()
    {
        await using var test = await WithSkyAsync();
        var run = await RunAsync(test);
        using var explainer = new RunExplainer(test.Ledger);
        foreach (var result in (await new ResultRepository(test.Ledger).PageAsync(run, new ResultQuery(Limit: 200))).Items)
        {
            var found = await explainer.ExplainAsync(run, result.StarId);
            Assert.Equal(
                (result.StarId, result.AnomalyScore!.Value, result.IsAnomaly == 1),
                (found.Star.StarId, found.Score, found.IsAnomaly)
            );
            Assert.Equal(found.Explanation.Measured - found.Explanation.Expected, found.Explanation.Features.Sum(f => f.Change), 1e-9);
            Assert.Contains(found.IsAnomaly ? " is flagged " : " is not flagged ", found.Sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Runs_over_real_stars_are_explained_for_the_most_anomalous_star()
    {
        var file = TestData.Find("gaia-100pc.csv");
        Assert.SkipWhen(file is null, TestData.Missing);
        await using var test = await TestLedger.CreateAsync();
        await new CatalogIngestor(test.Ledger).IngestAsync([file!], new IngestOptions { DatasetName = "gaia" });
        using var explainer = new RunExplainer(test.Ledger);
        foreach (var recipe in new[] { "default", "population", "photometric+kinematic" })
        {
            var run = (
                await new DiscoveryService(test.Ledger).RunOnlyAsync(
                    new RunRequest("gaia", StarFilter.All, new IsolationForestParameters { Features = recipe })
                )
            )
                .RunId!
                .Value;
            var star = (await new ResultRepository(test.Ledger).PageAsync(run, new ResultQuery(ByScore: true, Limit: 1))).Items[0];
            var found = await explainer.ExplainAsync(run, star.StarId);
            Assert.Equal(star.AnomalyScore, found.Score);
            Assert.True(found.Explanation.Measured < found.Explanation.Expected);
            Assert.Equal(1, found.Explanation.Features.Sum(f => f.Share), 1e-9);
        }
    }

    public static TheoryData<string> Detectors { get; } = [.. Algorithms.Of(RunTypes.Anomaly).Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Detectors))]
    public async Task Every_detector_s_runs_are_explained_replayed_and_rethresholded(string algorithm)
    {
        await using var test = await WithSkyAsync();
        var parameters = Algorithms.Find(algorithm)!.Read("""{"features": "classic", "missing": "impute"}""");
        var run = (await new DiscoveryService(test.Ledger).RunOnlyAsync(new RunRequest("sky", StarFilter.All, parameters))).RunId!.Value;
        var odd = await StarAsync(test, "sky-300");
        using var explainer = new RunExplainer(test.Ledger);
        var found = await explainer.ExplainAsync(run, odd);
        Assert.True(found.IsAnomaly);
        Assert.Equal("magnitude", found.Explanation.Features[0].Name);
        Assert.Equal(found.Explanation.Measured - found.Explanation.Expected, found.Explanation.Features.Sum(f => f.Change), 1e-9);
        Assert.Contains("mostly for magnitude = 1.00 mag (below 99.", found.Sentence, StringComparison.Ordinal);
        Assert.True((await new RunReplayer(test.Ledger).ReplayAsync(run)).IsReproduced);
        var other = await new RunRethresholder(test.Ledger).RethresholdAsync(run, 0.1);
        Assert.Equal(found.Explanation.Features, (await explainer.ExplainAsync(other.RunId, odd)).Explanation.Features);
    }

    [Fact]
    public async Task A_run_that_was_rethresholded_is_explained_by_the_same_forest()
    {
        await using var test = await WithSkyAsync();
        var run = await RunAsync(test);
        var made = await new RunRethresholder(test.Ledger).RethresholdAsync(run, 0.2);
        var star = await StarAsync(test, "sky-300");
        using var explainer = new RunExplainer(test.Ledger);
        var (one, other) = (await explainer.ExplainAsync(run, star), await explainer.ExplainAsync(made.RunId, star));
        Assert.Equal(one.Explanation.Features, other.Explanation.Features);
        Assert.NotEqual(one.Offset, other.Offset);
    }

    [Fact]
    public async Task A_value_that_the_catalogue_does_not_have_is_marked_as_imputed()
    {
        await using var test = await WithSkyAsync();
        var star = await StarAsync(test, "sky-301");
        await test.ExecuteAsync($"update stars set parallax_error_mas = 0.1; update stars set parallax_mas = null where star_id = {star}");
        using var explainer = new RunExplainer(test.Ledger);
        Assert.Equal(["parallax"], (await explainer.ExplainAsync(await RunAsync(test), star)).Imputed);
        Assert.Equal(["abs_mag"], (await explainer.ExplainAsync(await RunAsync(test, "photometric"), star)).Imputed);
        // A parallax that is no distance is one that the catalogue has, and of which the run makes none.
        await test.ExecuteAsync($"update stars set parallax_mas = 0.4 where star_id = {star}");
        using var anew = new RunExplainer(test.Ledger);
        Assert.Empty((await anew.ExplainAsync(await RunAsync(test), star)).Imputed);
        Assert.Equal(["abs_mag"], (await anew.ExplainAsync(await RunAsync(test, "photometric"), star)).Imputed);
    }

    [Fact]
    public async Task A_second_star_of_a_run_needs_no_second_loading_and_the_cache_lets_go_of_older_runs()
    {
        await using var test = await WithSkyAsync();
        Guid[] runs = [await RunAsync(test), await RunAsync(test), await RunAsync(test)];
        var star = await StarAsync(test, "sky-300");
        // Stars are not kept here, only what is prepared of them.
        using var explainer = new RunExplainer(test.Ledger, new SelectionCache(test.Ledger) { MostStars = 0 });
        foreach (var run in runs)
            await explainer.ExplainAsync(run, star);
        await Task.Delay(1, TestContext.Current.CancellationToken);
        GC.Collect();
        // What is loaded from now on no longer gives the stored scores; what is kept still does.
        await test.ExecuteAsync("update stars set magnitude = 15 - magnitude / 2");
        await explainer.ExplainAsync(runs[2], star);
        await explainer.ExplainAsync(runs[1], await StarAsync(test, "sky-7"));
        var error = await Assert.ThrowsAsync<LedgerException>(() => explainer.ExplainAsync(runs[0], star));
        Assert.Equal(LedgerErrorKind.Conflict, error.Kind);
    }

    [Fact]
    public async Task Runs_over_one_selection_are_explained_from_the_stars_that_another_has_loaded()
    {
        await using var test = await WithSkyAsync();
        var stars = new SelectionCache(test.Ledger);
        using var explainer = new RunExplainer(test.Ledger, stars);
        var star = await StarAsync(test, "sky-300");
        // A run that needs more than another has loaded reads that alone.
        foreach (var recipe in new[] { "photometric", "astrometric", "sphere" })
            await explainer.ExplainAsync(await RunAsync(test, recipe), star);
        Assert.Equal(1, stars.Loads);
    }

    [Fact]
    public async Task Many_who_ask_at_once_get_the_same_answer()
    {
        await using var test = await WithSkyAsync();
        Guid[] runs = [await RunAsync(test), await RunAsync(test, "photometric"), await RunAsync(test, "sphere")];
        var star = await StarAsync(test, "sky-300");
        using var explainer = new RunExplainer(test.Ledger);
        var found = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => explainer.ExplainAsync(runs[i % 3], star)));
        Assert.All(
            found.Select((f, i) => (f, i)),
            p => Assert.Equal((runs[p.i % 3], found[p.i % 3].Sentence), (p.f.Run.RunId, p.f.Sentence))
        );
    }

    [Theory]
    [InlineData("update stars set magnitude = 15 - magnitude / 2", "stored score")]
    [InlineData("delete from stars where source_id = 'sky-5'", "399 can be analysed")]
    [InlineData(
        "update discovery_runs set results_summary = jsonb_set(results_summary, '{features,version}', '\"0\"')",
        "version 0 of the feature recipe classic"
    )]
    [InlineData("update discovery_runs set parameters = jsonb_set(parameters, '{features}', '\"classic@0\"')", "cannot repeat run")]
    [InlineData("update discovery_runs set results_summary = results_summary - 'score_offset'", "score_offset")]
    public async Task What_has_changed_since_is_said_instead_of_an_explanation(string change, string reason)
    {
        await using var test = await WithSkyAsync();
        var run = await RunAsync(test);
        var star = await StarAsync(test, "sky-300");
        await test.RewriteAsync(change);
        using var explainer = new RunExplainer(test.Ledger);
        var error = await Assert.ThrowsAsync<LedgerException>(() => explainer.ExplainAsync(run, star));
        Assert.Equal(LedgerErrorKind.Conflict, error.Kind);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy);
    }

    [Fact]
    public async Task Only_stars_of_complete_forest_runs_are_explained()
    {
        await using var test = await WithSkyAsync();
        var runs = new RunRepository(test.Ledger);
        var narrow = (
            await new DiscoveryService(test.Ledger).RunOnlyAsync(
                new RunRequest("sky", new StarFilter { DecDeg = new Bounds(0) }, new IsolationForestParameters())
            )
        )
            .RunId!
            .Value;
        var clusters = (await new DiscoveryService(test.Ledger).RunOnlyAsync(new RunRequest("sky", StarFilter.All, new DbscanParameters())))
            .RunId!
            .Value;
        var pending = (
            await runs.CreateAsync((await runs.GetAsync(narrow)).DatasetId, new IsolationForestParameters(), StarFilter.All)
        ).RunId;
        var (south, north) = (await StarAsync(test, "sky-0"), await StarAsync(test, "sky-399"));
        using var explainer = new RunExplainer(test.Ledger);
        Assert.Equal("sky-399", (await explainer.ExplainAsync(narrow, north)).Star.SourceId);
        foreach (
            var (run, star, kind) in new[]
            {
                (narrow, south, LedgerErrorKind.NotFound),
                (narrow, long.MaxValue, LedgerErrorKind.NotFound),
                (Guid.NewGuid(), north, LedgerErrorKind.NotFound),
                (clusters, north, LedgerErrorKind.Invalid),
                (pending, north, LedgerErrorKind.Conflict),
            }
        )
        {
            Assert.Equal(kind, (await Assert.ThrowsAsync<LedgerException>(() => explainer.ExplainAsync(run, star))).Kind);
        }
        await runs.DeleteAsync(narrow);
        Assert.Equal(
            LedgerErrorKind.NotFound,
            (await Assert.ThrowsAsync<LedgerException>(() => explainer.ExplainAsync(narrow, north))).Kind
        );
    }

    [Fact]
    public async Task A_star_is_found_by_either_id_and_a_number_that_may_be_two_stars_is_refused()
    {
        await using var test = await WithSkyAsync();
        var run = await new RunRepository(test.Ledger).GetAsync(await RunAsync(test));
        var (one, other) = (await StarAsync(test, "sky-1"), await StarAsync(test, "sky-2"));
        var stars = new RunStars(test.Ledger);
        Assert.Equal(one, (await stars.FindAsync(run, "sky-1")).StarId);
        Assert.Equal(one, (await stars.FindAsync(run, $"{one}")).StarId);
        await test.ExecuteAsync($"update stars set source_id = '{other}' where star_id = {one}");
        var error = await Assert.ThrowsAsync<LedgerException>(() => stars.FindAsync(run, $"{other}"));
        Assert.Equal((LedgerErrorKind.Invalid, "star"), (error.Kind, error.Field));
        Assert.Equal(one, (await stars.FindAsync(run, $"{other}", StarIdKind.SourceId)).StarId);
        Assert.Equal(other, (await stars.FindAsync(run, $"{other}", StarIdKind.StarId)).StarId);
        foreach (var none in new[] { "sky-none", "999999999999999999", "99999999999999999999", "0", "-1" })
            Assert.Equal(LedgerErrorKind.NotFound, (await Assert.ThrowsAsync<LedgerException>(() => stars.FindAsync(run, none))).Kind);
        // A star of another dataset is none of this run's.
        var (_, elsewhere) = await test.AddDatasetAsync("other", 5);
        Assert.Equal(
            LedgerErrorKind.NotFound,
            (await Assert.ThrowsAsync<LedgerException>(() => stars.FindAsync(run, $"{elsewhere[0]}"))).Kind
        );
    }

    private static async Task<Guid> RunAsync(TestLedger test, string features = "classic") =>
        (
            await new DiscoveryService(test.Ledger).RunOnlyAsync(
                new RunRequest("sky", StarFilter.All, new IsolationForestParameters { Features = features, Missing = RunParameters.Impute })
            )
        )
            .RunId!
            .Value;

    private static Task<long> StarAsync(TestLedger test, string sourceId) =>
        test.ScalarAsync<long>($"select star_id from stars where source_id = '{sourceId}'");

    /// <summary>400 stars over the sky, alike but for one that is far too bright.</summary>
    private static async Task<TestLedger> WithSkyAsync()
    {
        var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("sky", 400);
        await test.ExecuteAsync(
            "update stars set magnitude = 14 + star_id % 17 * 0.1, parallax_mas = 5 + star_id % 11, color = 1 + star_id % 5 * 0.1"
        );
        await test.ExecuteAsync("update stars set magnitude = 1 where source_id = 'sky-300'");
        return test;
    }
}
