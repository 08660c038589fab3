using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Simulation;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Runs.Annotations;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;
using Almagest.Runs.Results;
using Almagest.Testing;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>Runs and datasets are found, looked through, tagged, deleted and brought back on the pages, by mouse and by keyboard. In a
/// ledger of their own: what they add would be on others' pages.</summary>
public sealed class ManageTests(Sky sky, Browser browser) : IClassFixture<Sky>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_is_written_into_the_box_leads_where_it_means_by_the_keyboard_alone()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/", "Overview");
        var box = walk.Page.GetByRole(AriaRole.Combobox, new PageGetByRoleOptions { Name = "Go to" });
        var list = walk.Page.Locator("[role=option]");
        await walk.Page.Keyboard.PressAsync("/");
        await Assertions.Expect(box).ToBeFocusedAsync();
        await walk.Page.Keyboard.TypeAsync(Short(sky.Clusters));
        await walk.SeesAsync(1, "[role=option]");
        await Assertions.Expect(list).ToContainTextAsync("dbscan, eps 0.2");
        var audit = await walk.Page.RunAxe(
            new AxeRunOptions { RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag22aa"), ResultTypes = [ResultType.Violations] }
        );
        Assert.Empty(audit.Violations.Select(v => $"{v.Id}: {string.Join(' ', v.Nodes.Select(n => n.Html))}"));
        await walk.Page.Keyboard.PressAsync("Enter");
        await walk.ArrivesAsync($"/runs/{sky.Clusters}");
        await walk.HeadedAsync(Short(sky.Clusters));

        var star = (
            await new DatasetRepository(sky.Ledger).StarsAsync(sky.Dataset.DatasetId, limit: 1, cancellationToken: CancellationToken)
        ).Single();
        var (hours, minutes) = (Math.Floor(star.RaDeg / 15), star.RaDeg / 15 % 1 * 60);
        foreach (
            var (text, kind, words) in new[]
            {
                (star.SourceId, "star", star.SourceId),
                (
                    string.Create(CultureInfo.InvariantCulture, $"{hours:00}h{minutes:00.00000}m {star.DecDeg:+0.00000;-0.00000}°"),
                    "star",
                    star.SourceId
                ),
                ("small-s", "dataset", Sky.Name),
                ("magnitude=..12", "stars", "stars fit"),
                ("eps < 0.25", "runs", "with eps < 0.25"),
                ("coverage", "page", "Coverage"),
            }
        )
        {
            await box.FillAsync(text);
            await list.Filter(new LocatorFilterOptions { HasText = words })
                .Filter(new LocatorFilterOptions { HasText = kind })
                .First.WaitForAsync();
        }
        await box.FillAsync("no such thing anywhere");
        await walk.Page.GetByText("Nothing here fits.").WaitForAsync();
        await box.FillAsync("magnitude=..12");
        await list.First.WaitForAsync();
        await walk.Page.Keyboard.PressAsync("ArrowDown");
        await walk.Page.Keyboard.PressAsync("ArrowUp");
        await walk.Page.Keyboard.PressAsync("Enter");
        await walk.HeadedAsync(Sky.Name);
        await walk.SeesAsync("of 4,000 stars");
    }

    [Fact]
    public async Task Runs_are_filtered_sorted_ticked_tagged_noted_deleted_and_brought_back()
    {
        var runs = await AddAsync("managed", 3);
        var first = runs[0];
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/runs?dataset=managed&columns=contamination,random_state,anomaly_count", "Runs");
        await walk.SeesAsync(3, "table.runs tbody tr");
        // Numbers as the API has them, in the order that a heading asks for.
        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "flagged" }).ClickAsync();
        await walk.ArrivesAsync("sort=-anomaly_count");
        var sorted = await new RunRepository(sky.Ledger).ListAsync(
            new RunQuery { Where = "dataset = 'managed'", Sort = "-anomaly_count" },
            CancellationToken
        );
        await Assertions.Expect(walk.Page.Locator("table.runs tbody tr code")).ToHaveTextAsync([.. sorted.Select(r => Short(r.RunId))]);
        await Assertions.Expect(walk.Page.Locator("th[aria-sort=descending]")).ToContainTextAsync("flagged");

        await walk.Page.GetByLabel($"Tick run {Short(first)}").CheckAsync();
        await walk.Page.GetByLabel($"Tick run {Short(runs[1])}").CheckAsync();
        await walk.SeesAsync("2 runs ticked");
        await walk.Button("Tag …").ClickAsync();
        await walk.Page.GetByLabel("Tag for 2 runs").FillAsync("kept");
        await walk.Button("Tag them").ClickAsync();
        await walk.SeesAsync("2 runs tagged 'kept'.");
        await walk.SeesAsync(2, "table.runs tbody .chip.tag");
        await walk.Button("Note …").ClickAsync();
        await walk.Page.GetByLabel("Note on each of 2 runs").FillAsync("**See** [run](runs/1) <script>alert(1)</script>");
        await walk.Button("Add the note").ClickAsync();
        await walk.SeesAsync("The note is on 2 runs.");
        await walk.Page.Locator("table.runs tbody").GetByText("See run <script>").First.WaitForAsync();
        await walk.FitsAsync();
        var audit = await walk.Page.RunAxe(
            new AxeRunOptions { RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag22aa"), ResultTypes = [ResultType.Violations] }
        );
        Assert.Empty(audit.Violations.SelectMany(v => v.Nodes.Select(n => $"{v.Id}: {n.Html}")));
        await walk.KeepAsync("runs");

        await walk.Page.Locator("select[name=tag]").SelectOptionAsync("kept");
        await walk.ArrivesAsync("tag=kept");
        await walk.SeesAsync(2, "table.runs tbody tr");
        await walk.Page.GetByText("Saved views").ClickAsync();
        await walk.Page.GetByLabel("This view as").FillAsync("my kept ones");
        await walk.Button("Save", exact: true).ClickAsync();
        await walk.SeesAsync("saved as 'my kept ones'");
        await walk.GoAsync("/runs?view=my%20kept%20ones", "Runs");
        await walk.SeesAsync(2, "table.runs tbody tr");
        await Assertions.Expect(walk.Page.Locator("th[aria-sort=descending]")).ToContainTextAsync("flagged");

        await walk.Page.GetByLabel("Tick all rows of this page").CheckAsync();
        await walk.Button("Export …").ClickAsync();
        await walk.Page.GetByLabel("Format").SelectOptionAsync("votable");
        await walk.Button("Write the file").ClickAsync();
        await walk.SeesAsync("results of 2 runs are written.");
        var (content, name) = await walk.SaveAsync(walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Save the file" }));
        Assert.Equal("almagest-runs-votable.zip", name);
        using (var zip = new System.IO.Compression.ZipArchive(new MemoryStream(content)))
            Assert.Equal(
                new[] { $"run-{first}.vot", $"run-{runs[1]}.vot" }.Order(),
                zip.Entries.Where(e => e.Length > 1000).Select(e => e.FullName).Order()
            );

        await walk.GoAsync("/runs?view=my%20kept%20ones", "Runs");
        await walk.Page.GetByLabel("Tick all rows of this page").CheckAsync();
        await walk.Button("Delete …").ClickAsync();
        await walk.SeesAsync("2 runs go, with");
        await walk.Button("Delete 2 runs").ClickAsync();
        await walk.SeesAsync("2 runs are deleted, and can be brought back for a day.");
        await walk.SeesAsync("No run fits.");
        await walk.Button("Undo").ClickAsync();
        await walk.SeesAsync(2, "table.runs tbody tr");
        Assert.Equal("kept", (await new RunAnnotations(sky.Ledger).TagsAsync(first, CancellationToken)).Single().Tag);

        await walk.Page.SetViewportSizeAsync(390, 844);
        await walk.FitsAsync();
        await new Almagest.Ledger.Annotations.SavedViews(sky.Ledger).RemoveAsync("my kept ones", CancellationToken);
        await RemoveAsync("managed");
    }

    [Fact]
    public async Task A_run_is_replayed_repeated_cited_and_deleted_on_its_page_and_a_dataset_renamed()
    {
        var run = (await AddAsync("acted", 1))[0];
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/runs/{run}", Short(run));
        var stored = await new RunRepository(sky.Ledger).GetAsync(run, CancellationToken);
        var dataset = await new DatasetRepository(sky.Ledger).FindAsync("acted", CancellationToken);
        foreach (var hash in new[] { dataset.Checksum, stored.SelectionHash!, stored.ResultsHash!, run.ToString() })
        {
            await Assertions.Expect(walk.Page.Locator("#cite-text")).ToContainTextAsync(hash);
            await Assertions.Expect(walk.Page.Locator("#cite-bibtex")).ToContainTextAsync(hash);
        }
        await walk.Page.GetByText("Save all").First.ClickAsync();
        await Assertions
            .Expect(walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "as Parquet" }).First)
            .ToHaveAttributeAsync("href", $"discovery/runs/{run}/results?format=parquet&anomalies_only=true&order=score");

        await walk.Button("Replay …").ClickAsync();
        await walk.Button("Replay", exact: true).ClickAsync();
        await walk.ArrivesAsync("/jobs/[0-9a-f]");
        await walk.SeesAsync("The run is reproduced to the last bit.");
        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = $"Run {Short(run)}" }).ClickAsync();
        await walk.HeadedAsync(Short(run));
        await walk.Button("Retry …").ClickAsync();
        await walk.Button("Retry", exact: true).ClickAsync();
        await walk.ArrivesAsync($"/runs/(?!{run})[0-9a-f]");
        await walk.Page.Locator(".chip.completed").WaitForAsync();
        await walk.Button("Delete …").ClickAsync();
        await walk.SeesAsync("This run goes");
        await walk.Button("Delete", exact: true).ClickAsync();
        await walk.ArrivesAsync("/jobs#deletions");
        await walk.SeesAsync("isolation_forest, anomaly");

        await walk.GoAsync($"/runs/{run}", Short(run));
        await walk.Button("Name …").ClickAsync();
        await walk.Page.GetByLabel("Its name").FillAsync("the best of all");
        await walk.Button("Name", exact: true).ClickAsync();
        await walk.HeadedAsync($"the best of all: run {Short(run)}");
        await walk.GoAsync("/runs?q=best", "Runs");
        await walk.SeesAsync("the best of all");

        await walk.GoAsync("/datasets/acted", "acted");
        await walk.SeesAsync("Report of the load");
        await walk.Button("Rename …").ClickAsync();
        await walk.Page.GetByLabel("New name").FillAsync("acted upon");
        await walk.Button("Rename", exact: true).ClickAsync();
        await walk.HeadedAsync("acted upon");
        Assert.Equal(dataset.DatasetId, (await new DatasetRepository(sky.Ledger).FindAsync("acted upon", CancellationToken)).DatasetId);

        await walk.Button("Delete …").ClickAsync();
        await walk.SeesAsync("can be brought back for a day, with all that goes with it");
        await walk.Page.GetByLabel("Its name, to be sure").FillAsync("acted upon");
        await AuditAsync(walk);
        await walk.Button("Delete", exact: true).ClickAsync();
        await walk.ArrivesAsync("/jobs/[0-9a-f]");
        await walk.SeesAsync("The dataset acted upon is deleted, and can be brought back for a day.");
        await Assert.ThrowsAsync<LedgerException>(() => new DatasetRepository(sky.Ledger).FindAsync("acted upon", CancellationToken));
        // The name is another's by now.
        await AddAsync("acted upon", 0);
        await walk.GoAsync("/datasets", "Datasets");
        await walk.SeesAsync("300 stars, 300 labels, 1 run");
        await walk.Button("Bring back …").ClickAsync();
        await walk.Page.GetByLabel("Its name").FillAsync("acted again");
        await AuditAsync(walk);
        await walk.Page.SetViewportSizeAsync(390, 844);
        await walk.FitsAsync();
        await AuditAsync(walk);
        await walk.Button("Bring back", exact: true).ClickAsync();
        await walk.ArrivesAsync("/jobs/[0-9a-f]");
        await walk.SeesAsync("The dataset acted again is back");
        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "acted again", Exact = true }).ClickAsync();
        await walk.HeadedAsync("acted again");
        Assert.Equal("the best of all", (await new RunRepository(sky.Ledger).GetAsync(run, CancellationToken)).Name);
        await RemoveAsync("acted upon");
        await RemoveAsync("acted again");
    }

    private static async Task AuditAsync(Walk walk)
    {
        var found = await walk.Page.RunAxe(
            new AxeRunOptions { RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa") }
        );
        Assert.Empty(found.Violations.Select(v => $"{v.Id}: {v.Nodes[0].Html}"));
    }

    [Fact]
    public async Task A_file_that_was_received_waits_and_a_load_goes_on_when_their_page_is_left()
    {
        using var folder = TestFolder.Create("left");
        var file = Path.Combine(folder.Path, "left alone.csv");
        await using (var writer = File.CreateText(file))
            SimulatedSkyCsvWriter.Write(new SkySimulator(new SkySimulationOptions { Stars = 20_000, Seed = 5 }), writer);
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/datasets", "Datasets");
        await walk.Page.Locator("input[type=file]").SetInputFilesAsync(file);
        await walk.SeesAsync("Of the first 2,000 rows");
        var menu = walk.Page.GetByRole(AriaRole.Navigation, new PageGetByRoleOptions { Name = "Pages", Exact = true });
        await menu.GetByText("Jobs").ClickAsync();
        await walk.HeadedAsync("Jobs");
        await menu.GetByText("Datasets").ClickAsync();
        await walk.SeesAsync("left alone.csv was received at");
        await walk.Button("Go on with left alone.csv").ClickAsync();
        await walk.SeesAsync("Of the first 2,000 rows");
        await walk.Button("Load", exact: true).ClickAsync();
        await menu.GetByText("Jobs").ClickAsync();
        await walk.SeesAsync("20,000 stars are loaded as left alone; 0 rows were left out.");
        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "load", Exact = true }).First.ClickAsync();
        await walk.SeesAsync("The report of the load");
        await RemoveAsync("left alone");
    }

    [Fact]
    public async Task A_star_is_found_by_the_id_of_its_catalogue_and_an_open_page_follows_the_systems_colours()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        var star = (await new ResultRepository(sky.Ledger).PageAsync(sky.Anomalies, new ResultQuery(Limit: 1), CancellationToken)).Items[0];
        await walk.GoAsync($"/stars/{star.SourceId}", star.SourceId);
        await walk.SeesAsync(1, "html.light");
        await walk.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await walk.SeesAsync(1, "html.dark");
        await Assertions.Expect(walk.Button("Light colours")).ToBeVisibleAsync();
        await walk.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        await Assertions.Expect(walk.Button("Dark colours")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_first_visit_costs_less_than_150_KB_and_keeps_every_style_that_its_pages_need()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/", "Overview");
        var sent = await walk.Page.EvaluateAsync<long>("() => performance.getEntries().reduce((sum, e) => sum + (e.transferSize ?? 0), 0)");
        Assert.InRange(sent, 10_000, 150_000);
        // A class that the frame's whole style sheet knows is in the one that is sent.
        using var stream = typeof(Almagest.Dashboard.Hosting.DashboardHosting).Assembly.GetManifestResourceStream("MudBlazor.min.css")!;
        using var reader = new StreamReader(stream);
        var whole = await reader.ReadToEndAsync(CancellationToken);
        using var client = new HttpClient { BaseAddress = sky.Address };
        var address = await walk.Page.Locator("link[rel=stylesheet]").First.GetAttributeAsync("href");
        var kept = await client.GetStringAsync(new Uri(address!, UriKind.Relative), CancellationToken);
        Assert.InRange(kept.Length, 1000, 60_000);
        foreach (var path in new[] { "/", "/runs/abcdefabcdef", $"/runs/{sky.Anomalies}" })
        {
            if (path != "/")
                await walk.Page.EvaluateAsync("path => Blazor.navigateTo(path)", path[1..]);
            await walk.DrawnAsync();
            var classes = await walk.Page.EvaluateAsync<string[]>(
                "() => [...new Set([...document.querySelectorAll('[class]')].flatMap(e => [...e.classList]))]"
                    + ".filter(c => c.startsWith('mud-'))"
            );
            foreach (var one in classes)
                Assert.Equal(Names(whole, one), Names(kept, one));
        }
    }

    private static bool Names(string css, string name) =>
        System.Text.RegularExpressions.Regex.IsMatch(css, $@"\.{System.Text.RegularExpressions.Regex.Escape(name)}(?![\w-])");

    private async Task<IReadOnlyList<Guid>> AddAsync(string dataset, int count)
    {
        using var folder = TestFolder.Create("managed");
        var file = Path.Combine(folder.Path, dataset + ".csv");
        await using (var writer = File.CreateText(file))
            SimulatedSkyCsvWriter.Write(new SkySimulator(new SkySimulationOptions { Stars = 300, Seed = (ulong)dataset.Length }), writer);
        await new CatalogIngestor(sky.Ledger).IngestAsync([file], cancellationToken: CancellationToken);
        var made = new List<Guid>();
        for (var i = 0; i < count; i++)
            made.Add(
                (
                    await new DiscoveryService(sky.Ledger).RunAsync(
                        new RunRequest(dataset, StarFilter.All, new IsolationForestParameters { Contamination = 0.02 * (i + 1) }),
                        cancellationToken: CancellationToken
                    )
                )
                    .RunId!
                    .Value
            );
        return made;
    }

    private async Task RemoveAsync(string dataset)
    {
        var datasets = new DatasetRepository(sky.Ledger);
        await datasets.DeleteAsync((await datasets.FindAsync(dataset, CancellationToken)).DatasetId, cancellationToken: CancellationToken);
    }

    private static string Short(Guid id) => id.ToString()[^8..];
}
