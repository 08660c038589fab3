using System.Globalization;
using System.Text;
using Almagest.Catalog.Writing;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Selections;
using Almagest.Runs.Comparison;
using Almagest.Runs.Execution;
using Almagest.Runs.Export;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Almagest.Runs.Tests.Execution;
using Xunit;

namespace Almagest.Runs.Tests.Results;

/// <summary>Chances within the errors, from the run that makes them to what is made of it.</summary>
public sealed class FlagProbabilityTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static IsolationForestParameters Forest { get; } = new() { Features = "sphere", NEstimators = 20 };

    [Fact]
    public async Task A_run_over_stars_with_errors_keeps_chances_and_replays_to_the_last_bit()
    {
        await using var test = await TestLedger.CreateAsync();
        await StarsAsync(test, withErrors: true);

        var (run, rows) = await RunAsync(test, Forest);

        var draws = ResultsSummary.Parse(run.ResultsSummary)!.Draws!;
        Assert.Equal((32, 600L), (draws.Draws, draws.Stars));
        Assert.Equal(["ra_deg", "dec_deg"], draws.Drawn);
        Assert.Equal("up to 32 draws within the errors of ra_deg and dec_deg", draws.Sentence(600));
        Assert.All(rows, r => Assert.InRange(r.FlagProbability!.Value, 0, 1));
        Assert.All(rows, r => Assert.NotNull(r.ScoreSpread));
        Assert.Contains(rows, r => r.FlagProbability is > 0 and < 1);
        Assert.True(rows.Where(r => r.IsAnomaly == 1).Average(r => r.FlagProbability) > rows.Average(r => r.FlagProbability));
        var report = await new RunReplayer(test.Ledger) { MaxThreads = 3 }.ReplayAsync(run.RunId, null, CancellationToken);
        Assert.True(report.IsReproduced && report.IsIntact == true);
        // The draws are in the hash.
        Assert.NotEqual(run.ResultsHash, (await RunAsync(test, Forest with { Draws = 0 })).Run.ResultsHash);
    }

    [Fact]
    public async Task The_same_stars_in_another_ledger_have_the_same_chances()
    {
        var hashes = new List<string?>();
        foreach (var others in new[] { 0, 7 })
        {
            await using var test = await TestLedger.CreateAsync();
            if (others > 0)
                await test.AddDatasetAsync("b", others);
            await StarsAsync(test, withErrors: true);
            hashes.Add((await RunAsync(test, Forest)).Run.ResultsHash);
        }
        Assert.Equal(hashes[0], hashes[1]);
    }

    [Fact]
    public async Task A_run_over_stars_without_errors_says_so_and_has_the_hash_of_one_without_draws()
    {
        await using var test = await TestLedger.CreateAsync();
        await StarsAsync(test, withErrors: false);

        var (run, rows) = await RunAsync(test, Forest);

        Assert.All(rows, r => Assert.Equal((null, null), (r.FlagProbability, r.ScoreSpread)));
        Assert.Equal(
            "none: the stars have no errors of ra_deg or dec_deg",
            ResultsSummary.Parse(run.ResultsSummary)!.Draws!.Sentence(run.TotalStars)
        );
        var (without, _) = await RunAsync(test, Forest with { Draws = 0 });
        Assert.Equal(run.ResultsHash, without.ResultsHash);
        Assert.Null(ResultsSummary.Parse(without.ResultsSummary)!.Draws);
    }

    [Fact]
    public async Task A_run_stored_before_there_were_draws_replays_without_any()
    {
        await using var test = await TestLedger.CreateAsync();
        await StarsAsync(test, withErrors: true);
        var (run, _) = await RunAsync(test, Forest with { Draws = 0 });
        await test.RewriteAsync($"update discovery_runs set parameters = parameters - 'draws' where run_id = '{run.RunId}'");
        Assert.True((await new RunReplayer(test.Ledger).ReplayAsync(run.RunId, null, CancellationToken)).IsReproduced);
    }

    [Fact]
    public async Task Pages_by_chance_hold_every_star_once_the_surest_flags_first_of_equal_ones_the_most_anomalous()
    {
        await using var test = await TestLedger.CreateAsync();
        var stars = await StarsAsync(test, withErrors: true);
        var (run, _) = await RunAsync(test, Forest);
        // Some without, as where a star has no errors.
        await test.RewriteAsync($"update discovery_results set flag_probability = null where run_id = '{run.RunId}' and star_id % 7 = 0");

        var rows = await ReadAsync(test, run.RunId, new ResultQuery(Limit: 50) { ByFlagProbability = true });

        Assert.Equal(stars, rows.Select(r => r.StarId).Order());
        Assert.Equal(
            rows.OrderByDescending(r => r.FlagProbability ?? -1).ThenBy(r => r.AnomalyScore).ThenBy(r => r.StarId).Select(r => r.StarId),
            rows.Select(r => r.StarId)
        );
        var results = new ResultRepository(test.Ledger);
        var page = await results.PageAsync(run.RunId, new ResultQuery(Limit: 5) { ByFlagProbability = true }, CancellationToken);
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            results.PageAsync(run.RunId, new ResultQuery(ByScore: true, After: page.Next), CancellationToken)
        );
        Assert.Equal(ErrorCode.BadPageToken, refused.Code);
    }

    [Fact]
    public async Task An_export_of_selected_stars_is_in_the_order_asked_for_and_says_that_it_is_not_all()
    {
        await using var test = await TestLedger.CreateAsync();
        var stars = await StarsAsync(test, withErrors: true);
        var (run, _) = await RunAsync(test, Forest);
        long[] chosen = [.. stars.Where((_, i) => i % 3 == 0)];

        var table = await new RunExport(test.Ledger).TableAsync(
            run,
            new ResultQuery { StarIds = chosen, ByFlagProbability = true },
            cancellationToken: CancellationToken
        );

        using var file = new MemoryStream();
        await table.WriteAsync(file, TableFormat.Csv, cancellationToken: CancellationToken);
        var lines = Encoding.UTF8.GetString(file.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var found = lines
            .Where(l => char.IsAsciiDigit(l[0]))
            .Select(l => long.Parse(l.Split(',')[0], CultureInfo.InvariantCulture))
            .ToList();
        var expected = await ReadAsync(test, run.RunId, new ResultQuery(Limit: 50) { ByFlagProbability = true });
        Assert.Equal(expected.Select(r => r.StarId).Where(chosen.Contains), found);
        Assert.NotEqual(found.Order(), found);
        using var document = new MemoryStream();
        await table.WriteAsync(document, TableFormat.Ecsv, cancellationToken: CancellationToken);
        Assert.Contains(
            $"all stars of the run among {chosen.Length} selected",
            Encoding.UTF8.GetString(document.ToArray()),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Another_threshold_has_no_chances_until_it_is_run_again()
    {
        await using var test = await TestLedger.CreateAsync();
        await StarsAsync(test, withErrors: true);
        var (run, _) = await RunAsync(test, Forest);

        var other = await new RunRethresholder(test.Ledger).RethresholdAsync(run.RunId, 0.1, CancellationToken);

        Assert.All(await ReadAsync(test, other.RunId, new ResultQuery(Limit: 600)), r => Assert.Null(r.FlagProbability));
        Assert.Null(ResultsSummary.Parse(other.ResultsSummary)!.Draws);
        Assert.True((await new RunReplayer(test.Ledger).ReplayAsync(other.RunId, null, CancellationToken)).IsReproduced);
    }

    [Fact]
    public async Task What_a_run_says_within_the_errors_comes_back_with_it()
    {
        await using var test = await TestLedger.CreateAsync();
        await StarsAsync(test, withErrors: true);
        var (run, rows) = await RunAsync(test, Forest);
        var deletions = new LedgerDeletions(test.Ledger);
        await deletions.DeleteRunAsync(run.RunId, null, CancellationToken);
        await deletions.RestoreRunAsync(run.RunId, CancellationToken);
        Assert.Equal(rows, await ReadAsync(test, run.RunId, new ResultQuery(Limit: 600)));
    }

    [Fact]
    public async Task Runs_that_differ_in_their_draws_alone_are_one_witness_whose_mean_chance_the_consensus_tells()
    {
        await using var test = await TestLedger.CreateAsync();
        await StarsAsync(test, withErrors: true);
        var (with, rows) = await RunAsync(test, Forest);
        var (without, _) = await RunAsync(test, Forest with { Draws = 0 });

        var found = (await new ConsensusReader(test.Ledger).ReadAsync([with, without], cancellationToken: CancellationToken)).ToResource();

        Assert.Equal(1, found.Draws);
        Assert.NotEmpty(found.Items);
        Assert.All(
            found.Items,
            s => Assert.Equal(rows.Single(r => r.StarId == s.StarId).FlagProbability!.Value, s.MeanFlagProbability!.Value, 12)
        );
        Assert.False(found.Questions[0].Parameters.Text.Contains("draws", StringComparison.Ordinal));
    }

    /// <summary>Degrees of error, so that what is on a sphere moves.</summary>
    private static async Task<long[]> StarsAsync(TestLedger test, bool withErrors)
    {
        var (_, stars) = await test.AddDatasetAsync("a", 600);
        if (withErrors)
            await test.ExecuteAsync("update stars set ra_error = 3.6e7, dec_error = 3.6e7");
        return stars;
    }

    private static async Task<(Ledger.Model.DiscoveryRun Run, List<StarResult> Rows)> RunAsync(TestLedger test, RunParameters parameters)
    {
        var outcome = await new DiscoveryService(test.Ledger).RunOnlyAsync(
            new RunRequest("a", StarFilter.All, parameters),
            null,
            CancellationToken
        );
        var run = await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value, CancellationToken);
        return (run, await ReadAsync(test, run.RunId, new ResultQuery(Limit: 600)));
    }

    private static async Task<List<StarResult>> ReadAsync(TestLedger test, Guid run, ResultQuery query)
    {
        var results = new ResultRepository(test.Ledger);
        var rows = new List<StarResult>();
        do
        {
            var page = await results.PageAsync(run, query, CancellationToken);
            rows.AddRange(page.Items);
            query = query with { After = page.Next };
        } while (query.After is not null);
        return rows;
    }
}
