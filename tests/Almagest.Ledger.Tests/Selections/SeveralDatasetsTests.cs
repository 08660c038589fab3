using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Comparison;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Ledger.Tests.Selections;

/// <summary>One run over the stars of several datasets.</summary>
public sealed class SeveralDatasetsTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<Model.DiscoveryRun> RunAsync(TestLedger test, string filter, params string[] names)
    {
        var request = new RunRequest(
            names[0],
            await new DatasetRepository(test.Ledger).AlsoAsync(names, StarFilterText.Parse(filter), CancellationToken),
            new IsolationForestParameters { Features = "sphere", NEstimators = 10 }
        );
        return await new RunRepository(test.Ledger).GetAsync(
            (await new DiscoveryService(test.Ledger).RunAsync(request, null, CancellationToken)).RunId!.Value,
            CancellationToken
        );
    }

    [Theory]
    [InlineData("refresh")]
    [InlineData("incremental")]
    public async Task Its_stars_are_those_of_all_and_views_replays_and_lists_know_it(string mode)
    {
        await using var test = await TestLedger.CreateAsync();
        var (a, aStars) = await test.AddDatasetAsync("a", 40);
        var (b, bStars) = await test.AddDatasetAsync("b", 60);
        var (c, _) = await test.AddDatasetAsync("c", 20);
        if (mode == "incremental")
            await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental, null, CancellationToken);
        var both = await RunAsync(test, "", "b", "a");
        var one = await RunAsync(test, "", "b");
        Assert.Equal((100L, 60L), (both.TotalStars, one.TotalStars));
        long[] expected = [.. aStars.Concat(bStars).Order()],
            found = await test.StarsOfAsync(both.RunId);
        Assert.Equal(expected, found);
        // Whichever is named first: one set of datasets has one form, and one hash.
        Assert.Equal(a, both.DatasetId);
        Assert.Equal((await RunAsync(test, "", "a", "b")).SelectionHash, both.SelectionHash);
        Assert.Equal(SelectionHash.Of(["b", "a"], StarFilter.All), both.SelectionHash);
        Assert.NotEqual(both.SelectionHash, one.SelectionHash);
        Assert.Equal(["a", "b"], (await new DatasetRepository(test.Ledger).OfAsync(both, CancellationToken)).Select(d => d.Name));

        await new ViewRefresher(test.Ledger).RefreshPendingAsync("run", CancellationToken);
        Assert.All(
            await new ViewVerifier(test.Ledger).VerifyAsync(),
            v => Assert.True(v.Agrees, $"{v.ViewName}: {string.Join("; ", v.Examples)}")
        );
        Assert.Equal(
            [$"{a} | 80", $"{b} | 180", $"{c} | 0"],
            await test.StringsAsync("select dataset_id, sum(star_analyses) from mv_dataset_coverage group by 1 order by 1")
        );
        Assert.True((await new RunReplayer(test.Ledger).ReplayAsync(both.RunId, null, CancellationToken)).IsReproduced);
        var runs = new RunRepository(test.Ledger);
        Assert.Equal(
            (2, 3, 0),
            (
                (await runs.ListAsync(new RunQuery(DatasetId: a), CancellationToken)).Count,
                (await runs.ListAsync(new RunQuery(DatasetId: b), CancellationToken)).Count,
                (await runs.ListAsync(new RunQuery(DatasetId: c), CancellationToken)).Count
            )
        );
        var agreement = await new RunAgreementReader(test.Ledger).ReadAsync(both, one, CancellationToken);
        Assert.Equal(60, agreement.Overlap.Shared);
        Assert.Equal(
            LedgerErrorKind.Invalid,
            (
                await Assert.ThrowsAsync<LedgerException>(async () =>
                    await new RunAgreementReader(test.Ledger).ReadAsync(both, await RunAsync(test, "", "c"), CancellationToken)
                )
            ).Kind
        );
    }

    [Fact]
    public async Task A_dataset_that_goes_takes_the_runs_over_it_and_says_so_before()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("a", 40);
        var (b, _) = await test.AddDatasetAsync("b", 60);
        var both = await RunAsync(test, "dec_deg=-60..60", "a", "b");
        var kept = await RunAsync(test, "", "a");
        var datasets = new DatasetRepository(test.Ledger);
        Assert.Contains(
            "has 1 run",
            (await Assert.ThrowsAsync<LedgerException>(() => datasets.DeleteAsync(b, false, CancellationToken))).Message
        );
        await datasets.DeleteAsync(b, true, CancellationToken);
        Assert.Equal(
            [kept.RunId],
            (await new RunRepository(test.Ledger).ListAsync(new RunQuery(), CancellationToken)).Select(r => r.RunId)
        );
        // On a distributed ledger rows that nobody sees go later.
        await UnseenRows.SweepAsync(test.Ledger, TimeSpan.Zero, CancellationToken);
        Assert.Equal(0, await test.ScalarAsync<long>($"select count(*) from discovery_results where run_id = '{both.RunId}'"));
        Assert.Equal(40, await test.ScalarAsync<long>("select count(*) from stars"));
    }

    [Fact]
    public async Task A_dataset_that_is_not_there_or_is_named_twice_is_refused()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("a", 40);
        Assert.Equal(LedgerErrorKind.NotFound, (await Assert.ThrowsAsync<LedgerException>(() => RunAsync(test, "", "a", "b"))).Kind);
        Assert.Equal("dataset", (await Assert.ThrowsAsync<LedgerException>(() => RunAsync(test, "", "a", "a"))).Field);
        Assert.Equal(
            "filter.also_datasets",
            (await Assert.ThrowsAsync<LedgerException>(() => RunAsync(test, """{"also_datasets": [77]}""", "a"))).Field
        );
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from discovery_runs"));
    }
}
