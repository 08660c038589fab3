using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>Pages for everyone: contrast, names and roles by WCAG 2.2 AA, the keyboard alone, a phone's width.</summary>
public sealed class AccessTests(Sky sky, Browser browser)
{
    public static TheoryData<string, string> Pages =>
        new()
        {
            { "/", "Overview" },
            { "/datasets", "Datasets" },
            { $"/datasets/{Sky.Name}", Sky.Name },
            { "/runs", "Runs" },
            { "/runs/{anomalies}", "Run" },
            { "/runs/{clusters}", "Run" },
            { "/start", "Start a run" },
            { "/start?algorithm=dbscan", "Start a run" },
            { "/compare", "Compare" },
            { "/compare?runs={anomalies},{more}", "Compare" },
            { "/stars/{star}", "Star" },
            { "/runs/{anomalies}/review", "Review" },
            { "/coverage", "Coverage" },
            { "/views", "Views" },
            { "/jobs", "Jobs" },
        };

    private async Task<string> FillAsync(string path) =>
        path.Replace("{anomalies}", sky.Anomalies.ToString(), StringComparison.Ordinal)
            .Replace("{more}", sky.MoreAnomalies.ToString(), StringComparison.Ordinal)
            .Replace("{clusters}", sky.Clusters.ToString(), StringComparison.Ordinal)
            .Replace(
                "{star}",
                (await new Almagest.Ledger.Views.Queries.AnalyticsQueries(sky.Ledger).MostFrequentAsync(1))
                    .Single()
                    .StarId.ToString(System.Globalization.CultureInfo.InvariantCulture),
                StringComparison.Ordinal
            );

    /// <summary>Of what passes only the names are needed: describing thousands of parts that pass takes most of an audit's time.</summary>
    private static AxeRunOptions Audit(RunOnlyOptions rules) => new() { RunOnly = rules, ResultTypes = [ResultType.Violations] };

    private static readonly AxeRunOptions s_whole = Audit(RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"));

    /// <summary>The dark page differs from the light one in nothing but its colours.</summary>
    private static readonly AxeRunOptions s_colours = Audit(RunOnlyOptions.Rules("color-contrast", "link-in-text-block"));

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_page_passes_the_audit_in_light_and_in_dark_and_fits_a_small_screen_and_a_phone(string path, string heading)
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync(await FillAsync(path), heading);
        await walk.FitsAsync();
        await LeaveOutRepeatsAsync(walk);
        await PassesAsync(walk, s_whole);
        await walk.Button("Dark colours").ClickAsync();
        await walk.Page.Locator("html.dark").WaitForAsync();
        await walk.Button("Light colours").WaitForAsync();
        await PassesAsync(walk, s_colours);
        await walk.Page.SetViewportSizeAsync(390, 844);
        await walk.FitsAsync();
    }

    /// <summary>The rows of a long list are alike, and so are the marks of a chart: some of each are audited. The others are taken away and
    /// not hidden, for an audit looks at what is hidden, too.</summary>
    private static Task LeaveOutRepeatsAsync(Walk walk) =>
        walk.Page.EvaluateAsync(
            "() => document.querySelectorAll('tr[data-star]:nth-child(n + 25), svg [data-star]:nth-child(n + 25)').forEach(e => e.remove())"
        );

    private static async Task PassesAsync(Walk walk, AxeRunOptions rules)
    {
        // A colour that is still changing is none that anybody reads.
        await walk.Page.EvaluateAsync(
            """
            () => Promise.allSettled(
              document.getAnimations().filter(a => a.effect?.getComputedTiming().iterations !== Infinity).map(a => a.finished))
            """
        );
        var found = await walk.Page.RunAxe(rules);
        Assert.Empty(
            found.Violations.SelectMany(v => v.Nodes.Select(n => $"{v.Id}: {n.Html} {string.Join(' ', n.Any.Select(a => a.Message))}"))
        );
        Assert.Contains(found.Passes, p => p.Id == "color-contrast");
    }

