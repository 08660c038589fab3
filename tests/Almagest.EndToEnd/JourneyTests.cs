using System.Globalization;
using System.Text.Json;
using Almagest.Discovery.Simulation;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Server;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>
/// What people do with the dashboard, from an empty ledger to a figure: upload, start, follow, drag, select, explain, label, rerun,
/// compare, publish; with a mouse or the keyboard alone, on a screen or a phone, in light or dark. Numbers are held against the API's.
/// </summary>
public sealed class JourneyTests(Browser browser)
{
    private static readonly AxeRunOptions s_audit = new()
    {
        RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
        ResultTypes = [ResultType.Violations],
    };

    [Fact]
    public Task All_ten_journeys_are_walked_on_a_dark_phone_by_the_keyboard() => WalkAsync(390, dark: true, keys: true, audit: false);

    [Theory(Explicit = true)]
    [TimeLimit(300, "walks ten journeys with an audit of each page")]
    [InlineData(1280, false, false)]
    [InlineData(1280, false, true)]
    [InlineData(1280, true, false)]
    [InlineData(1280, true, true)]
    [InlineData(390, false, false)]
    [InlineData(390, false, true)]
    [InlineData(390, true, false)]
    [InlineData(390, true, true)]
    public Task All_ten_journeys_are_walked_at_each_width_in_each_theme_by_mouse_and_keyboard(int width, bool dark, bool keys) =>
        WalkAsync(width, dark, keys, audit: true);

