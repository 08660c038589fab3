using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Comparison;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Npgsql;
using Xunit;

namespace Almagest.Runs.Tests.Execution;

/// <summary>A star that lacks a feature of the recipe is not analysed; runs stored before that was so keep their meaning.</summary>
public sealed class MissingFeatureTests
{
    private static readonly HdbscanParameters s_clusters = new()
    {
        MinClusterSize = 50,
        MinSamples = 15,
        Features = "astrometric",
    };

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stars_without_astrometry_are_in_no_cluster_and_have_no_result()
    {
        await using var test = await WithSkyAsync();
        var outcome = await RunAsync(test, s_clusters);
        var lacking = await test.StringsAsync("select star_id from stars where pmra_mas_yr is null or parallax_mas is null order by 1");
        Assert.Equal(130, lacking.Count);
        Assert.Equal(
            lacking,
            await test.StringsAsync(
                $"""
                select star_id from stars s where not exists
                  (select from discovery_results r where r.run_id = '{outcome.RunId}' and r.star_id = s.star_id) order by 1
                """
            )
        );
        var run = await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value, CancellationToken);
        var shown = run.ToResource(new Dictionary<long, string>());
        Assert.Equal([new ExcludedCount("no pmra", 100), new ExcludedCount("no parallax", 30)], shown.Excluded);
        Assert.Equal(1000, shown.TotalStars + shown.Excluded.Sum(e => e.Count));
        Assert.Equal(shown.Excluded, outcome.ToResource([], []).Excluded);
        Assert.Equal(
            ["no parallax | 30", "no pmra | 100"],
            await test.StringsAsync("select reason, sum(stars) from discovery_exclusions group by 1 order by 1")
        );
        Assert.Equal(
            await test.StringsAsync(
                "select healpix_29 >> 46, count(*) from stars where pmra_mas_yr is null or parallax_mas is null group by 1 order by 1"
            ),
            await test.StringsAsync("select healpix_6, sum(stars) from discovery_exclusions group by 1 order by 1")
        );
        Assert.Equal(130, await test.ScalarAsync<long>("select sum(excluded)::bigint from mv_dataset_coverage"));