    [Fact]
    public async Task The_pages_of_the_API_have_a_language_contrast_and_a_way_back()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await walk.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            await walk.Page.GotoAsync("/docs");
            await walk.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Almagest" }).First.WaitForAsync();
            var found = await walk.Page.RunAxe(Audit(RunOnlyOptions.Rules("color-contrast", "html-has-lang", "html-lang-valid")));
            Assert.Empty(
                found.Violations.SelectMany(v => v.Nodes.Select(n => $"{v.Id}: {n.Html} {string.Join(' ', n.Any.Select(a => a.Message))}"))
            );
        }
        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Almagest's pages" }).ClickAsync();
        await walk.HeadedAsync("Overview");
    }

    [Fact]
    public async Task Opened_on_a_phone_that_prefers_dark_a_page_is_dark_and_fits()
    {
        await using var walk = await browser.OpenAsync(sky.Address, width: 390, height: 844);
        await walk.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await walk.GoAsync($"/runs/{sky.Anomalies}", sky.Anomalies.ToString()[^8..]);
        Assert.True(await walk.Page.EvaluateAsync<bool>("() => document.documentElement.classList.contains('dark')"));
        await walk.FitsAsync();
    }

    [Fact]
    public async Task The_keyboard_alone_reaches_everything_in_order_and_shows_where_it_is()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/runs/{sky.Anomalies}", sky.Anomalies.ToString()[^8..]);
        // A page begins at its heading; what is before it is reached by going back.
        await walk.Page.Locator(".skip").FocusAsync();
        var reached = new List<string>();
        for (var i = 0; i < 90; i++)
        {
            if (i > 0)
                await walk.Page.Keyboard.PressAsync("Tab");
            reached.Add(
                await walk.Page.EvaluateAsync<string>(
                    """
                    () => {
                      const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
                      const seen = s.outlineStyle !== "none" && box.width > 0;
                      const name = e.getAttribute("aria-label") ?? e.id ?? "";
                      return [name, e.innerText?.trim().split("\n")[0] ?? "", seen ? "seen" : "unseen"].join("|");
                    }
                    """
                )
            );
        }
        Assert.StartsWith("|Skip to the content", reached[0], StringComparison.Ordinal);
        Assert.All(reached.Skip(1), r => Assert.EndsWith("|seen", r, StringComparison.Ordinal));
        foreach (
            var name in new[]
            {
                "Overview",
                "Compare",
                "threshold",
                "Zoom into Flagged stars on the sky",
                "Save Flagged stars on the sky",
                "Stars: arrow keys select one",
            }
        )
            Assert.Contains(reached, r => r.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Arrow_keys_in_the_table_select_stars_in_the_plots()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/runs/{sky.Anomalies}", sky.Anomalies.ToString()[^8..]);
        await walk.Page.GetByLabel("Stars: arrow keys select one").FocusAsync();
        await walk.Page.Keyboard.PressAsync("ArrowDown");
        await walk.Page.Keyboard.PressAsync("ArrowDown");
        var second = await walk.Page.Locator("tr[data-star]").Nth(1).GetAttributeAsync("data-star");
        await walk.SeesAsync(1, $"tr.selected[data-star='{second}']");
        await walk.SeesAsync(1, $"figure:has-text('on the sky') circle.selected[data-star='{second}']");
    }

    [Theory]
    [InlineData("/stars/1?run=nonsense")]
    [InlineData("/stars/{star}?run=ffffffff")]
    [InlineData("/runs/ffffffff")]
    [InlineData("/datasets/none")]
    [InlineData("/datasets/small-sky?filter=magnitude%3Dbright")]
    [InlineData("/compare?runs=nonsense")]
    public async Task What_cannot_be_shown_is_said_in_words(string path)
    {
        await using var walk = await browser.OpenAsync(sky.Address, mayFail: true);
        await walk.OpenAsync(await FillAsync(path));
        await walk.Page.Locator(".problem").WaitForAsync();
        var words = await walk.Page.Locator(".problem").InnerTextAsync();
        Assert.True(words.Length > 20, words);
        Assert.DoesNotContain("Exception", words, StringComparison.Ordinal);
        Assert.NotEmpty(await walk.Page.Locator("h1").InnerTextAsync());
    }

    [Fact]
    public async Task An_address_that_does_not_exist_is_a_page_for_people_and_a_problem_for_programs()
    {
        await using var walk = await browser.OpenAsync(sky.Address, mayFail: true);
        var response = await walk.OpenAsync("/nowhere");
        Assert.Equal(404, response.Status);
        await walk.HeadedAsync("There is no such page");
        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "to the overview" }).ClickAsync();
        await walk.HeadedAsync("Overview");
        using var client = new HttpClient { BaseAddress = sky.Address };
        using var answer = await client.GetAsync(new Uri("/nowhere", UriKind.Relative));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }
}
