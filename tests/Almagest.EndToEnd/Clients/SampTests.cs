using System.Text.RegularExpressions;
using Almagest.Catalog.Files;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Lifecycle;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd.Clients;

/// <summary>The dashboard's buttons send to other programs over SAMP, in a real browser and over a real hub.</summary>
public sealed partial class SampTests(Sky sky)
{
    [GeneratedRegex("""http://127\.0\.0\.1:\d+/[^\s"',}]+""")]
    private static partial Regex Address { get; }

    private static Task<IBrowser> LaunchAsync(IPlaywright playwright) =>
        playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Browser.Program,
                Headless = true,
                Args =
                [
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
                ],
            }
        );

    private async Task<string> PressAsync(IPage page, string path, string button)
    {
        await page.GotoAsync(new Uri(sky.Address, path).ToString());
        await Walk.ConnectedAsync(page);
        var locator = page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = button });
        await locator.ClickAsync();
        var status = locator.Locator("xpath=..").GetByRole(AriaRole.Status);
        await Assertions
            .Expect(status)
            .ToHaveTextAsync(new Regex("^(Sent|Not sent)"), new LocatorAssertionsToHaveTextOptions { Timeout = 60_000 });
        return await status.InnerTextAsync();
    }

    [Fact]
    public async Task Tables_positions_and_coverages_arrive_in_other_programs()
    {
        Assert.SkipWhen(Browser.Program is null, "There is no Chromium here: apt-get install chromium, or name one in ALMAGEST_CHROMIUM.");
        await using var hub = await SampHub.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);
        var page = await browser.NewPageAsync();
        // The listener may still be on its way: until it is there, the button says that nobody takes the message.
        var said = "";
        while (!said.StartsWith("Sent", StringComparison.Ordinal))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            said = await PressAsync(page, $"/runs/{sky.Anomalies}", "Send flagged stars to TOPCAT");
            Assert.True(
                said.StartsWith("Sent", StringComparison.Ordinal) || said.Contains("no running program takes", StringComparison.Ordinal),
                said
            );
        }
        Assert.Contains("Listener", said, StringComparison.Ordinal);
        await hub.HearsAsync("table.load.votable");
        await hub.HearsAsync($"/discovery/runs/{sky.Anomalies}/results?format=votable-binary2");

        // What TOPCAT then does.
        var url = Address
            .Matches(hub.Heard)
            .Select(m => m.Value)
            .First(u => u.Contains("/results", StringComparison.Ordinal))
            .Replace("\\/", "/", StringComparison.Ordinal);
        using var client = new HttpClient();
        using var table = CatalogFile.Open(
            new MemoryStream(await client.GetByteArrayAsync(url, TestContext.Current.CancellationToken)),
            "table"
        );
        Assert.Equal("VOTable BINARY2", table.Format);
        var run = await new RunRepository(sky.Ledger).GetAsync(sky.Anomalies, TestContext.Current.CancellationToken);
        // 2 % of the stars that have all features.
        Assert.Equal(
            (long)Math.Round(run.TotalStars * 0.02),
            table.ReadBatches(cancellationToken: TestContext.Current.CancellationToken).Sum(b => b.Count)
        );

        Assert.StartsWith("Sent to", await PressAsync(page, $"/datasets/{Sky.Name}", "Send its sky to Aladin"), StringComparison.Ordinal);
        await hub.HearsAsync("coverage.load.moc.fits");
        var star = (
            await new DatasetRepository(sky.Ledger).StarsAsync(
                sky.Dataset.DatasetId,
                limit: 1,
                cancellationToken: TestContext.Current.CancellationToken
            )
        ).Single();
        Assert.StartsWith(
            "Sent to",
            await PressAsync(page, $"/stars/{star.StarId}", "Point Aladin and TOPCAT here"),
            StringComparison.Ordinal
        );
        await hub.HearsAsync("coord.pointAt.sky");
        await hub.HearsAsync(star.RaDeg.ToString("R", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Without_a_hub_the_button_says_what_to_do()
    {
        Assert.SkipWhen(Browser.Program is null, "There is no Chromium here: apt-get install chromium, or name one in ALMAGEST_CHROMIUM.");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await LaunchAsync(playwright);
        var page = await browser.NewPageAsync();
        // Whoever listens on this machine: the page finds nobody.
        await page.RouteAsync(new Regex(":21012/"), route => route.AbortAsync("connectionrefused"));
        Assert.Contains(
            "Start TOPCAT or Aladin",
            await PressAsync(page, $"/runs/{sky.Clusters}", "Send its sky to Aladin"),
            StringComparison.Ordinal
        );
    }
}
