using System.Text.Json;
using Almagest.Contract.Errors;
using Almagest.Contract.Recovery;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Recovery;
using Almagest.Runs.Requests;
using Almagest.Runs.Tests.Execution;
using Xunit;

namespace Almagest.Runs.Tests.Recovery;

/// <summary>What a run would find of planted stars, over stars with a level distribution in every column.</summary>
public sealed class RecoveryTrialsTests
{
    private static readonly JsonSerializerOptions s_snakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<TestLedger> LedgerAsync(int stars = 2000)
    {
        var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("a", stars);
        // Low-discrepancy sequences: every column level, and none of them like another.
        await test.ExecuteAsync(
            """
            update stars set magnitude = 8 + 10 * (star_id * 0.618034 - floor(star_id * 0.618034)),
              color = 0.5 + 2 * (star_id * 0.754878 - floor(star_id * 0.754878)),
                             parallax_mas = 5 + 5 * (star_id * 0.569840 - floor(star_id * 0.569840)), parallax_error_mas = 0.1,
                             pmra_mas_yr = 40 * (star_id * 0.414214 - floor(star_id * 0.414214)) - 20,
                               pmdec_mas_yr = 40 * (star_id * 0.732051 - floor(star_id * 0.732051)) - 20
            """
        );
        return test;
    }

    private static async Task<Guid> RunAsync(TestLedger test, RunParameters parameters, string? filter = null) =>
        (
            await new DiscoveryService(test.Ledger).RunOnlyAsync(
                new RunRequest("a", StarFilterText.Parse(filter), parameters),
                null,
                CancellationToken
            )
        )
            .RunId!
            .Value;

    private static Task<RecoveryReport> RecoverAsync(TestLedger test, Guid run, RecoverySettings settings, int threads = 0) =>
        new RecoveryTrials(test.Ledger) { MaxThreads = threads }.RunAsync(run, settings, null, CancellationToken);

    [Fact]
    public async Task Far_outliers_are_found_ordinary_stars_are_flagged_as_others_are_and_nothing_planted_stays()
    {
        await using var test = await LedgerAsync();
        var run = await RunAsync(test, new IsolationForestParameters { Features = "population", Contamination = 0.05 });
        const string Everything = """
            select (select md5(string_agg(s::text, '' order by star_id)) from stars s), (select md5(string_agg(r::text, ''
              order by run_id, star_id)) from discovery_results r),
                   (select count(*) from discovery_runs), (select count(*) from star_labels), (select count(*) from pending_view_changes)
            """;
        var before = await test.StringsAsync(Everything);
        var report = await RecoverAsync(
            test,
            run,
            new RecoverySettings
            {
                Contrasts = [0, 20],
                Stars = 18,
                Repetitions = 20,
            }
        );
        Assert.Equal(before, await test.StringsAsync(Everything));
        var outliers = report.Outliers!;
        Assert.Null(report.Clusters);
        Assert.Equal((21, 2000L, 180L, 180L), (report.Runs, report.TotalStars, report.Recovery.Trials, outliers.Control!.Trials));
        Assert.Equal(["color", "magnitude", "motion"], report.Settings.Traits!);
        Assert.True(report.Recovery.Share > 0.8, $"{report.Recovery}");
        Assert.True(outliers.Control.Low < 0.05 && outliers.Control.Share < 0.1, $"{outliers.Control}");
        Assert.All(
            outliers.ByContrast,
            c =>
                Assert.Equal(
                    c.Contrast == 0 ? 0 : 20,
                    Math.Round(c.Displacement / outliers.ByContrast.First(o => o.Trait == c.Trait && o.Contrast == 20).Displacement * 20)
                )
        );
        Assert.Equal(180, outliers.ByMagnitude.Sum(b => b.Recovery.Trials));
        Assert.Equal(180, outliers.ByDistance.Sum(b => b.Recovery.Trials));
        Assert.Equal((100, 40_000L), (outliers.Real.MarkedWithout, outliers.Real.Marked.Trials));
    }

    [Fact]
    public async Task A_rich_cluster_is_found_a_poor_one_is_not_and_the_answer_depends_on_the_seed_alone()
    {
        await using var test = await LedgerAsync();
        var run = await RunAsync(
            test,
            new DbscanParameters
            {
                Features = "cluster5d",
                Eps = 0.2,
                MinSamples = 10,
            }
        );
        var settings = new RecoverySettings
        {
            Members = [4, 60],
            DistancesPc = [150],
            SpreadsPc = [1.5],
            DispersionsMasYr = [0.3],
            Repetitions = 8,
            Seed = 3,
        };
        var report = await RecoverAsync(test, run, settings, 1);
        Assert.Equal((17, 16L), (report.Runs, report.Recovery.Trials));
        var (poor, rich) = (report.Clusters!.ByPlan[0], report.Clusters.ByPlan[1]);
        Assert.Equal((4, 60), (poor.Cluster.Members, rich.Cluster.Members));
        Assert.Equal((0L, 8L), (poor.Recovery.Successes, rich.Recovery.Successes));
        Assert.True(rich.Completeness > 0.8 && rich.Purity > 0.9);
        Assert.Equal((0, 0.0), (report.Clusters.False.ClustersWithout, report.Clusters.False.MeanFalse));
        Assert.Equal(8 * 64, report.Clusters.MembersByMagnitude.Sum(b => b.Recovery.Trials));
        Assert.Equivalent(report.Clusters, (await RecoverAsync(test, run, settings, 2)).Clusters, strict: true);
        Assert.NotEqual(
            report.Clusters.MembersByMagnitude.Select(b => b.Recovery),
            (await RecoverAsync(test, run, settings with { Seed = 4 })).Clusters!.MembersByMagnitude.Select(b => b.Recovery)
        );
    }

