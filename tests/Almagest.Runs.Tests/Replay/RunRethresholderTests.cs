using System.Text.Json.Nodes;
using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Runs.Tests.Replay;

/// <summary>Stored scores under another threshold, as a run of its own.</summary>
public sealed class RunRethresholderTests
{
    private static readonly StarFilter s_north = new() { DecDeg = new Bounds(-20) };

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public async Task The_flags_and_scores_are_those_of_a_fresh_run(double contamination)
    {
        await using var test = await WithSkyAsync();
        var service = new DiscoveryService(test.Ledger);
        var start = (await service.RunAsync(Request(0.05))).RunId!.Value;
        // A run made of another's scores has no detector left that could score draws.
        var request = Request(contamination);
        var fresh = (await service.RunAsync(request with { Parameters = request.Parameters with { Draws = 0 } })).RunId!.Value;
        var made = await new RunRethresholder(test.Ledger).RethresholdAsync(start, contamination);

        var (expected, found) = (await ResultsAsync(test, fresh), await ResultsAsync(test, made.RunId));
        Assert.Equal(expected.Select(r => (r.Star, r.Flag)), found.Select(r => (r.Star, r.Flag)));
        Assert.All(expected.Zip(found), p => Assert.Equal(p.First.Score, p.Second.Score, 1e-12));
        Assert.Contains(found, r => r.Flag == 1);

        var like = await new RunRepository(test.Ledger).GetAsync(fresh);
        Assert.True(made is { IsComplete: true, Status: RunStatus.Completed, Error: null });
        Assert.Equal(
            (like.DatasetId, like.DatasetFilter, like.Parameters, like.RandomSeed, like.TotalStars),
            (made.DatasetId, made.DatasetFilter, made.Parameters, made.RandomSeed, made.TotalStars)
        );
        var summary = Summary(made);
        Assert.Equal(start.ToString(), (string?)summary["rethresholded_from"]);
        Assert.Equal(found.Count(r => r.Flag == 1), (int?)summary["anomaly_count"]);
        Assert.Equal((double)Summary(like)["score_offset"]!, (double)summary["score_offset"]!, 1e-12);
        Assert.True(JsonNode.DeepEquals(Summary(like)["features"], summary["features"]));
    }

    [Fact]
    public async Task A_run_made_so_can_be_made_from_again_and_there_and_back_is_where_it_began()
    {
        await using var test = await WithSkyAsync();
        var start = (await new DiscoveryService(test.Ledger).RunAsync(Request(0.05))).RunId!.Value;
        var rethresholder = new RunRethresholder(test.Ledger);
        var there = await rethresholder.RethresholdAsync(start, 0.3);
        var back = await rethresholder.RethresholdAsync(there.RunId, 0.05);
        Assert.Equal(await ResultsAsync(test, start), await ResultsAsync(test, back.RunId));
        Assert.Equal(there.RunId.ToString(), (string?)Summary(back)["rethresholded_from"]);
    }

    [Fact]
    public async Task The_views_show_the_new_run_like_any_other()
    {
        await using var test = await WithSkyAsync();
        var start = (await new DiscoveryService(test.Ledger).RunAsync(Request(0.05))).RunId!.Value;
        var made = await new RunRethresholder(test.Ledger).RethresholdAsync(start, 0.2);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        Assert.All(await new ViewVerifier(test.Ledger).VerifyAsync(), v => Assert.True(v.Agrees, v.ViewName));
        var overlap = Assert.Single(await new Almagest.Ledger.Views.Queries.AnalyticsQueries(test.Ledger).OverlapsAsync());
        // A higher share flags all that a lower one does.
        Assert.Equal((overlap.Run1Count, made.RunId), (overlap.OverlapCount, overlap.Run2Id));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(0.51)]
    [InlineData(double.NaN)]
    public async Task A_contamination_out_of_range_is_refused_by_name(double contamination)
    {
        await using var test = await TestLedger.CreateAsync();
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new RunRethresholder(test.Ledger).RethresholdAsync(Guid.NewGuid(), contamination)
        );
        Assert.Equal((LedgerErrorKind.Invalid, "contamination"), (error.Kind, error.Field));
    }

    [Fact]
    public async Task A_run_without_scores_of_a_forest_is_refused_and_nothing_is_stored()
    {
        await using var test = await WithSkyAsync();
        var runs = new RunRepository(test.Ledger);
        var clusters = (await new DiscoveryService(test.Ledger).RunAsync(new RunRequest("sky", s_north, new DbscanParameters())))
            .RunId!
            .Value;
        var dataset = (await runs.GetAsync(clusters)).DatasetId;
        var pending = (await runs.CreateAsync(dataset, new IsolationForestParameters(), s_north)).RunId;
        var foreign = (await new DiscoveryService(test.Ledger).RunAsync(Request(0.05))).RunId!.Value;
        await test.RewriteAsync($"update discovery_runs set results_summary = results_summary - 'score_offset' where run_id = '{foreign}'");
        foreach (
            var (run, kind) in new[]
            {
                (clusters, LedgerErrorKind.Invalid),
                (pending, LedgerErrorKind.Conflict),
                (foreign, LedgerErrorKind.Conflict),
                (Guid.NewGuid(), LedgerErrorKind.NotFound),
            }
        )
        {
            var error = await Assert.ThrowsAsync<LedgerException>(() => new RunRethresholder(test.Ledger).RethresholdAsync(run, 0.1));
            Assert.Equal(kind, error.Kind);
        }
        Assert.Equal(3, await runs.CountAsync());
    }

    private static RunRequest Request(double contamination) =>
        new(
            "sky",
            s_north,
            new IsolationForestParameters
            {
                Contamination = contamination,
                RandomState = 7,
                NEstimators = 50,
                Features = "classic",
            }
        );

    private static JsonObject Summary(DiscoveryRun run) => JsonNode.Parse(run.ResultsSummary!)!.AsObject();

    private static async Task<List<(long Star, int Flag, double Score)>> ResultsAsync(TestLedger test, Guid run)
    {
        var rows = new List<(long, int, double)>();
        await using var command = test.Ledger.DataSource.CreateCommand(
            $"select star_id, is_anomaly, anomaly_score from discovery_results where run_id = '{run}' order by star_id"
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            rows.Add((reader.GetInt64(0), reader.GetInt32(1), reader.GetDouble(2)));
        return rows;
    }

    private static async Task<TestLedger> WithSkyAsync()
    {
        var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("sky", 600);
        await test.ExecuteAsync("update stars set magnitude = 10 + star_id % 7 + star_id % 3 * 0.1, parallax_mas = 1 + star_id % 11");
        return test;
    }
}
