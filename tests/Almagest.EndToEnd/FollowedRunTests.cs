using System.Globalization;
using System.Text.Json;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Discovery.Simulation;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Almagest.Server;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>The page of a run that is left open until the run is complete, and the views show it.</summary>
public sealed class FollowedRunTests(Browser browser)
{
    /// <summary>Who holds it refreshes views; the program's own is not public.</summary>
    private const long RefreshLock = 0x416C6D5265667368;

    [Theory]
    [InlineData("isolation_forest")]
    [InlineData("dbscan")]
    [InlineData("dbscan, nothing found")]
    [InlineData("hdbscan")]
    public async Task The_page_never_shows_anything_but_the_stored_numbers(string kind)
    {
        await using var database = await (await TestDatabaseServer.GetAsync()).CreateDatabaseAsync();
        await using var ledger = new LedgerDatabase(database.ConnectionString);
        await ledger.Schema.MigrateAsync();
        using var folder = TestFolder.Create("followed");
        var file = Path.Combine(folder.Path, "sky.csv");
        await using (var writer = File.CreateText(file))
            SimulatedSkyCsvWriter.Write(new SkySimulator(new SkySimulationOptions { Stars = 2000, ClusterFraction = 0.3 }), writer);
        await new CatalogIngestor(ledger).IngestAsync([file]);
        await new ViewRefresher(ledger).RefreshPendingAsync();
        // No worker: the test executes the run when the page is there.
        await using var app = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = ledger,
                Port = 0,
                Workers = 0,
            }
        );
        var address = AlmagestServer.AddressOf(app);
        RunParameters parameters = kind switch
        {
            "isolation_forest" => new IsolationForestParameters { Contamination = 0.02 },
            "dbscan" => new DbscanParameters { Eps = 0.3, MinSamples = 8 },
            "hdbscan" => new HdbscanParameters { MinClusterSize = 20 },
            _ => new DbscanParameters { Eps = 1e-6, MinSamples = 8 },
        };
        var service = new DiscoveryService(ledger);
        var run = (await service.SubmitAsync(new RunRequest("sky", StarFilter.All, parameters))).RunId;
        await using var walk = await browser.OpenAsync(address);
        await walk.GoAsync($"/runs/{run}", "Run");
        await walk.SeesAsync("Waiting for a worker.");

        // While nobody may refresh the views, the page has what is stored with the run, and says why there is no more.
        await using (await AdvisoryLock.TakeAsync(ledger, RefreshLock, TestContext.Current.CancellationToken))
        {
            await service.ExecuteAsync(run);
            await walk.Page.Locator("#views-behind").WaitForAsync();
            await IsStoredAsync(walk, await ApiAsync(address, $"/discovery/runs/{run}"));
            Assert.Equal(0, await walk.Page.GetByText("all its stars are noise").CountAsync());
        }
        // Afterwards all that the API says, on the same page.
        await walk.Page.Locator("#views-behind").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        await walk.DrawnAsync();
        var stored = await ApiAsync(address, $"/discovery/runs/{run}");
        await IsStoredAsync(walk, stored);
        var stats = (await ApiAsync(address, "/analytics/discovery/stats?limit=1"))[0];
        Assert.Equal(run, stats.GetProperty("run_id").GetGuid());
        if (kind == "isolation_forest")
        {
            Assert.Equal(Fixed(stats.GetProperty("min_anomaly_score")), await CardAsync(walk, "Lowest score"));
            await walk.SeesAsync($"mean of flagged {Fixed(stats.GetProperty("avg_anomaly_score"))}");
            await walk.SeesAsync((int)stats.GetProperty("anomaly_count").GetInt64(), "tr[data-star]");
        }
        else if (stats.GetProperty("cluster_count").GetInt64() == 0)
            await walk.SeesAsync("all its stars are noise");
        else
        {
            var sizes = (await ApiAsync(address, $"/analytics/discovery/clusters/{run}/sizes")).EnumerateArray().ToList();
            await walk.SeesAsync($"largest {Count(sizes[0].GetProperty("cluster_size").GetInt64())} stars");
            var rows = walk.Page.Locator("section:has(th:text-is('cluster')):has(th:text-is('stars')) tbody tr td:nth-child(2)");
            Assert.Equal(sizes.Take(40).Select(s => Count(s.GetProperty("cluster_size").GetInt64())), await rows.AllInnerTextsAsync());
            var described = (await ApiAsync(address, $"/discovery/runs/{run}/clusters?limit=40")).GetProperty("items").EnumerateArray();
            Assert.Equal(
                described.Select(c => MeasuredText.Of(Number(c, "pmra_mas_yr"), Number(c, "pmra_error_mas_yr"), "0.00")),
                await walk
                    .Page.Locator("section:has(th:text-is('cluster')):has(th:text-is('stars')) tbody tr td:nth-child(8)")
                    .AllInnerTextsAsync()
            );
            Assert.Equal(Count(stats.GetProperty("cluster_count").GetInt64()), await CardAsync(walk, "Clusters"));
            var total = sizes.Sum(s => s.GetProperty("cluster_size").GetInt64());
            var listed = await walk.Page.Locator("tr[data-star]").CountAsync();
            if (listed < total)
                await walk.SeesAsync($"({Count(listed)} of {Count(total)})");
        }
        // What the preparation of the data changed is said on the page.
        foreach (var note in stored.GetProperty("results_summary").TryGetProperty("notes", out var notes) ? notes.EnumerateArray() : [])
            await walk.SeesAsync(note.GetString()!);
        // Left before the server ends, so that it has no connection to lose.
        await walk.Page.GotoAsync("about:blank");
    }

    private static double? Number(JsonElement of, string name) =>
        of.GetProperty(name) is { ValueKind: JsonValueKind.Number } n ? n.GetDouble() : null;

    private static async Task IsStoredAsync(Walk walk, JsonElement stored)
    {
        var (summary, total) = (stored.GetProperty("results_summary"), stored.GetProperty("total_stars").GetInt64());
        Assert.Equal(Count(total), await CardAsync(walk, "Stars analysed"));
        if (stored.GetProperty("run_type").GetString() == "anomaly")
        {
            Assert.Equal(Count(summary.GetProperty("anomaly_count").GetInt64()), await CardAsync(walk, "Flagged"));
            return;
        }
        var noise = summary.GetProperty("noise_count").GetInt64();
        Assert.Equal(Count(summary.GetProperty("cluster_count").GetInt64()), await CardAsync(walk, "Clusters"));
        Assert.Equal(Count(noise), await CardAsync(walk, "In no cluster"));
        await walk.SeesAsync((100.0 * noise / total).ToString("0.0#", CultureInfo.InvariantCulture) + " %");
    }

    private static async Task<string> CardAsync(Walk walk, string name) =>
        await walk.Page.Locator($".figure-card:has(.name:text-is('{name}')) .value").InnerTextAsync();

    private static async Task<JsonElement> ApiAsync(Uri address, string path)
    {
        using var client = new HttpClient { BaseAddress = address };
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative)));
        return document.RootElement.Clone();
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Fixed(JsonElement number) => number.GetDouble().ToString("F3", CultureInfo.InvariantCulture);
}