    [Fact]
    public async Task What_is_planted_lies_in_the_selection_and_what_cannot_is_said()
    {
        await using var test = await LedgerAsync();
        var run = await RunAsync(test, new IsolationForestParameters { Features = "population" }, "color=..2");
        var report = await RecoverAsync(
            test,
            run,
            new RecoverySettings
            {
                Traits = ["color"],
                Contrasts = [6],
                Stars = 10,
                Repetitions = 3,
            }
        );
        Assert.Contains("colour ≤ 2", report.Selection);
        Assert.Equal(0, report.Outliers!.Refused);
        var none = await RunAsync(test, new IsolationForestParameters { Features = "population" }, "color=1..2");
        var refused = await RecoverAsync(
            test,
            none,
            new RecoverySettings
            {
                Traits = ["color"],
                Contrasts = [6],
                Stars = 10,
                Repetitions = 3,
            }
        );
        Assert.Equal((30, 0L), (refused.Outliers!.Refused, refused.Recovery.Trials));
        Assert.Contains("30 outliers were not planted", Assert.Single(refused.Notes));
    }

    [Fact]
    public async Task A_cluster_run_finds_outliers_by_leaving_them_out()
    {
        await using var test = await LedgerAsync();
        var run = await RunAsync(
            test,
            new DbscanParameters
            {
                Features = "astrometric",
                Eps = 0.6,
                MinSamples = 5,
            }
        );
        var report = await RecoverAsync(
            test,
            run,
            new RecoverySettings
            {
                Plant = "outliers",
                Contrasts = [0, 10],
                Stars = 20,
                Repetitions = 2,
            }
        );
        Assert.Equal(["motion"], report.Settings.Traits!);
        Assert.Equal(1.0, report.Recovery.Share);
        Assert.True(report.Outliers!.Control!.Share < 0.2);
    }

    public static TheoryData<string, string> Refusals =>
        new()
        {
            { "anomaly", """{"plant": "clusters"}""" },
            { "anomaly", """{"members": [10]}""" },
            { "anomaly", """{"traits": ["size"]}""" },
            { "anomaly", """{"contrasts": [-1]}""" },
            { "anomaly", """{"contrasts": [2, 2]}""" },
            { "anomaly", """{"contrasts": []}""" },
            { "anomaly", """{"repetitions": 0}""" },
            { "anomaly", """{"stars": 0}""" },
            { "cluster", """{"contrasts": [1]}""" },
            { "cluster", """{"members": [1]}""" },
            { "cluster", """{"distances_pc": [0]}""" },
            { "cluster", """{"repetitions": 900}""" },
            { "cluster", """{"plant": "planets"}""" },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_setting_that_is_out_of_range_or_of_no_use_is_refused(string type, string json)
    {
        await using var test = await LedgerAsync(100);
        var run = (
            await new RunRepository(test.Ledger).CreateAsync(
                1,
                type == "anomaly"
                    ? new IsolationForestParameters { Features = "population" }
                    : new DbscanParameters { Features = "cluster5d" },
                StarFilter.All,
                CancellationToken
            )
        ).RunId;
        var settings = JsonSerializer.Deserialize<RecoverySettings>(json, s_snakeCase)!;
        var refused = await Assert.ThrowsAsync<LedgerException>(() => RecoverAsync(test, run, settings));
        Assert.Equal(LedgerErrorKind.Invalid, refused.Kind);
        Assert.NotNull(refused.Field);
    }

    [Theory]
    [InlineData("")]
    [InlineData("cone=100,20,40 magnitude=..15")]
    [InlineData("ra_deg=350..10")]
    [InlineData("ra_deg=10..350 dec_deg=-5..5")]
    [InlineData("color=1..2 parallax_over_error=70.. proper_motion_mas_yr=10..")]
    [InlineData("pmra_mas_yr=0.. pmdec_mas_yr=..0 parallax_error_mas=..0.2 parallax_mas=6..9")]
    public async Task A_filter_admits_the_stars_that_the_database_selects(string text)
    {
        await using var test = await LedgerAsync();
        await test.ExecuteAsync(
            "update stars set color = null where star_id % 7 = 0; update stars set parallax_mas = null where star_id % 11 = 0"
        );
        var (filter, loader) = (StarFilterText.Parse(text), new SelectionLoader(test.Ledger));
        var all = await loader.LoadAsync(1, StarFilter.All, ["parallax_error_mas"], null, CancellationToken);
        var field = new Almagest.Discovery.Recovery.TrialField(all, filter.Admits);
        var expected = (await loader.LoadAsync(1, filter, null, CancellationToken)).StarId;
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Enumerable.Range(0, all.Count).Where(i => field.Admits(field[i])).Select(i => all.StarId[i]));
    }
}
