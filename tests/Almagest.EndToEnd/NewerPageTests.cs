using System.Globalization;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Simulation;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Watches;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;
using Almagest.Testing;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>Pages whose parts come when somebody asks for them: kinds, names of clusters, sweeps, changes, watches.</summary>
public sealed class NewerPageTests(Sky sky, Browser browser)
{
    private static readonly AxeRunOptions s_audit = new()
    {
        RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
        ResultTypes = [ResultType.Violations],
    };

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [TimeLimit(300, "audits the parts of six pages")]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public async Task What_is_asked_for_on_a_page_passes_the_audit_and_fits(int width, bool dark)
    {
        using var folder = TestFolder.Create("newer");
        var known = await LoadAsync(folder, "known-newer", w => w.Write("Name,RAJ2000,DEJ2000\nMade up,56.6,24.1\nElsewhere,1,85\n"));
        var later = await LoadAsync(folder, "later", WriteLater);
        var again = (
            await new DiscoveryService(sky.Ledger).RunAsync(
                new RunRequest("later", StarFilter.All, new IsolationForestParameters { Contamination = 0.02 }),
                cancellationToken: CancellationToken
            )
        )
            .RunId!
            .Value;
        Guid? group = null;
        try
        {
            await using var walk = await browser.OpenAsync(sky.Address, width, width < 500 ? 844 : 900, dark);
            await walk.GoAsync($"/runs/{sky.Anomalies}", "Run");
            await walk.Button("Group the flagged stars").ClickAsync();
            await walk.Page.Locator("section:has(h2:has-text('Kinds')) a[href^='stars/']").First.WaitForAsync();
            await StandsAsync(walk, "kinds");

            await walk.GoAsync($"/runs/{sky.Clusters}", "Run");
            await walk.Page.GetByLabel("Known clusters").SelectOptionAsync("known-newer");
            await walk.Button("Name the clusters").ClickAsync();
            await walk.SeesAsync("After known-newer");
            await StandsAsync(walk, "names");

            await walk.GoAsync($"/start?dataset={Sky.Name}&algorithm=isolation_forest", "Start a run");
            await walk.Page.GetByLabel("Contamination").FillAsync("0.02, 0.05");
            await walk.Page.GetByLabel("Seed").FillAsync("1-4");
            await walk.Button("Start the sweep of 8 runs").ClickAsync();
            await walk.ArrivesAsync(@"/runs\?group_id=");
            group = Guid.Parse(walk.Page.Url.Split("group_id=")[1]);
            await walk.SeesAsync("8 completed");
            await walk.SeesAsync(1, "figure:has-text('against') figcaption:has-text('against')");
            await StandsAsync(walk, "sweep");

            await walk.GoAsync($"/compare?runs={sky.Anomalies},{again}", "Compare");
            await StandsAsync(walk, "unmatched");
            await walk.GoAsync($"/compare?runs={sky.Anomalies},{again}&by_source_id=true", "Compare");
            await walk.SeesAsync("Cohen's κ");
            await StandsAsync(walk, "changes");
            await walk.GoAsync($"/compare/datasets?a={Sky.Name}&b=later&by_source_id=true", "Compare datasets");
            await walk.SeesAsync("proper motion in Dec");
            await StandsAsync(walk, "tables");

            await walk.GoAsync("/jobs", "Jobs");
            await walk.Page.GetByLabel("Name").FillAsync("newer");
            await walk.Page.GetByLabel("Region").FillAsync("cone=56.75,24.1,195");
            await walk.Button("Watch", exact: true).ClickAsync();
            await walk.SeesAsync("195");
            await walk.Page.GetByLabel("Region").FillAsync("cone=56.75,24.1,5");
            await walk.Button("Watch", exact: true).ClickAsync();
            await walk.SeesAsync("newer is on within 5°");
            await walk.SeesAsync(1, "section:has(h2:text-is('Watches')) tbody tr:has-text('newer')");
            await StandsAsync(walk, "watches");
            await walk.Page.GetByLabel("Remove the watch newer with what it told").ClickAsync();
            await walk.SeesAsync("newer is gone");
            Assert.Empty(await new StarWatches(sky.Ledger).ListAsync(CancellationToken));

            await walk.GoAsync($"/runs/{sky.Anomalies}/review", "Review");
            await StandsAsync(walk, "review");
        }
        finally
        {
            if (group is { } id)
            {
                foreach (var run in await new RunRepository(sky.Ledger).ListAsync(new RunQuery { GroupId = id }, CancellationToken))
                    await new RunRepository(sky.Ledger).DeleteAsync(run.RunId, CancellationToken);
            }
            foreach (var dataset in new[] { known, later })
                await new DatasetRepository(sky.Ledger).DeleteAsync(dataset, cancellationToken: CancellationToken);
        }
    }

    [Fact]
    public async Task The_page_of_two_compared_datasets_gives_back_its_place_among_large_answers()
    {
        using var folder = TestFolder.Create("compared");
        var other = await LoadAsync(folder, "compared", WriteLater);
        using var http = new HttpClient { BaseAddress = sky.Address };
        // As many as there are places, and one more.
        for (var visit = 0; visit < 3; visit++)
        {
            var page = await http.GetStringAsync($"/compare/datasets?a={Sky.Name}&b=compared&by_source_id=true", CancellationToken);
            Assert.Contains("How the measurements differ", page, StringComparison.Ordinal);
        }
        await new DatasetRepository(sky.Ledger).DeleteAsync(other, cancellationToken: CancellationToken);
    }

    // Some of them are stars of the sky that all tests share.
    private static void WriteLater(TextWriter writer) =>
        SimulatedSkyCsvWriter.Write(new SkySimulator(new SkySimulationOptions { Stars = 400, ClusterFraction = 0.3 }), writer);

    private async Task<long> LoadAsync(TestFolder folder, string name, Action<TextWriter> write)
    {
        var file = Path.Combine(folder.Path, name + ".csv");
        await using (var writer = File.CreateText(file))
            write(writer);
        return (await new CatalogIngestor(sky.Ledger).IngestAsync([file], cancellationToken: CancellationToken)).Dataset.DatasetId;
    }

    // On a screen no table has to be scrolled sideways; on a phone the page itself has not.
    private static async Task StandsAsync(Walk walk, string name)
    {
        await walk.DrawnAsync();
        await walk.FitsAsync();
        if (walk.Page.ViewportSize!.Width > 1000)
            Assert.Empty(
                await walk.Page.EvaluateAsync<string[]>(
                    """
                    () => [...document.querySelectorAll('.wide, .tall, .scroll')]
                      .filter(e => e.scrollWidth > e.clientWidth + 1)
                      .map(e => `${e.closest('section')?.querySelector('h2')?.textContent}: ${e.scrollWidth} > ${e.clientWidth}`)
                    """
                )
            );
        var found = await walk.Page.RunAxe(s_audit);
        var faults = found.Violations.SelectMany(v => v.Nodes.Select(n => $"{name}: {v.Id}: {n.Target}: {n.Html}")).ToList();
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        await walk.KeepAsync(name + "-" + walk.Page.ViewportSize!.Width.ToString(CultureInfo.InvariantCulture));
    }
}
