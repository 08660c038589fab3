using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>What pages say in words and numbers, as the server sends them: three datasets of the same stars, two runs.</summary>
public sealed class PageWordTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private long[] _stars = [];
    private Guid _anomalies;
    private Guid _clusters;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(o => o with { Workers = 0 });
        var dataset = await _server.LoadAsync("one", 20);
        await _server.LoadAsync("two", 21);
        await _server.LoadAsync("three", 22);
        _stars = await _server.StarIdsAsync(dataset.DatasetId);
        var runs = new RunRepository(_server.Ledger);
        _anomalies = (await runs.CreateAsync(dataset.DatasetId, new IsolationForestParameters(), StarFilter.All)).RunId;
        await using (var completion = await runs.BeginCompletionAsync(_anomalies))
        {
            await completion.SaveAnomaliesAsync(_stars[..18], [.. Enumerable.Range(0, 18).Select(i => i - 1.5)]);
            await completion.MarkCompleteAsync(18, """{"excluded": [{"reason": "no parallax", "count": 2}]}""");
            await completion.CommitAsync();
        }
        _clusters = (await runs.CreateAsync(dataset.DatasetId, new DbscanParameters(), StarFilter.All)).RunId;
        await using (var completion = await runs.BeginCompletionAsync(_clusters))
        {
            await completion.SaveClustersAsync(_stars, [.. _stars.Select((_, i) => i < 5 ? -1 : 0)]);
            await completion.MarkCompleteAsync(_stars.Length, """{"cluster_count": 1}""");
            await completion.CommitAsync();
        }
        await new ViewRefresher(_server.Ledger).RefreshPendingAsync();
    }

    [Fact]
    public async Task A_cell_of_the_sky_that_several_datasets_have_is_counted_once()
    {
        var rows = (await _server.GetAsync("/analytics/discovery/coverage?limit=1000")).Json.EnumerateArray().ToList();
        var cells = rows.Select(r => r.GetProperty("healpix_6").GetInt64()).Distinct().Count();

        var page = await PageAsync("/coverage");

        Assert.Equal(3, rows.Select(r => r.GetProperty("dataset_id").GetInt64()).Distinct().Count());
        Assert.True(rows.Count > 2 * cells);
        Assert.Matches($@">{cells}</[a-z]+>\s*<[^>]+>Cells with stars", page);
    }

    [Fact]
    public async Task Datasets_that_have_a_star_of_the_same_id_stand_apart()
    {
        var page = await PageAsync("/stars/4000000000000000001");

        var words = page[page.IndexOf("in other datasets", StringComparison.Ordinal)..][..300];
        Assert.Matches("""too:\s+<a href="stars/\d+">t[a-z]+</a>, <a href="stars/\d+">t[a-z]+</a>\s*</p>""", words);
    }

    [Fact]
    public async Task A_sentence_and_the_link_behind_it_stand_apart() =>
        Assert.Contains(
            $"no parallax (2). <a href=\"discovery/runs/{_anomalies}/excluded?format=csv\"",
            await PageAsync($"/runs/{_anomalies}"),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_cluster_run_beside_an_anomaly_run_is_not_said_to_flag()
    {
        var page = await PageAsync($"/compare?runs={_anomalies},{_clusters}");

        Assert.Contains("marked by both", page, StringComparison.Ordinal);
        Assert.DoesNotContain("flagged by both", page, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<string> PageAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" } } };
        using var page = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
