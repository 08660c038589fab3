using System.Globalization;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views.Queries;
using Almagest.Ledger.Views.StarFrequency;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Mean scores on the pages.</summary>
public sealed class PersistentStarsPageTests
{
    private const string Mixed = "flagged by runs of different algorithms, whose scores have no common scale";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<(StarFrequencyRow Star, string Overview, string Page)> AfterRunOfAsync(TestServer server, string algorithm)
    {
        var parameters = Algorithms.Find(algorithm)!.Read("""{"contamination": 0.4, "features": "classic"}""");
        await new DiscoveryService(server.Ledger).RunAsync(new RunRequest("field", StarFilter.All, parameters));
        await server.RequireTrueViewsAsync();
        var star = (await new AnalyticsQueries(server.Ledger).MostFrequentAsync(1)).Single();
        return (star, await PageAsync(server, "/"), await PageAsync(server, $"/stars/{star.StarId}"));
    }

    private static async Task<string> PageAsync(TestServer server, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html");
        using var answer = await server.Client.SendAsync(request, Cancel);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    [Fact]
    public async Task Pages_show_a_mean_score_only_of_stars_whose_flags_are_of_one_algorithm()
    {
        await using var server = await TestServer.StartAsync();
        await server.LoadAsync();

        var (star, overview, page) = await AfterRunOfAsync(server, "isolation_forest");
        var mean = star.MeanAnomalyScore!.Value.ToString("0.000", CultureInfo.InvariantCulture);
        Assert.DoesNotContain(Mixed, overview, StringComparison.Ordinal);
        Assert.Contains($"<td class=\"n\">{mean}</td>", overview, StringComparison.Ordinal);
        Assert.DoesNotContain(Mixed, page, StringComparison.Ordinal);

        (star, overview, page) = await AfterRunOfAsync(server, "mcd");
        Assert.Equal(2, star.AnomalyCount);
        Assert.Contains($"Without a mean score: {Mixed}.", overview, StringComparison.Ordinal);
        Assert.Contains($"title=\"{Mixed}\"", overview, StringComparison.Ordinal);
        Assert.Contains(Mixed, page, StringComparison.Ordinal);
    }
}
