using System.Globalization;
using System.Xml.Linq;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Results;
using Microsoft.Playwright;
using SkiaSharp;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>A visit of the main pages over a real catalogue. Each walk ends by holding errors of the console and requests to elsewhere
/// against the pages.</summary>
public sealed class RealCatalogueTests(RealSky real, Browser browser) : IClassFixture<RealSky>
{
    private static string Short(Guid run) => run.ToString()[^8..];

    private static ILocator Part(Walk walk, string title) =>
        walk.Page.Locator(
            "section, figure",
            new PageLocatorOptions { Has = walk.Page.Locator("h2, figcaption", new PageLocatorOptions { HasText = title }) }
        );

    [Fact]
    public async Task The_overview_leads_to_the_dataset_and_its_white_dwarfs()
    {
        await using var walk = await browser.OpenAsync(real.Address);
        await walk.GoAsync("/", "Overview");
        await Assertions
            .Expect(walk.Page.Locator(".figure-card", new PageLocatorOptions { HasText = "Stars" }))
            .ToContainTextAsync(Walk.Count(RealSky.Stars));
        await Assertions.Expect(Part(walk, "Latest runs").Locator("tbody tr")).ToHaveCountAsync(3);
        await Assertions.Expect(Part(walk, "Most persistent anomalies").Locator("tbody tr")).ToHaveCountAsync(10);
        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Datasets", Exact = true }).First.ClickAsync();
        await walk.HeadedAsync("Datasets");
        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = RealSky.Name, Exact = true }).ClickAsync();
        await walk.HeadedAsync(RealSky.Name);
        await walk.SeesAsync(Walk.Count(RealSky.Stars));
        await walk.SeesAsync(5, "svg.chart");
        // Faint and blue, as most white dwarfs near the Sun are; counted in the file itself.
        var filter = "color=..1.5 magnitude=15..";
        var stars = File.ReadLines(Almagest.Testing.TestData.Find("gaia-100pc.csv")!)
            .Skip(1)
            .Select(l => l.Split(','))
            .Count(c => Real(c[10]) <= 1.5 && Real(c[7]) >= 15);
        await walk.GoAsync($"/datasets/{RealSky.Name}?filter={Uri.EscapeDataString(filter)}", RealSky.Name);
        await walk.SeesAsync($"{Walk.Count(stars)} of 12,366 stars");
    }

    private static double Real(string cell) => cell.Length == 0 ? double.NaN : double.Parse(cell, CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_run_is_started_on_the_page_and_flags_what_it_was_asked_to()
    {
        await using var walk = await browser.OpenAsync(real.Address);
        await walk.GoAsync($"/start?dataset={RealSky.Name}", "Start a run");
        await Assertions.Expect(walk.Page.Locator("#selected")).ToHaveTextAsync("12,366 stars");
        await walk.Page.GetByLabel("Contamination").FillAsync("0.01");
        await walk.Button("Start", exact: true).ClickAsync();
        await walk.ArrivesAsync("/runs/[0-9a-f]");
        await walk.Page.Locator(".chip.completed").WaitForAsync();
        await walk.DrawnAsync();
        await Assertions.Expect(walk.Page.Locator("#threshold-count")).ToHaveTextAsync("124");
        await new RunRepository(real.Ledger).DeleteAsync(Guid.Parse(walk.Page.Url.Split('/')[^1]));
    }

    [Fact]
    public async Task A_star_of_the_halo_is_flagged_and_its_page_says_why_and_leads_to_SIMBAD()
    {
        await using var walk = await browser.OpenAsync(real.Address);
        await walk.GoAsync($"/runs/{real.Anomalies}", Short(real.Anomalies));
        await walk.SeesAsync(Walk.Count(RealSky.Stars));
        var row = walk.Page.Locator("tr[data-star]", new PageLocatorOptions { HasText = RealSky.HaloStar });
        await Assertions.Expect(row).ToContainTextAsync("-1981.22");
        await row.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = RealSky.HaloStar }).ClickAsync();
        await walk.HeadedAsync(RealSky.HaloStar);
        await walk.SeesAsync("splits isolate it");
        await walk.SeesAsync("280.4017");
        await Assertions.Expect(Part(walk, "History across runs").Locator("tbody tr")).ToHaveCountAsync(3);
        foreach (var (name, host) in new[] { ("SIMBAD", "simbad."), ("Aladin Lite", "aladin."), ("ESASky", "sky.esa.int") })
        {
            var link = await walk
                .Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = name, Exact = true })
                .GetAttributeAsync("href");
            Assert.Contains(host, link, StringComparison.Ordinal);
            Assert.Contains("280.4017", Uri.UnescapeDataString(link!), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_runs_are_compared_over_the_real_stars()
    {
        await using var walk = await browser.OpenAsync(real.Address);
        await walk.GoAsync($"/compare?runs={real.Anomalies},{real.MoreAnomalies}", "Compare");
        var overlap = (await new AnalyticsQueries(real.Ledger).OverlapOfAsync(real.Anomalies, real.MoreAnomalies))!;
        Assert.StartsWith(
            Walk.Count(overlap.OverlapCount),
            await walk.Page.Locator(".figure-card", new PageLocatorOptions { HasText = "flagged by both" }).InnerTextAsync(),
            StringComparison.Ordinal
        );
        await walk.SeesAsync(RealSky.HaloStar);
    }

    [Fact]
    public async Task Coverage_and_views_know_the_real_catalogue()
    {
        await using var walk = await browser.OpenAsync(real.Address);
        await walk.GoAsync($"/coverage?dataset={RealSky.Name}", "Coverage");
        await walk.SeesAsync(1, "svg.chart image");
        await walk.SeesAsync("eps 0.4, min 10, population");
        await walk.GoAsync("/views", "Views");
        await Assertions
            .Expect(Part(walk, "Freshness").Locator("tbody tr", new LocatorLocatorOptions { HasText = "mv_star_anomaly_frequency" }))
            .ToContainTextAsync(Walk.Count(RealSky.Stars));
    }

    [Fact]
    public async Task A_table_is_saved_as_CSV_with_every_row_and_every_digit_that_it_shows()
    {
        await using var walk = await browser.OpenAsync(real.Address);
        await walk.GoAsync($"/runs/{real.Anomalies}", Short(real.Anomalies));
        var rows = await walk.Page.Locator("tr[data-star]").CountAsync();
        Assert.Equal(248, rows);
        var (content, name) = await walk.SaveAsync(walk.Page.GetByLabel("Download Flagged stars, most anomalous first as CSV"));
        Assert.Equal($"run-{Short(real.Anomalies)}-stars.csv", name);
        var lines = System
            .Text.Encoding.UTF8.GetString(content)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split(','))
            .ToList();
        Assert.Equal(
            [
                "star",
                "score",
                "± spread",
                "P(flag)",
                "RA (°)",
                "Dec (°)",
                "parallax (mas)",
                "± error",
                "S/N",
                "pm RA (mas/yr)",
                "pm Dec (mas/yr)",
                "magnitude",
                "colour",
            ],
            lines[0]
        );
        Assert.Equal(rows, lines.Count - 1);
        var flagged = (
            await new ResultRepository(real.Ledger).PageAsync(
                real.Anomalies,
                new ResultQuery(AnomaliesOnly: true, ByScore: true, Limit: 1000)
            )
        ).Items;
        Assert.Equal(flagged.Select(s => s.SourceId), lines.Skip(1).Select(l => l[0]));
        var halo = lines.Single(l => l[0] == RealSky.HaloStar);
        Assert.Equal(["280.40170", "0.91171", "33.254"], halo[4..7]);
        Assert.Equal(["46.01", "-1981.22"], halo[9..11]);
    }

    [Fact]
    public async Task A_chart_is_saved_as_SVG_and_as_PNG_with_the_stars_that_it_shows()
    {
        await using var walk = await browser.OpenAsync(real.Address, dark: true);
        await walk.GoAsync($"/runs/{real.Anomalies}", Short(real.Anomalies));
        const string Title = "Colour–magnitude diagram with flagged stars";
        var flags = await Part(walk, Title).Locator("svg.chart circle.flag").CountAsync();
        // All 248, and the legend's.
        Assert.Equal(249, flags);
        await walk.Page.GetByLabel($"Save {Title}", new PageGetByLabelOptions { Exact = true }).ClickAsync();
        var (text, svgName) = await walk.SaveAsync(walk.Page.GetByLabel($"Save {Title} as SVG"));
        Assert.EndsWith(".svg", svgName, StringComparison.Ordinal);
        var svg = XDocument.Load(new MemoryStream(text)).Root!;
        XNamespace ns = "http://www.w3.org/2000/svg";
        // One of them is the legend's.
        Assert.Equal(
            flags,
            svg.Descendants(ns + "circle").Count(c => ((string?)c.Attribute("class"))?.Split(' ').Contains("flag") == true)
        );
        // It stands alone: colours are in it, and what it shows comes from nowhere else.
        Assert.Contains(".flag{fill:#", (string)svg.Element(ns + "style")!, StringComparison.Ordinal);
        Assert.All(
            svg.Descendants(ns + "image"),
            i => Assert.StartsWith("data:image/png", (string?)i.Attribute("href"), StringComparison.Ordinal)
        );
        var words = string.Join(' ', svg.Descendants(ns + "text").Select(t => t.Value));
        Assert.Contains("BP − RP (mag)", words, StringComparison.Ordinal);
        Assert.Contains(Short(real.Anomalies), words, StringComparison.Ordinal);

        await walk.Page.Locator("details[open] select").SelectOptionAsync("column");
        var link = walk.Page.GetByLabel($"Save {Title} as PNG");
        await Assertions.Expect(link).ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex("width=column"));
        var (bytes, pngName) = await walk.SaveAsync(link);
        Assert.EndsWith(".png", pngName, StringComparison.Ordinal);
        using var picture = SKBitmap.Decode(bytes);
        Assert.Equal(1039, picture.Width);
        // Ink for print on white, though the page is dark; red marks of the flagged, and the density of the others in grey.
        Assert.Equal(SKColors.White, picture.GetPixel(2, 2));
        var colours = picture.Pixels;
        Assert.InRange(colours.Count(c => c.Red > 180 && c.Green < 90 && c.Blue < 90), 500, colours.Length / 4);
        Assert.InRange(colours.Count(c => c.Red == c.Green && c.Green == c.Blue && c.Red is > 140 and < 220), 500, colours.Length / 4);
    }
}
