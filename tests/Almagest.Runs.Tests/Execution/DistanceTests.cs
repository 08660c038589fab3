using System.Text.Json.Nodes;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Selections;
using Almagest.Runs.Comparison;
using Almagest.Runs.Execution;
using Almagest.Runs.Explanation;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Xunit;

namespace Almagest.Runs.Tests.Execution;

/// <summary>A star whose parallax is noise has no distance, and is not put first for the speed that follows from it.</summary>
public sealed class DistanceTests
{
    private static readonly IsolationForestParameters s_population = new() { Features = "population", Contamination = 0.1 };

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_the_first_stars_of_a_run_that_names_no_recipe_none_owes_its_place_to_a_parallax_that_is_noise()
    {
        await using var test = await WithDeepFieldAsync(0.3);
        var outcome = await RunAsync(test, new IsolationForestParameters());
        Assert.Equal("deep@1", outcome.Request.Parameters.Features);
        Assert.Contains(
            "at least 5 times its error), which 300 of 1,000 stars have",
            outcome.RecipeChoice!.Reason,
            StringComparison.Ordinal
        );

        // With a majority of good parallaxes the others are left out.
        await using var better = await WithDeepFieldAsync(0.6);
        outcome = await RunAsync(better, new IsolationForestParameters());
        Assert.Equal("population@1", outcome.Request.Parameters.Features);
        Assert.Equal([new ExcludedCount("parallax_over_error below 5", 400)], outcome.Analysis.Excluded);
        Assert.Empty(outcome.Analysis.Notes);
        Assert.Equal(
            0,
            await better.ScalarAsync<long>(
                $"""
                select count(*) from discovery_results join stars using (star_id)
                where run_id = '{outcome.RunId}' and parallax_mas < 5 * parallax_error_mas
                """
            )
        );
    }

    [Fact]
    public async Task Why_a_recipe_was_taken_is_stored_from_the_beginning_and_stays()
    {
        await using var test = await WithDeepFieldAsync(0.3);
        var service = new DiscoveryService(test.Ledger);
        var (run, choice) = await service.ChooseAndSubmitAsync(
            new RunRequest("sky", StarFilter.All, new IsolationForestParameters()),
            CancellationToken
        );
        async Task<RunResource> ReadAsync() =>
            (await new RunRepository(test.Ledger).GetAsync(run.RunId, CancellationToken)).ToResource(new Dictionary<long, string>());
        Assert.Equal(choice!.Reason, (await ReadAsync()).FeaturesChosen);
        Assert.Null((await ReadAsync()).ResultsSummary);
        await service.ExecuteAsync(run.RunId, null, CancellationToken);
        Assert.Equal(choice.Reason, (await ReadAsync()).FeaturesChosen);
        Assert.Equal(choice.Reason, (await ReadAsync()).ResultsSummary!.FeaturesChosen);
        Assert.Equal(1000, (await ReadAsync()).ResultsSummary!.TotalStars);
        var made = await new RunRethresholder(test.Ledger).RethresholdAsync(run.RunId, 0.2, CancellationToken);
        Assert.Equal(choice.Reason, made.ToResource(new Dictionary<long, string>()).FeaturesChosen);
        Assert.Null(
            (await new RunRepository(test.Ledger).GetAsync((await RunAsync(test, s_population)).RunId!.Value, CancellationToken))
                .ToResource(new Dictionary<long, string>())
                .FeaturesChosen
        );
    }

