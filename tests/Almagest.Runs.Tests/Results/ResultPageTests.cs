using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Results;
using Xunit;

namespace Almagest.Runs.Tests.Results;

public sealed class ResultPageTests
{
    [Fact]
    public async Task Pages_hold_every_result_once_in_both_orders_even_with_tied_scores()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 57);
        var run = await TestRuns.CompleteAsync(test, dataset, stars, i => (i % 5 - 2) / 8.0);
        var results = new ResultRepository(test.Ledger);
        foreach (var byScore in new[] { false, true })
        {
            var rows = await ReadAllAsync(results, run, new ResultQuery(ByScore: byScore, Limit: 10));
            Assert.Equal(stars, rows.Select(r => r.StarId).Order());
            Assert.Equal(byScore ? rows.OrderBy(r => r.AnomalyScore).ThenBy(r => r.StarId) : rows.OrderBy(r => r.StarId), rows);
        }
    }

    [Fact]
    public async Task Anomalies_and_their_catalogue_columns()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 20);
        var run = await TestRuns.CompleteAsync(test, dataset, stars, i => i < 3 ? -1 - i : 1);
        var page = await new ResultRepository(test.Ledger).PageAsync(run, new ResultQuery(AnomaliesOnly: true, ByScore: true));
        Assert.Null(page.Next);
        Assert.Equal(["a-2", "a-1", "a-0"], page.Items.Select(r => r.SourceId));
        Assert.All(page.Items, r => Assert.Equal((1, null), (r.IsAnomaly, r.ClusterId)));
        Assert.Equal(3, await new ResultRepository(test.Ledger).CountAsync(run, new ResultQuery(AnomaliesOnly: true)));
    }

    [Fact]
    public async Task Members_of_a_cluster_and_the_noise()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 9);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All);
        await using (var completion = await runs.BeginCompletionAsync(run.RunId))
        {
            await completion.SaveClustersAsync(stars, [0, 1, -1, 0, 1, -1, 0, 1, -1]);
            await completion.MarkCompleteAsync(9, null);
            await completion.CommitAsync();
        }
        var results = new ResultRepository(test.Ledger);
        Assert.Equal(
            [stars[1], stars[4], stars[7]],
            (await results.PageAsync(run.RunId, new ResultQuery(ClusterId: 1))).Items.Select(r => r.StarId)
        );
        Assert.Equal(3, await results.CountAsync(run.RunId, new ResultQuery(ClusterId: -1)));
        Assert.Empty((await results.PageAsync(run.RunId, new ResultQuery(ByScore: true))).Items);
    }

    [Fact]
    public async Task A_malformed_or_foreign_page_token_is_refused()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 9);
        var run = await TestRuns.CompleteAsync(test, dataset, stars, i => i);
        var results = new ResultRepository(test.Ledger);
        var token = (await results.PageAsync(run, new ResultQuery(Limit: 2))).Next;
        foreach (
            var query in new[]
            {
                new ResultQuery(After: "%%"),
                new ResultQuery(After: "abcd"),
                new ResultQuery(ByScore: true, After: token),
            }
        )
            Assert.Equal("after", (await Assert.ThrowsAsync<LedgerException>(() => results.PageAsync(run, query))).Field);
    }

    [Fact]
    public async Task A_run_that_is_not_complete_has_no_results_and_says_so()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 9);
        var run = await new RunRepository(test.Ledger).CreateAsync(dataset, new DbscanParameters(), StarFilter.All);
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new ResultRepository(test.Ledger).PageAsync(run.RunId, new ResultQuery())
        );
        Assert.Equal(LedgerErrorKind.Conflict, error.Kind);
        Assert.Contains("pending", error.Message, StringComparison.Ordinal);
    }

    private static async Task<List<StarResult>> ReadAllAsync(ResultRepository results, Guid run, ResultQuery query)
    {
        var rows = new List<StarResult>();
        for (string? next = null; ; )
        {
            var page = await results.PageAsync(run, query with { After = next });
            rows.AddRange(page.Items);
            if ((next = page.Next) is null)
                return rows;
        }
    }
}
