using Almagest.Contract.Errors;
using Almagest.Ledger.Selections;
using Xunit;

namespace Almagest.Ledger.Tests.Selections;

public sealed class SelectionCacheTests
{
    private static readonly StarFilter s_north = new() { DecDeg = new Bounds(0) };
    private static readonly StarFilter s_south = new() { DecDeg = new Bounds(null, 0) };

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_selection_is_read_once_and_is_what_the_loader_reads()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("sky", 40);
        var cache = new SelectionCache(test.Ledger);
        var first = await cache.GetAsync(dataset, s_north, null, CancellationToken);
        Assert.Same(first, await cache.GetAsync(dataset, new StarFilter { DecDeg = new Bounds(0) }, null, CancellationToken));
        Assert.Equal(1, cache.Loads);
        var read = await new SelectionLoader(test.Ledger).LoadAsync(dataset, s_north, null, CancellationToken);
        Assert.Equal((IEnumerable<long>)read.StarId, first.StarId);
        Assert.Equal((IEnumerable<double>)read.DecDeg, first.DecDeg);
        Assert.NotSame(first, await cache.GetAsync(dataset, s_south, null, CancellationToken));
    }

    [Fact]
    public async Task Further_columns_are_read_on_demand_and_kept_with_the_stars()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, ids) = await test.AddDatasetAsync("sky", 40);
        await test.ExecuteAsync($"update stars set pmra_error = 0.001 * (star_id - {ids[0]}), ruwe = 1.5 where star_id % 2 = 0");
        var cache = new SelectionCache(test.Ledger);
        var plain = await cache.GetAsync(dataset, s_north, null, CancellationToken);
        Assert.Empty(plain.Further);
        var more = await cache.GetAsync(dataset, s_north, ["pmra_error"], null, CancellationToken);
        Assert.Same(plain.DecDeg, more.DecDeg);
        Assert.Equal(more.StarId.Select(s => s % 2 == 0 ? 0.001 * (s - ids[0]) : double.NaN), more.Further["pmra_error"]);
        Assert.Same(more, await cache.GetAsync(dataset, s_north, ["pmra_error"], null, CancellationToken));
        Assert.Same(more, await cache.GetAsync(dataset, s_north, null, CancellationToken));
        Assert.Equal(2, cache.Loads);
        var both = await cache.GetAsync(dataset, s_north, ["ruwe", "pmra_error"], null, CancellationToken);
        Assert.Same(more.Further["pmra_error"], both.Further["pmra_error"]);
        Assert.Equal(both.StarId.Select(s => s % 2 == 0 ? 1.5 : double.NaN), both.Further["ruwe"]);
        var read = await new SelectionLoader(test.Ledger).LoadAsync(dataset, s_north, ["ruwe"], null, CancellationToken);
        Assert.Equal(both.Further["ruwe"], read.Further["ruwe"]);
        await Assert.ThrowsAsync<ArgumentException>(() => cache.GetAsync(dataset, s_south, ["source_id"], null, CancellationToken));
    }

    [Fact]
    public async Task All_who_ask_at_once_wait_for_one_reader()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("sky", 40);
        var cache = new SelectionCache(test.Ledger);
        var all = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => cache.GetAsync(dataset, StarFilter.All, null, CancellationToken)))
        );
        Assert.All(all, stars => Assert.Same(all[0], stars));
        Assert.Equal(1, cache.Loads);
    }

    [Fact]
    public async Task The_least_recently_used_goes_when_more_stars_are_kept_than_fit()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("sky", 40);
        var cache = new SelectionCache(test.Ledger) { MostStars = 45 };
        await LoadAsync(cache, dataset, s_north);
        await LoadAsync(cache, dataset, s_south);
        await LoadAsync(cache, dataset, s_north);
        Assert.Equal(2, cache.Loads);
        await LoadAsync(cache, dataset, new StarFilter { DecDeg = new Bounds(-10, 10) });
        await CollectAsync();
        await LoadAsync(cache, dataset, s_north);
        Assert.Equal(3, cache.Loads);
        await LoadAsync(cache, dataset, s_south);
        Assert.Equal(4, cache.Loads);
    }

    [Fact]
    public async Task A_selection_that_does_not_fit_is_shared_while_it_is_used_and_no_longer()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("sky", 40);
        var cache = new SelectionCache(test.Ledger) { MostStars = 10 };
        Assert.True(await SharedAsync(cache, dataset));
        Assert.Equal(1, cache.Loads);
        await CollectAsync();
        await LoadAsync(cache, dataset, StarFilter.All);
        Assert.Equal(2, cache.Loads);
    }

    [Fact]
    public async Task A_reader_that_is_cancelled_leaves_the_others_to_read_for_themselves()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("sky", 40);
        var cache = new SelectionCache(test.Ledger);
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cache.GetAsync(dataset, StarFilter.All, null, stopped.Token));
        Assert.Equal(40, (await cache.GetAsync(dataset, StarFilter.All, null, CancellationToken)).Count);
    }

    [Fact]
    public async Task Trouble_of_the_database_is_not_kept()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("sky", 40);
        var cache = new SelectionCache(test.Ledger);
        await test.ExecuteAsync("alter table stars rename to hidden");
        await Assert.ThrowsAsync<LedgerException>(() => cache.GetAsync(dataset, StarFilter.All, null, CancellationToken));
        await test.ExecuteAsync("alter table hidden rename to stars");
        Assert.Equal(40, (await cache.GetAsync(dataset, StarFilter.All, null, CancellationToken)).Count);
    }

    // In methods of their own, so that no local variable holds the stars when they are collected.
    private static async Task LoadAsync(SelectionCache cache, long dataset, StarFilter filter) =>
        await cache.GetAsync(dataset, filter, null, CancellationToken);

    private static async Task<bool> SharedAsync(SelectionCache cache, long dataset)
    {
        var stars = await cache.GetAsync(dataset, StarFilter.All, null, CancellationToken);
        return ReferenceEquals(stars, await cache.GetAsync(dataset, StarFilter.All, null, CancellationToken));
    }

    private static async Task CollectAsync()
    {
        // Away from the stack of whoever loaded, which still holds the stars.
        await Task.Delay(1, CancellationToken);
        await Task.Yield();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
