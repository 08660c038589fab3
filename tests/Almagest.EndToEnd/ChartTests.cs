using System.Globalization;
using Almagest.Runs.Results;
using Almagest.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>Charts that are moved, zoomed, dragged and selected in.</summary>
public sealed class ChartTests(Sky sky, Browser browser)
{
    private static ILocator Figure(Walk walk, string title) => walk.Page.Locator("figure", new PageLocatorOptions { HasText = title });

    private static ILocator Button(ILocator figure, string name) =>
        figure.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { NameRegex = new System.Text.RegularExpressions.Regex("^" + name) });

    private Task OpenRunAsync(Walk walk) => walk.GoAsync($"/runs/{sky.Anomalies}", sky.Anomalies.ToString()[^8..]);

    [Fact]
    public async Task A_diagram_of_many_stars_is_a_density_and_shows_single_stars_close_in()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await OpenRunAsync(walk);
        var figure = Figure(walk, "Colour–magnitude diagram");
        await Assertions.Expect(figure.Locator("image")).ToHaveCountAsync(1);
        await Assertions.Expect(figure.Locator("circle.star")).ToHaveCountAsync(0);
        await Button(figure, "Zoom into").ClickAsync();
        await Button(figure, "Zoom into").ClickAsync();
        await Assertions.Expect(figure.GetByText("each drawn")).ToBeVisibleAsync();
        await Assertions.Expect(figure.Locator("image")).ToHaveCountAsync(0);
        Assert.NotEqual(0, await figure.Locator("circle.star").CountAsync());
        await Button(figure, "Show all").ClickAsync();
        await Assertions.Expect(figure.Locator("image")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_chart_is_moved_by_the_pointer_and_by_the_keyboard()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await OpenRunAsync(walk);
        var figure = Figure(walk, "Colour–magnitude diagram");
        var before = await figure.Locator("svg.view").GetAttributeAsync("data-window");
        var picture = figure.Locator(".picture");
        await picture.FocusAsync();
        await walk.Page.Keyboard.PressAsync("+");
        await Assertions.Expect(figure.Locator("svg.view")).Not.ToHaveAttributeAsync("data-window", before!);
        var zoomed = await figure.Locator("svg.view").GetAttributeAsync("data-window");
        await picture.ScrollIntoViewIfNeededAsync();
        var box = (await picture.BoundingBoxAsync())!;
        await walk.Page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
        await walk.Page.Mouse.DownAsync();
        await walk.Page.Mouse.MoveAsync(box.X + box.Width / 2 + 60, box.Y + box.Height / 2, new MouseMoveOptions { Steps = 5 });
        await walk.Page.Mouse.UpAsync();
        await Assertions.Expect(figure.Locator("svg.view")).Not.ToHaveAttributeAsync("data-window", zoomed!);
        Assert.Equal(0, await walk.Page.Locator("tr.selected").CountAsync());
        await picture.FocusAsync();
        await walk.Page.Keyboard.PressAsync("0");
        await Assertions.Expect(figure.Locator("svg.view")).ToHaveAttributeAsync("data-window", before!);
    }

    [Fact]
    public async Task The_line_of_the_threshold_is_dragged_and_the_count_follows()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await OpenRunAsync(walk);
        var handle = walk.Page.Locator(".handle");
        await handle.ScrollIntoViewIfNeededAsync();
        var box = (await handle.BoundingBoxAsync())!;
        await walk.Page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
        await walk.Page.Mouse.DownAsync();
        await walk.Page.Mouse.MoveAsync(box.X + box.Width / 2 + 90, box.Y + box.Height / 2, new MouseMoveOptions { Steps = 6 });
        await walk.Page.Mouse.UpAsync();
        var count = walk.Page.Locator("#threshold-count");
        var scores = await RunScores.ReadAsync(sky.Ledger, sky.Anomalies);
        var flagged = scores.At(0.02).Count;
        await Assertions.Expect(count).Not.ToHaveTextAsync(flagged.ToString(CultureInfo.InvariantCulture));
        await Assertions
            .Expect(walk.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Store as a new run" }))
            .ToBeEnabledAsync();
        // What is shown, once it no longer moves, is what a run with that share of stars would flag.
        await Eventually.HoldsAsync(async () =>
        {
            var share =
                double.Parse(
                    (await walk.Page.Locator("label[for=threshold] strong").First.InnerTextAsync()).Replace(
                        " %",
                        "",
                        StringComparison.Ordinal
                    ),
                    CultureInfo.InvariantCulture
                ) / 100;
            var shown = int.Parse(await count.InnerTextAsync(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
            return shown > flagged && shown >= scores.At(share - 0.0006).Count && shown <= scores.At(share + 0.0006).Count;
        });
    }

    [Fact]
    public async Task Quick_presses_at_the_threshold_are_not_lost_and_a_number_of_stars_is_typed()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await OpenRunAsync(walk);
        var (slider, count) = (walk.Page.Locator("#threshold"), walk.Page.Locator("#threshold-count"));
        var scores = await RunScores.ReadAsync(sky.Ledger, sky.Anomalies);
        await slider.FocusAsync();
        for (var i = 0; i < 25; i++)
            await walk.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(slider).ToHaveValueAsync("0.045");
        await Assertions.Expect(count).ToHaveTextAsync(Walk.Count(scores.At(0.045).Count));
        await Assertions.Expect(slider).ToHaveValueAsync("0.045");

        foreach (var (text, unit, stars) in new[] { ("55", "count", 55), ("10", "share", scores.At(0.1).Count) })
        {
            await walk.Page.Locator("#threshold-value").FillAsync(text);
            await walk.Page.GetByLabel("What the threshold is given as").SelectOptionAsync(unit);
            await walk.Button("Set", exact: true).ClickAsync();
            await Assertions.Expect(count).ToHaveTextAsync(Walk.Count(stars));
        }
        await Assertions.Expect(slider).ToHaveValueAsync("0.1");
        await walk.Page.Locator("#threshold-value").FillAsync("70");
        await walk.Button("Set", exact: true).ClickAsync();
        await walk.SeesAsync("A share is above 0 and at most 50 %.");
        await Assertions.Expect(walk.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("contamination=0.1"));
    }

    [Fact]
    public async Task A_click_takes_the_star_next_to_it_though_another_mark_lies_on_top()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await OpenRunAsync(walk);
        var figure = Figure(walk, "on the sky");
        await figure.ScrollIntoViewIfNeededAsync();
        // Two marks that overlap, the one below at least two pixels from the middle of the one on top.
        var place = await figure.EvaluateAsync<double[]?>(
            """
            f => {
              const marks = [...f.querySelectorAll("svg.view circle[data-star]")].map(e => {
                const b = e.getBoundingClientRect();
                return { id: +e.dataset.star, x: (b.left + b.right) / 2, y: (b.top + b.bottom) / 2, r: b.width / 2 };
              });
              for (let i = 0; i < marks.length; i++) for (let j = i + 1; j < marks.length; j++) {
                const [a, b] = [marks[i], marks[j]], far = Math.hypot(a.x - b.x, a.y - b.y);
                if (far > 2 && far < b.r && marks.every(m => m === a || Math.hypot(m.x - a.x, m.y - a.y) > 1)) return [a.id, a.x, a.y];
              }
              return null;
            }
            """
        );
        Assert.SkipWhen(place is null, "No two marks of this sky overlap.");
        await walk.Page.Mouse.ClickAsync((float)place![1], (float)place[2]);
        await walk.SeesAsync(1, $"figure:has-text('on the sky') circle.selected[data-star='{(long)place[0]}']");
        await walk.SeesAsync("Selected: 1 star");
    }

    [Fact]
    public async Task A_star_selected_in_a_plot_is_selected_in_the_other_plots_and_in_the_table()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await OpenRunAsync(walk);
        var star = await walk.Page.Locator("tr[data-star]").Nth(4).GetAttributeAsync("data-star");
        await Figure(walk, "on the sky").Locator($"circle[data-star='{star}']").DispatchEventAsync("click");
        await walk.SeesAsync(1, $"tr.selected[data-star='{star}']");
        await walk.SeesAsync(1, $"figure:has-text('Colour–magnitude') circle.selected[data-star='{star}']");
        await walk.SeesAsync("Selected: 1 star");
        // It stays so in a plot that is drawn again.
        await Button(Figure(walk, "on the sky"), "Show all").ClickAsync();
        await walk.SeesAsync(1, $"figure:has-text('on the sky') circle.selected[data-star='{star}']");
        await walk.Page.Keyboard.PressAsync("Escape");
        await walk.SeesAsync(0, ".selected");
    }

    [Fact]
    public async Task All_stars_in_a_rectangle_are_selected_and_a_link_shows_the_same()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await OpenRunAsync(walk);
        var figure = Figure(walk, "Colour–magnitude diagram");
        var marks = await figure.Locator("circle.flag[data-star]").CountAsync();
        var inSight = Number(await figure.GetByText("in sight").TextContentAsync());
        var view = figure.Locator("svg.view");
        await view.ScrollIntoViewIfNeededAsync();
        var box = (await figure.Locator("svg.chart > rect.axis").Last.BoundingBoxAsync())!;
        await walk.Page.Keyboard.DownAsync("Shift");
        await walk.Page.Mouse.MoveAsync(box.X + 2, box.Y + 2);
        await walk.Page.Mouse.DownAsync();
        await walk.Page.Mouse.MoveAsync(box.X + box.Width - 2, box.Y + box.Height - 2, new MouseMoveOptions { Steps = 5 });
        await walk.Page.Mouse.UpAsync();
        await walk.Page.Keyboard.UpAsync("Shift");
        // Not the marked ones alone: most are drawn as a density, and are selected no less. The rectangle leaves out two pixels at each
        // edge.
        await walk.SeesAsync(marks, "figure:has-text('Colour–magnitude') circle.flag.selected[data-star]");
        var title = walk.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { NameRegex = new("^Selected: ") });
        await Assertions.Expect(title).ToContainTextAsync("200 of them listed");
        var selected = Number(await title.TextContentAsync());
        Assert.InRange(selected, inSight * 97 / 100, inSight);
        Assert.True(inSight > 4 * marks, $"{inSight} stars in sight, {marks} marked");
        await Assertions.Expect(walk.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("select=rect%3Acmd"));

        // What the page says is what the API has, and what a link opens.
        var select = System.Web.HttpUtility.ParseQueryString(new Uri(walk.Page.Url).Query)["select"]!;
        using var http = new HttpClient { BaseAddress = sky.Address };
        var csv = await http.GetStringAsync(
            $"/discovery/runs/{sky.Anomalies}/results?format=csv&select={Uri.EscapeDataString(select)}",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(selected, csv.TrimEnd().Split('\n').Count(l => l.Length > 0 && l[0] != '#') - 1);
        await walk.GoAsync(walk.Page.Url, sky.Anomalies.ToString()[^8..]);
        await Assertions.Expect(title).ToContainTextAsync(Walk.Count(selected));

        // It becomes a set of labels, and the stars of another run.
        await walk.Page.GetByLabel("Save as labels of the set").FillAsync("rectangle");
        await walk.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = new("^Label ") }).ClickAsync();
        await walk.SeesAsync($"{Walk.Count(selected)} stars have a label in the set");
        await walk.Page.GetByText("Start a run with these").ClickAsync();
        await walk.HeadedAsync("Start a run");
        await Assertions.Expect(walk.Page.Locator("#selected")).ToHaveTextAsync($"{Walk.Count(selected)} stars");
        await Assertions.Expect(walk.Page.Locator("#only")).ToContainTextAsync(Walk.Count(selected));
    }

    [Fact]
    public async Task Stars_inside_a_line_are_selected_and_Escape_lets_them_go()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/runs/{sky.Clusters}", sky.Clusters.ToString()[^8..]);
        var figure = Figure(walk, "Colour–magnitude diagram");
        await Button(figure, "Select by a lasso").ClickAsync();
        await figure.Locator("svg.view").ScrollIntoViewIfNeededAsync();
        var box = (await figure.Locator("svg.chart > rect.axis").Last.BoundingBoxAsync())!;
        var (x, y) = (box.X + box.Width / 2, box.Y + box.Height / 2);
        await walk.Page.Mouse.MoveAsync(x - 60, y - 60);
        await walk.Page.Mouse.DownAsync();
        foreach (var (dx, dy) in new[] { (60, -60), (60, 60), (-60, 60), (-60, -50) })
            await walk.Page.Mouse.MoveAsync(x + dx, y + dy, new MouseMoveOptions { Steps = 8 });
        await walk.Page.Mouse.UpAsync();
        await walk.SeesAsync("A lasso in the colour–magnitude diagram.");
        await Assertions.Expect(walk.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("select=lasso%3Acmd"));
        await walk.Page.Keyboard.PressAsync("Escape");
        await walk.SeesAsync(0, "#selection-words");
        await Assertions.Expect(walk.Page).Not.ToHaveURLAsync(new System.Text.RegularExpressions.Regex("select="));
    }

    [Fact]
    public async Task Diagram_sky_and_table_follow_the_threshold_while_it_is_dragged()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await OpenRunAsync(walk);
        var slider = walk.Page.Locator("#threshold");
        await slider.ScrollIntoViewIfNeededAsync();
        var before = await Figure(walk, "Colour–magnitude diagram").Locator("circle.flag[data-star]").CountAsync();
        var box = (await slider.BoundingBoxAsync())!;
        await walk.Page.Mouse.MoveAsync(box.X + 10 + (box.Width - 20) * 0.04f, box.Y + box.Height / 2);
        await walk.Page.Mouse.DownAsync();
        await walk.Page.Mouse.MoveAsync(box.X + box.Width * 0.4f, box.Y + box.Height / 2, new MouseMoveOptions { Steps = 4 });
        // Not let go yet: both charts are painted, and rows are there that the run does not flag.
        await walk.SeesAsync(2, "svg.view canvas");
        await walk.SeesAsync(300, "tr[data-share]:not([hidden])");
        await walk.Page.Mouse.UpAsync();
        await walk.SeesAsync(0, "svg.view canvas");
        var count = Number(await walk.Page.Locator("#threshold-count").TextContentAsync());
        var marks = Figure(walk, "Colour–magnitude diagram").Locator("circle.flag[data-star]");
        await Assertions.Expect(marks).Not.ToHaveCountAsync(before);
        Assert.InRange(await marks.CountAsync(), 2 * before, count);
        // A link opens the same threshold.
        await Assertions.Expect(walk.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("contamination=0"));
        await walk.GoAsync(walk.Page.Url, sky.Anomalies.ToString()[^8..]);
        await Assertions.Expect(walk.Page.Locator("#threshold-count")).ToHaveTextAsync(Walk.Count(count));
    }

    /// <summary>The first number of a text, thousands separated by commas.</summary>
    private static int Number(string? text) =>
        int.Parse(
            System.Text.RegularExpressions.Regex.Match(text!, "[0-9][0-9,]*").Value,
            NumberStyles.AllowThousands,
            CultureInfo.InvariantCulture
        );

    [Fact]
    public async Task A_cluster_is_shown_from_near_among_its_surroundings()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        var sizes = await new Almagest.Ledger.Views.Queries.AnalyticsQueries(sky.Ledger).ClusterSizesAsync(sky.Clusters);
        await walk.GoAsync($"/runs/{sky.Clusters}?cluster={sizes[0].ClusterId}", sky.Clusters.ToString()[^8..]);
        foreach (var title in new[] { "Proper motions of members", "Parallaxes of members" })
        {
            var figure = Figure(walk, title);
            await Assertions.Expect(figure.GetByText("in sight")).ToBeVisibleAsync();
            Assert.InRange(await figure.Locator("svg.view .flag").CountAsync(), 1, sizes[0].ClusterSize);
        }
        await walk.KeepAsync("cluster");
    }
}