        await new RunRepository(test.Ledger).DeleteAsync(run.RunId, CancellationToken);
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from discovery_exclusions"));
    }

    [Fact]
    public async Task With_medians_for_what_is_missing_the_same_stars_are_a_cluster_and_the_run_says_what_was_filled()
    {
        await using var test = await WithSkyAsync();
        var parameters = new DbscanParameters
        {
            Eps = 0.05,
            MinSamples = 15,
            Features = "astrometric",
        };
        var outcome = await RunAsync(test, parameters with { Missing = RunParameters.Impute });
        Assert.Equal(1, outcome.Analysis.Clusters!.ClusterCount);
        Assert.Equal(100, outcome.Analysis.Clusters.Labels.Count(l => l == 0));
        var run = await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value, CancellationToken);
        Assert.Contains("\"missing\": \"impute\"", run.Parameters, StringComparison.Ordinal);
        var shown = run.ToResource(new Dictionary<long, string>());
        Assert.Equal(1000, shown.TotalStars);
        Assert.Empty(shown.Excluded);
        Assert.Equal(
            "Results of 130 of 1,000 stars rest on filled values, medians of the other stars: parallax_mas 130, pmra 100, pmdec 100.",
            AnalysedText.Filled(shown.ResultsSummary)
        );
        Assert.Equal(0, (await RunAsync(test, parameters)).Analysis.Clusters!.ClusterCount);
    }

    [Fact]
    public async Task The_share_of_flagged_stars_is_of_those_that_were_analysed()
    {
        await using var test = await WithSkyAsync();
        var outcome = await RunAsync(test, new IsolationForestParameters { Contamination = 0.1, Features = "astrometric" });
        Assert.Equal((870, 87), (outcome.Analysis.Stars.Count, outcome.Analysis.AnomalyCount));
        Assert.Equal(10.0, await test.ScalarAsync<double>("select anomaly_percentage from mv_discovery_run_stats"));
    }

    [Fact]
    public async Task A_recipe_that_leaves_too_few_stars_fails_and_says_what_they_lack()
    {
        await using var test = await WithSkyAsync();
        await test.ExecuteAsync("update stars set parallax_mas = null where star_id % 250 <> 0");
        var left = await test.ScalarAsync<long>("select count(*) from stars where parallax_mas is not null and pmra_mas_yr is not null");
        Assert.InRange(left, 0, 4);
        var error = await Assert.ThrowsAsync<LedgerException>(() => RunAsync(test, s_clusters));
        Assert.Equal(ErrorCode.SelectionTooSmall, error.Code);
        Assert.Contains(
            $"can use {left} of the 1,000 stars selected, expected at least 5: no pmra 100, no parallax",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("missing = impute", error.Remedy, StringComparison.Ordinal);
        Assert.StartsWith(
            error.Message,
            await test.ScalarAsync<string>("select error from discovery_runs where status = 'failed'"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_run_stored_before_stars_were_excluded_is_replayed_to_the_last_bit_and_repeated_as_it_was()
    {
        await using var test = await WithSkyAsync();
        var outcome = await RunAsync(test, s_clusters with { Missing = RunParameters.Impute });
        await test.RewriteAsync("update discovery_runs set parameters = parameters - 'missing'");
        var replay = await new RunReplayer(test.Ledger).ReplayAsync(outcome.RunId!.Value, null, CancellationToken);
        Assert.True(replay.IsReproduced);
        Assert.Equal(1000, replay.Rows);
        Assert.Equal(replay.Run.ResultsHash, replay.RecomputedHash);

        var again = await new RunSubmitter(test.Ledger).RetryAsync(outcome.RunId.Value, RunPlacement.Own, CancellationToken);
        Assert.Contains("\"missing\":\"impute\"", again.Parameters, StringComparison.Ordinal);
        await new DiscoveryService(test.Ledger).ExecuteAsync(again.RunId, null, CancellationToken);
        Assert.Equal(replay.Run.ResultsHash, (await new RunRepository(test.Ledger).GetAsync(again.RunId, CancellationToken)).ResultsHash);
        Assert.EndsWith("gaps filled", ParameterText.Full(replay.Run.Algorithm, replay.Run.Parameters), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_excludes_stars_is_replayed_to_the_last_bit()
    {
        await using var test = await WithSkyAsync();
        foreach (
            var parameters in new RunParameters[]
            {
                s_clusters,
                new IsolationForestParameters { Features = "astrometric" },
            }
        )
        {
            var replay = await new RunReplayer(test.Ledger).ReplayAsync(
                (await RunAsync(test, parameters)).RunId!.Value,
                null,
                CancellationToken
            );
            Assert.True(replay.IsReproduced);
            Assert.Equal(870, replay.Rows);
            Assert.Empty(replay.Notes);
        }
    }

    [Fact]
    public async Task Another_threshold_leaves_out_the_same_stars()
    {
        await using var test = await WithSkyAsync();
        var outcome = await RunAsync(test, new IsolationForestParameters { Features = "astrometric" });
        var made = await new RunRethresholder(test.Ledger).RethresholdAsync(outcome.RunId!.Value, 0.2, CancellationToken);
        Assert.Equal(870, made.TotalStars);
        Assert.Equal(130, made.ToResource(new Dictionary<long, string>()).Excluded.Sum(e => e.Count));
        Assert.Equal(
            130,
            await test.ScalarAsync<long>($"select sum(stars)::bigint from discovery_exclusions where run_id = '{made.RunId}'")
        );
    }

    [Fact]
    public async Task The_stars_left_out_are_found_again()
    {
        await using var test = await WithSkyAsync();
        var outcome = await RunAsync(test, s_clusters);
        var run = await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value, CancellationToken);
        var reader = new ExcludedStarReader(test.Ledger);
        var found = await reader.FindAsync(run, CancellationToken);
        var stars = new List<(string, Star)>();
        await foreach (var batch in reader.ReadAsync(found, CancellationToken))
            stars.AddRange(batch);
        Assert.Equal(130, stars.Count);
        Assert.All(
            stars,
            s => Assert.True(s.Item1 == "no pmra" ? s.Item2.PmraMasYr is null : s.Item2 is { ParallaxMas: null, PmraMasYr: not null })
        );
        var filled = await RunAsync(test, s_clusters with { Missing = RunParameters.Impute });
        Assert.Empty(
            await reader.FindAsync(await new RunRepository(test.Ledger).GetAsync(filled.RunId!.Value, CancellationToken), CancellationToken)
        );
        await test.ExecuteAsync(
            "update stars set parallax_mas = null where star_id = (select star_id from stars order by 1 offset 5 limit 1)"
        );
        Assert.Equal(
            ErrorCode.RunStarsChanged,
            (await Assert.ThrowsAsync<LedgerException>(() => reader.FindAsync(run, CancellationToken))).Code
        );
    }

    [Fact]
    public async Task Runs_of_one_filter_that_left_out_other_stars_are_compared_by_those_that_both_analysed()
    {
        await using var test = await WithSkyAsync();
        // As many stars without a motion as without a parallax, and not the same: equal numbers are no proof of equal stars.
        await test.ExecuteAsync(
            """
            update stars set pmra_mas_yr = null where star_id in
              (select star_id from stars where pmra_mas_yr is not null and parallax_mas is not null order by star_id limit 30)
            """
        );
        var runs = new RunRepository(test.Ledger);
        async Task<DiscoveryRun> MadeAsync(string features) =>
            await runs.GetAsync(
                (await RunAsync(test, new IsolationForestParameters { Features = features, Contamination = 0.1 })).RunId!.Value,
                CancellationToken
            );
        var one = await MadeAsync("classic");
        var other = await MadeAsync("comoving");
        Assert.Equal((one.DatasetFilter, one.SelectionHash, one.TotalStars), (other.DatasetFilter, other.SelectionHash, other.TotalStars));

        var sets = await new RunSetReader(test.Ledger).AnalysedAsync([one, other], CancellationToken);
        var shared = await test.ScalarAsync<long>(
            $"""
            select count(*) from discovery_results a join discovery_results b using (star_id)
            where a.run_id = '{one.RunId}' and b.run_id = '{other.RunId}'
            """
        );
        Assert.Equal([one.TotalStars, other.TotalStars], sets.Select(s => s.Count));
        Assert.Equal(840, shared);
        var pair = Assert.Single((await new RunTableReader(test.Ledger).ReadAsync([one, other], CancellationToken)).Pairs);
        Assert.Equal(shared, pair.Overlap.Shared);
        Assert.Equal(shared, (await new RunAgreementReader(test.Ledger).ReadAsync(one, other, CancellationToken)).AnalysedByBoth);
        var same = await new RunSetReader(test.Ledger).AnalysedAsync([one, await MadeAsync("classic")], CancellationToken);
        Assert.NotSame(sets[0], sets[1]);
        Assert.Same(same[0], same[1]);
    }

    private static Task<RunOutcome> RunAsync(TestLedger test, RunParameters parameters) =>
        new DiscoveryService(test.Ledger).RunAsync(new RunRequest("sky", StarFilter.All, parameters), null, CancellationToken);

    /// <summary>1,000 field stars without a clump: 100 have neither motion nor parallax, 30 have no parallax.</summary>
    private static async Task<TestLedger> WithSkyAsync()
    {
        var test = await TestLedger.CreateAsync();
        var random = new Random(3);
        var (_, stars) = await test.AddDatasetAsync(
            "sky",
            1000,
            _ => (random.NextDouble() * 360, Math.Asin(random.NextDouble() * 2 - 1) * 180 / Math.PI)
        );
        double?[] Column(Func<int, bool> isKnown) => [.. stars.Select((_, i) => isKnown(i) ? random.NextDouble() * 20 + 1 : (double?)null)];
        await using var command = test.Ledger.DataSource.CreateCommand(
            """
            update stars s set pmra_mas_yr = v.pmra, pmdec_mas_yr = v.pmdec, parallax_mas = v.parallax, magnitude = 10, color = 1
            from unnest($1, $2, $3, $4) as v (star_id, pmra, pmdec, parallax) where v.star_id = s.star_id
            """
        );
        foreach (
            var value in new object[]
            {
                stars,
                Column(i => i % 10 != 0),
                Column(i => i % 10 != 0),
                Column(i => i % 10 != 0 && (i % 30 != 1 || i > 900)),
            }
        )
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(CancellationToken);
        return test;
    }
}