    private async Task WalkAsync(int width, bool dark, bool keys, bool audit)
    {
        await using var database = await (await TestDatabaseServer.GetAsync()).CreateDatabaseAsync();
        await using var ledger = new LedgerDatabase(database.ConnectionString);
        await ledger.Schema.MigrateAsync();
        await using var server = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = ledger,
                Port = 0,
                NightlyCron = null,
            }
        );
        using var client = new HttpClient { BaseAddress = AlmagestServer.AddressOf(server) };
        await using var walk = await browser.OpenAsync(client.BaseAddress, width, width < 500 ? 844 : 900, dark);
        var by = new Hand(walk, keys, audit);

        await UploadAsync(by);
        var run = await StartAndFollowAsync(by, client);
        await DragAsync(by, client, run);
        await SelectAsync(by, client, run);
        await ExplainAndLabelAsync(by, client, run);
        var second = await RerunAsync(by, run);
        await CompareAsync(by, client, run, second);
        await PublishAsync(by, client, run);
    }

    private static async Task UploadAsync(Hand by)
    {
        using var folder = TestFolder.Create("journey");
        var file = Path.Combine(folder.Path, "journey.csv");
        await using (var writer = File.CreateText(file))
            SimulatedSkyCsvWriter.Write(new SkySimulator(new SkySimulationOptions { Stars = 600, ClusterFraction = 0.2 }), writer);
        await by.Walk.GoAsync("/datasets", "Datasets");
        await by.Walk.Page.Locator("input[type=file]").SetInputFilesAsync(file);
        await by.Walk.SeesAsync("Of the first 600 rows");
        await by.StandsAsync();
        await by.PressAsync(by.Walk.Button("Load", exact: true));
        await by.Walk.SeesAsync("are loaded as");
    }

    private static async Task<Guid> StartAndFollowAsync(Hand by, HttpClient client)
    {
        await by.Walk.GoAsync("/start?dataset=journey", "Start a run");
        await by.Walk.Page.GetByLabel("Contamination").FillAsync("0.06");
        await by.StandsAsync();
        await by.PressAsync(by.Walk.Button("Start", exact: true));
        await by.Walk.ArrivesAsync("/runs/[0-9a-f-]{36}$");
        await by.Walk.Page.Locator(".chip.completed").WaitForAsync();
        await by.Walk.DrawnAsync();
        var run = Guid.Parse(by.Walk.Page.Url.Split('/')[^1]);
        var stored = await ApiAsync(client, $"/discovery/runs/{run}");
        Assert.Equal(
            Walk.Count(stored.GetProperty("results_summary").GetProperty("anomaly_count").GetInt64()),
            await CardAsync(by.Walk, "Flagged")
        );
        Assert.Equal(Walk.Count(stored.GetProperty("total_stars").GetInt64()), await CardAsync(by.Walk, "Stars analysed"));
        return run;
    }

    private static async Task DragAsync(Hand by, HttpClient client, Guid run)
    {
        await by.Walk.GoAsync($"/runs/{run}", "Run");
        var (slider, count) = (by.Walk.Page.Locator("#threshold"), by.Walk.Page.Locator("#threshold-count"));
        var before = await count.TextContentAsync();
        if (by.Keys)
        {
            await slider.FocusAsync();
            for (var i = 0; i < 20; i++)
                await by.Walk.Page.Keyboard.PressAsync("ArrowRight");
        }
        else
        {
            await slider.ScrollIntoViewIfNeededAsync();
            var box = (await slider.BoundingBoxAsync())!;
            await by.Walk.Page.Mouse.MoveAsync(box.X + (box.Width * 0.13f), box.Y + (box.Height / 2));
            await by.Walk.Page.Mouse.DownAsync();
            await by.Walk.Page.Mouse.MoveAsync(box.X + (box.Width * 0.4f), box.Y + (box.Height / 2), new MouseMoveOptions { Steps = 8 });
            await by.Walk.Page.Mouse.UpAsync();
        }
        await Assertions.Expect(count).Not.ToHaveTextAsync(before!);
        // The address keeps it; the API counts the same stars below that score.
        await by.Walk.ArrivesAsync("contamination=");
        await by.Walk.OpenAsync(by.Walk.Page.Url);
        await by.Walk.DrawnAsync();
        await by.PressAsync(by.Walk.Page.Locator("summary", new PageLocatorOptions { HasText = "Select" }).First);
        await by.PressAsync(by.Walk.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "flagged stars: scores below" }));
        await by.Walk.ArrivesAsync("select=below");
        var select = Uri.UnescapeDataString(by.Walk.Page.Url.Split("select=")[1].Split('&')[0]);
        Assert.Equal(
            await ApiCountAsync(client, run, select),
            long.Parse((await count.TextContentAsync())!, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
        );
    }

    private static async Task SelectAsync(Hand by, HttpClient client, Guid run)
    {
        await by.Walk.GoAsync($"/runs/{run}", "Run");
        if (by.Keys)
        {
            await by.Walk.Page.GetByLabel("Stars: arrow keys select one").FocusAsync();
            await by.Walk.Page.Keyboard.PressAsync("ArrowDown");
        }
        else
            await by.Walk.Page.Locator("tr[data-star]").First.Locator("td").Nth(1).ClickAsync();
        await by.Walk.SeesAsync(1, "tr.selected");
        await by.Walk.Page.Keyboard.PressAsync("Escape");
        await by.Walk.SeesAsync(0, "tr.selected");
        // All stars of a part of the sky, flagged or not.
        await by.PressAsync(by.Walk.Page.Locator("summary", new PageLocatorOptions { HasText = "Select" }).First);
        foreach (var (label, side) in new[] { ("RA from (°)", "200"), ("RA to (°)", "100"), ("Dec from (°)", "−20"), ("Dec to (°)", "60") })
            await by.Walk.Page.GetByLabel(label, new PageGetByLabelOptions { Exact = true }).FillAsync(side);
        await by.PressAsync(by.Walk.Button("Select the box"));
        await by.Walk.ArrivesAsync("select=box");
        var stars = await ApiCountAsync(client, run, "box:200,100,-20,60");
        Assert.InRange(stars, 20, 599);
        await by.Walk.Page.Locator("h2", new PageLocatorOptions { HasText = "elected" }).First.WaitForAsync();
        await by.Walk.SeesAsync("RA 200° to 100°");
        await by.Walk.SeesAsync((int)Math.Min(stars, 200), "[aria-label='Selected stars'] tbody tr");
        await by.StandsAsync();
    }

    private static async Task ExplainAndLabelAsync(Hand by, HttpClient client, Guid run)
    {
        await by.Walk.GoAsync($"/runs/{run}", "Run");
        var first = (await ApiAsync(client, $"/discovery/runs/{run}/results?anomalies_only=true&order=score&limit=1")).GetProperty("items")[
            0
        ];
        await by.PressAsync(by.Walk.Page.Locator("tr[data-star] a").First);
        await by.Walk.HeadedAsync(first.GetProperty("source_id").GetString()!);
        await by.Walk.SeesAsync("splits isolate it");
        await by.Walk.SeesAsync(
            $"(score {first.GetProperty("anomaly_score").GetDouble().ToString("0.000", CultureInfo.InvariantCulture)})"
        );
        await by.StandsAsync();
        await by.Walk.Page.GetByLabel("Kind").FillAsync("worth a spectrum");
        await by.PressAsync(by.Walk.Button("Save the label"));
        await by.Walk.Page.Locator("main td", new PageLocatorOptions { HasText = "worth a spectrum" }).WaitForAsync();
    }

    private static async Task<Guid> RerunAsync(Hand by, Guid run)
    {
        await by.Walk.GoAsync($"/runs/{run}", "Run");
        await by.PressAsync(by.Walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Change and run" }));
        await by.Walk.HeadedAsync("Start a run");
        await Assertions.Expect(by.Walk.Page.GetByLabel("Contamination")).ToHaveValueAsync("0.06");
        await by.Walk.Page.GetByLabel("Seed").FillAsync("7");
        await by.PressAsync(by.Walk.Button("Start", exact: true));
        await by.Walk.ArrivesAsync($"/runs/(?!{run})[0-9a-f-]{{36}}$");
        await by.Walk.Page.Locator(".chip.completed").WaitForAsync();
        return Guid.Parse(by.Walk.Page.Url.Split('/')[^1]);
    }

    private static async Task CompareAsync(Hand by, HttpClient client, Guid run, Guid second)
    {
        await by.Walk.GoAsync("/runs", "Runs");
        foreach (var id in new[] { run, second })
            await by.CheckAsync(by.Walk.Page.GetByLabel($"Tick run {id.ToString()[^8..]}"));
        // Not that of the menu, which is the last one until those that are ticked have theirs.
        await by.PressAsync(by.Walk.Page.Locator("a[href^='compare?runs=']"));
        await by.Walk.ArrivesAsync("/compare\\?runs=");
        await by.Walk.HeadedAsync("Compare");
        using var answer = await client.PostAsync(
            new Uri("/discovery/compare", UriKind.Relative),
            System.Net.Http.Json.JsonContent.Create(new { run_ids = new[] { run, second } })
        );
        using var api = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(Walk.Count(api.RootElement.GetProperty("common_count").GetInt64()), await CardAsync(by.Walk, "flagged by both"));
        await by.StandsAsync();
    }

    private static async Task PublishAsync(Hand by, HttpClient client, Guid run)
    {
        await by.Walk.GoAsync($"/runs/{run}", "Run");
        const string Title = "Colour–magnitude diagram with flagged stars";
        await by.PressAsync(by.Walk.Page.GetByLabel($"Save {Title}", new PageGetByLabelOptions { Exact = true }));
        var link = by.Walk.Page.GetByLabel($"Save {Title} as SVG");
        var (figure, name) = await by.SaveAsync(link);
        Assert.EndsWith(".svg", name, StringComparison.Ordinal);
        Assert.Contains(run.ToString()[^8..], System.Text.Encoding.UTF8.GetString(figure), StringComparison.Ordinal);
        var stored = await ApiAsync(client, $"/discovery/runs/{run}");
        await Assertions.Expect(by.Walk.Page.Locator("#cite-bibtex")).ToContainTextAsync(stored.GetProperty("results_hash").GetString()!);
        await by.StandsAsync();
    }

    private static async Task<string> CardAsync(Walk walk, string name) =>
        await walk.Page.Locator($".figure-card:has(.name:text-is('{name}')) .value").InnerTextAsync();

    private static async Task<JsonElement> ApiAsync(HttpClient client, string path)
    {
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative)));
        return document.RootElement.Clone();
    }

    private static async Task<long> ApiCountAsync(HttpClient client, Guid run, string select)
    {
        var found = await ApiAsync(client, $"/discovery/runs/{run}/results?limit=1000&select={Uri.EscapeDataString(select)}");
        return found.GetProperty("items").GetArrayLength();
    }

    /// <summary>Who walks: with a mouse, or with keys alone.</summary>
    private sealed record Hand(Walk Walk, bool Keys, bool Audit)
    {
        public async Task PressAsync(ILocator what)
        {
            if (!Keys)
            {
                await what.ClickAsync();
                return;
            }
            await ReachAsync(what);
            await Walk.Page.Keyboard.PressAsync("Enter");
        }

        public async Task CheckAsync(ILocator what)
        {
            if (Keys)
            {
                await ReachAsync(what);
                await Walk.Page.Keyboard.PressAsync("Space");
            }
            else
                await what.ClickAsync();
            await Assertions.Expect(what).ToBeCheckedAsync();
        }

        public async Task<(byte[] Content, string Name)> SaveAsync(ILocator link)
        {
            var download = await Walk.Page.RunAndWaitForDownloadAsync(() => PressAsync(link));
            return (await File.ReadAllBytesAsync(await download.PathAsync()), download.SuggestedFilename);
        }

        /// <summary>The page fits its window, and nothing of it is against the rules that can be tried.</summary>
        public async Task StandsAsync()
        {
            await Walk.FitsAsync();
            if (!Audit)
                return;
            var found = await Walk.Page.RunAxe(s_audit);
            Assert.Empty(found.Violations.SelectMany(v => v.Nodes.Select(n => $"{Walk.Page.Url}: {v.Id}: {n.Html}")));
        }

        // Tab comes to it, and it is seen that it has the focus.
        private static async Task ReachAsync(ILocator what)
        {
            await Assertions.Expect(what).ToBeEnabledAsync();
            await what.FocusAsync();
            Assert.True(await what.EvaluateAsync<bool>("e => e === document.activeElement && e.tabIndex >= 0"), $"no key reaches {what}");
        }
    }
}
