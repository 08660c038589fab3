using Almagest.Catalog.Writing;
using Almagest.Discovery.Registry;
using Almagest.Discovery.Simulation;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Runs.Lifecycle;
using Almagest.Server;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Almagest.Testing.Ledgers;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>Runs over a catalogue that stays where it lies, started on the pages.</summary>
public sealed class StartInPlaceTests(Browser browser)
{
    private const int Stars = 2000;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_catalogue_in_files_is_offered_with_what_goes_over_files_and_its_run_is_changed_and_run_again()
    {
        using var folder = TestFolder.Create("lying-pages");
        await using var test = await TestLedger.CreateWholeAsync();
        await RegisterAsync(test, folder.Path);
        await using var server = await AlmagestServer.StartAsync(new ServerOptions { Ledger = test.Ledger, Port = 0 }, CancellationToken);
        await using var walk = await browser.OpenAsync(AlmagestServer.AddressOf(server));
        await walk.GoAsync("/datasets/lying", "lying");
        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Start a run", Exact = true }).Last.ClickAsync();
        await walk.HeadedAsync("Start a run");
        await Assertions.Expect(walk.Page.Locator("#selected")).ToHaveTextAsync($"{Walk.Count(Stars)} stars");
        var algorithms = walk.Page.GetByLabel("Algorithm").Locator("option");
        Assert.Equal(
            Algorithms.Offered.Select(a => a.Name),
            await algorithms.EvaluateAllAsync<string[]>("options => options.map(o => o.value)")
        );

        // What files cannot answer is said before anything is started, and nothing is counted for each letter.
        var filter = walk.Page.GetByLabel("Filter");
        await filter.FillAsync("quality=gaia");
        await walk.SeesAsync("a filter over files has no condition quality");
        await Assertions.Expect(walk.Button("Start", exact: true)).ToBeDisabledAsync();
        await filter.FillAsync("magnitude=..15");
        await Assertions.Expect(walk.Page.Locator("#selected")).ToHaveTextAsync("not counted");
        await walk.Button("Count them").ClickAsync();
        var selected = await test.ScalarAsync<long>(
            "select count(*) from stars s join datasets d using (dataset_id) where d.name = 'loaded' and magnitude <= 15"
        );
        await Assertions.Expect(walk.Page.Locator("#selected")).ToHaveTextAsync($"{Walk.Count(selected)} stars");
        await walk.Button("Start", exact: true).ClickAsync();
        await walk.ArrivesAsync("/runs/[0-9a-f-]{36}$");
        await walk.Page.Locator(".chip.completed").WaitForAsync();

        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Change and run" }).ClickAsync();
        await walk.HeadedAsync("Start a run");
        Assert.Equal("lying", await walk.Page.GetByLabel("Dataset").InputValueAsync());
        await walk.Page.GetByLabel("Contamination").FillAsync("0.01");
        await walk.Button("Start", exact: true).ClickAsync();
        await walk.ArrivesAsync("/runs/[0-9a-f-]{36}$");
        await walk.Page.Locator(".chip.completed").WaitForAsync();
        var run = await new RunRepository(test.Ledger).GetAsync(Guid.Parse(walk.Page.Url.Split('/')[^1]), CancellationToken);
        Assert.NotNull(run.StarSetId);

        // What is damaged is said where the run is shown.
        await Assertions.Expect(walk.Page.Locator("#files-trouble")).ToHaveCountAsync(0);
        Directory.Delete(Path.Combine(test.Ledger.ResultsFolder!, run.RunId.ToString()), recursive: true);
        await walk.GoAsync($"/runs/{run.RunId}", "Run");
        await Assertions.Expect(walk.Page.Locator("#files-trouble")).ToContainTextAsync("not on this machine");

        // Clusters, and what helps to choose how wide they are.
        await walk.GoAsync("/start?dataset=lying&algorithm=dbscan&features=astrometric", "Start a run");
        await walk.Button("Help me choose eps").ClickAsync();
        await walk.SeesAsync("What DBSCAN would find");
        await walk.Button("Start", exact: true).ClickAsync();
        await walk.ArrivesAsync("/runs/[0-9a-f-]{36}$");
        await walk.Page.Locator(".chip.completed").WaitForAsync();
        await walk.GoAsync("/start?dataset=lying", "Start a run");
        await walk.Page.GetByLabel("Dataset").SelectOptionAsync("loaded");
        await Assertions.Expect(walk.Page.Locator("#in-files")).ToHaveCountAsync(0);
    }

    private static async Task RegisterAsync(TestLedger test, string folder)
    {
        var csv = Path.Combine(folder, "loaded.csv");
        await using (var writer = File.CreateText(csv))
            SimulatedSkyCsvWriter.Write(new SkySimulator(new SkySimulationOptions { Stars = Stars }), writer);
        var ingestor = new CatalogIngestor(test.Ledger);
        var loaded = await ingestor.IngestAsync([csv], cancellationToken: CancellationToken);
        var parquet = Path.Combine(folder, "lying.parquet");
        await using (var stream = File.Create(parquet))
            await (await new SelectionExport(test.Ledger).TableAsync(loaded.Dataset)).WriteAsync(
                stream,
                TableFormat.Parquet,
                null,
                CancellationToken
            );
        await ingestor.IngestAsync(
            [parquet],
            new IngestOptions { DatasetName = "lying", InPlace = true },
            cancellationToken: CancellationToken
        );
    }
}