    [Fact]
    public async Task Another_threshold_is_a_parameter_that_is_stored_replayed_and_explained()
    {
        await using var test = await WithDeepFieldAsync(0.3);
        var strict = (await RunAsync(test, s_population)).RunId!.Value;
        var loose = (await RunAsync(test, s_population with { MinParallaxOverError = 2 })).RunId!.Value;
        var runs = new RunRepository(test.Ledger);
        var (one, other) = (await runs.GetAsync(strict, CancellationToken), await runs.GetAsync(loose, CancellationToken));
        Assert.Equal(300, one.TotalStars);
        Assert.InRange(other.TotalStars, 301, 999);
        Assert.Equal(5, JsonNode.Parse(one.Parameters)!["min_parallax_over_error"]!.GetValue<double>());
        Assert.False(JsonNode.Parse(one.Parameters)!["distance_without_errors"]!.GetValue<bool>());
        Assert.Contains(
            "distances from parallax / error 2",
            ParameterText.Short(other.Algorithm, other.Parameters),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "stars have a distance from a parallax below 5 times its error",
            Assert.Single(other.ToResource(new Dictionary<long, string>()).ResultsSummary!.Notes!),
            StringComparison.Ordinal
        );
        Assert.True((await new RunReplayer(test.Ledger).ReplayAsync(loose, null, CancellationToken)).IsReproduced);
        var again = await new RunSubmitter(test.Ledger).RetryAsync(loose, RunPlacement.Own, CancellationToken);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(other.Parameters), JsonNode.Parse(again.Parameters)));
        using var explainer = new RunExplainer(test.Ledger);
        var star = await test.ScalarAsync<long>($"select min(star_id) from discovery_results where run_id = '{loose}'");
        Assert.Empty((await explainer.ExplainAsync(loose, star, CancellationToken)).Imputed);
        Assert.Equal(
            1000 - other.TotalStars,
            (await new ExcludedStarReader(test.Ledger).FindAsync(other, CancellationToken)).Sum(e => e.StarIds.LongLength)
        );

        // Compared by what both analysed, though recipe and filter are the same.
        var sets = await new RunSetReader(test.Ledger).AnalysedAsync([one, other], CancellationToken);
        Assert.Equal([one.TotalStars, other.TotalStars], sets.Select(s => s.Count));
        Assert.Equal(
            300,
            Assert.Single((await new RunTableReader(test.Ledger).ReadAsync([one, other], CancellationToken)).Pairs).Overlap.Shared
        );
    }

    [Fact]
    public async Task Runs_of_as_many_stars_with_distances_by_other_rules_share_no_set_of_stars()
    {
        await using var test = await WithDeepFieldAsync(0.5);
        // 500 stars have a distance by either rule, and not the same ones.
        await test.ExecuteAsync("update stars set parallax_error_mas = null where parallax_mas < 5 * parallax_error_mas");
        var runs = new RunRepository(test.Ledger);
        var one = await runs.GetAsync((await RunAsync(test, s_population)).RunId!.Value, CancellationToken);
        var other = await runs.GetAsync(
            (await RunAsync(test, s_population with { MinParallaxOverError = 1e6, DistanceWithoutErrors = true })).RunId!.Value,
            CancellationToken
        );
        Assert.Equal(500, one.TotalStars);
        var sets = await new RunSetReader(test.Ledger).AnalysedAsync([one, other], CancellationToken);
        Assert.Equal(one.TotalStars, sets[0].Count);
        Assert.Equal(other.TotalStars, sets[1].Count);
        Assert.NotSame(sets[0], sets[1]);
        Assert.Equal(
            0,
            Assert.Single((await new RunTableReader(test.Ledger).ReadAsync([one, other], CancellationToken)).Pairs).Overlap.Shared
        );
    }

    [Fact]
    public async Task A_table_without_errors_gives_no_distance_unless_that_is_asked_for_and_then_the_run_says_so()
    {
        await using var test = await WithDeepFieldAsync(0.3);
        await test.ExecuteAsync("update stars set parallax_error_mas = null");
        var error = await Assert.ThrowsAsync<LedgerException>(() => RunAsync(test, s_population));
        Assert.Equal(ErrorCode.SelectionTooSmall, error.Code);
        Assert.Contains("no parallax_error 1,000", error.Message, StringComparison.Ordinal);
        Assert.Contains("distance_without_errors", error.Remedy, StringComparison.Ordinal);

        var chosen = await RunAsync(test, new IsolationForestParameters());
        Assert.Equal("deep@1", chosen.Request.Parameters.Features);
        Assert.Contains("distance_without_errors", chosen.RecipeChoice!.Reason, StringComparison.Ordinal);

        var outcome = await RunAsync(test, new IsolationForestParameters { DistanceWithoutErrors = true });
        Assert.Equal("population@1", outcome.Request.Parameters.Features);
        var run = await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value, CancellationToken);
        Assert.Contains("distances without errors", ParameterText.Full(run.Algorithm, run.Parameters), StringComparison.Ordinal);
        Assert.StartsWith(
            $"{run.TotalStars:N0} of {run.TotalStars:N0} stars have a distance from a parallax whose error is not known",
            Assert.Single(run.ToResource(new Dictionary<long, string>()).ResultsSummary!.Notes!),
            StringComparison.Ordinal
        );
        Assert.True((await new RunReplayer(test.Ledger).ReplayAsync(run.RunId, null, CancellationToken)).IsReproduced);
    }

    [Fact]
    public async Task A_run_stored_before_there_was_a_rule_is_replayed_to_the_last_bit_and_repeated_as_it_was()
    {
        await using var test = await WithDeepFieldAsync(0.3);
        var outcome = await RunAsync(test, s_population with { MinParallaxOverError = null, DistanceWithoutErrors = true });
        await test.RewriteAsync(
            "update discovery_runs set parameters = parameters - 'min_parallax_over_error' - 'distance_without_errors'"
        );
        var replay = await new RunReplayer(test.Ledger).ReplayAsync(outcome.RunId!.Value, null, CancellationToken);
        Assert.True(replay.IsReproduced);
        Assert.InRange(replay.Rows, 400, 999);
        Assert.Contains(
            "distances of any parallax",
            ParameterText.Full(replay.Run.Algorithm, replay.Run.Parameters),
            StringComparison.Ordinal
        );

        var again = await new RunSubmitter(test.Ledger).RetryAsync(outcome.RunId.Value, RunPlacement.Own, CancellationToken);
        await new DiscoveryService(test.Ledger).ExecuteAsync(again.RunId, null, CancellationToken);
        Assert.Equal(replay.Run.ResultsHash, (await new RunRepository(test.Ledger).GetAsync(again.RunId, CancellationToken)).ResultsHash);
        using var explainer = new RunExplainer(test.Ledger);
        var first = await test.ScalarAsync<long>(
            $"select star_id from discovery_results where run_id = '{outcome.RunId}' order by anomaly_score limit 1"
        );
        Assert.Empty((await explainer.ExplainAsync(outcome.RunId.Value, first, CancellationToken)).Imputed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1e7)]
    public void A_threshold_out_of_range_is_refused(double least)
    {
        var error = Assert.Throws<LedgerException>(() => ParameterReader.Require(s_population with { MinParallaxOverError = least }));
        Assert.Equal("parameters.min_parallax_over_error", error.Field);
    }

    private static Task<RunOutcome> RunAsync(TestLedger test, RunParameters parameters) =>
        new DiscoveryService(test.Ledger).RunAsync(new RunRequest("sky", StarFilter.All, parameters), null, CancellationToken);

    /// <summary>1,000 stars with errors of 0.3 mas, of which so many lie near enough to have a parallax above it.</summary>
    private static async Task<TestLedger> WithDeepFieldAsync(double near)
    {
        var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("sky", 1000);
        await test.ExecuteAsync(
            FormattableString.Invariant(
                $"""
                update stars set
                  parallax_mas = case when star_id % 100 < {100 * near}
                    then 2 + 10 * {StarNumbers.Uniform(1)} else 1.4 * {StarNumbers.Uniform(2)} - 0.3 end,
                  parallax_error_mas = 0.3, pmra_mas_yr = 40 * {StarNumbers.Uniform(3)} - 20, pmdec_mas_yr = 40 * {StarNumbers.Uniform(
                    4
                )} - 20,
                  magnitude = 12 + 8 * {StarNumbers.Uniform(5)}, color = 3 * {StarNumbers.Uniform(6)};
                """
            )
        );
        return test;
    }
}
