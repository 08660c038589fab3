using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Lifecycle;
using Xunit;

namespace Almagest.Ledger.Tests.Views;

public sealed class PersistentStarsTests
{
    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task Stars_that_are_flagged_equally_often_are_not_ordered_by_scores_that_have_no_common_scale(ViewMode mode)
    {
        await using var test = await TestLedger.CreateAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var (dataset, stars) = await test.AddDatasetAsync("a", 6);
        // The last star has the lowest scores, the fourth is flagged once only.
        await TestRuns.CompleteAsync(test, dataset, stars, i => i >= 3 ? -i : 1);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i >= 4 ? -100 * i : 1, Algorithms.Find("mcd")!.Defaults);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();

        var queries = new AnalyticsQueries(test.Ledger);
        var frequent = await queries.MostFrequentAsync();

        Assert.Equal([stars[4], stars[5], stars[3]], frequent.Select(s => s.StarId));
        var rows = await queries.ReadAsync(AnalyticsViews.StarFrequency, new ViewRows { Limit = 3 });
        Assert.Equal([stars[4], stars[5], stars[3]], rows.Select(s => s.StarId));
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task A_mean_score_says_something_of_stars_that_one_algorithm_alone_flags(ViewMode mode)
    {
        await using var test = await TestLedger.CreateAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var (dataset, stars) = await test.AddDatasetAsync("a", 5);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i is 0 or 1 ? -1 : 1);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i is 1 or 2 ? -1 : 1, new IsolationForestParameters { RandomState = 7 });
        await TestRuns.CompleteAsync(test, dataset, stars, i => i is 2 or 3 ? -9 : 1, Algorithms.Find("mcd")!.Defaults);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();

        var queries = new AnalyticsQueries(test.Ledger);
        var frequent = await queries.MostFrequentAsync();

        Assert.Equal(4, frequent.Count);
        Assert.Equal([stars[0], stars[1], stars[3]], (await queries.OfOneAlgorithmAsync(frequent)).Order());
        Assert.Empty(await queries.OfOneAlgorithmAsync([]));
    }

    [Fact]
    public async Task Of_a_run_that_is_deleted_and_still_in_the_view_the_algorithm_is_not_known()
    {
        await using var test = await TestLedger.CreateAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Refresh);
        var (dataset, stars) = await test.AddDatasetAsync("a", 3);
        var gone = await TestRuns.CompleteAsync(test, dataset, stars, i => i == 0 ? -1 : 1, Algorithms.Find("mcd")!.Defaults);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i is 0 or 1 ? -1 : 1);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        await new RunRepository(test.Ledger).DeleteAsync(gone);

        var queries = new AnalyticsQueries(test.Ledger);
        var frequent = await queries.MostFrequentAsync();

        Assert.Equal([stars[0], stars[1]], frequent.Select(s => s.StarId));
        Assert.Equal([stars[1]], await queries.OfOneAlgorithmAsync(frequent));
    }
}
