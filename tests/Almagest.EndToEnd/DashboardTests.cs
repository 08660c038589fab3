using System.Globalization;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Runs.Results;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>Every page of the dashboard as a person meets it, in a real browser, over a real server and a real database.</summary>
public sealed class DashboardTests(Sky sky, Browser browser)
{
    private static string Short(Guid run) => run.ToString()[^8..];

    private static double Number(System.Text.Json.JsonElement answer, string name) => answer.GetProperty(name).GetDouble();

    [Fact]
    public async Task The_overview_shows_what_is_in_the_ledger()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/", "Overview");
        await walk.SeesAsync("4,000");
        await walk.SeesAsync(Short(sky.Anomalies));
        await walk.SeesAsync(1, "svg.chart");
        var most = (await new AnalyticsQueries(sky.Ledger).MostFrequentAsync(1)).Single();
        var star = walk.Page.Locator("section", new PageLocatorOptions { HasText = "Most persistent anomalies" }).Locator("tbody tr").First;
        Assert.Contains(most.AnomalyCount.ToString(CultureInfo.InvariantCulture), await star.InnerTextAsync(), StringComparison.Ordinal);
        await walk.KeepAsync("overview");
    }

    [Fact]
    public async Task Runs_can_be_filtered_and_the_address_restores_the_filter()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/runs", "Runs");
        await walk.Page.GetByLabel("Type").SelectOptionAsync("cluster");
        await walk.ArrivesAsync(@"/runs\?type=cluster");
        await walk.SeesAsync(Short(sky.Clusters));
        await Assertions.Expect(walk.Page.GetByText(Short(sky.Anomalies))).ToHaveCountAsync(0);
        Assert.Equal(0, await walk.Page.GetByText(Short(sky.Anomalies)).CountAsync());
        await walk.OpenAsync(walk.Page.Url);
        Assert.Equal("cluster", await walk.Page.GetByLabel("Type").InputValueAsync());
    }

    [Fact]
    public async Task A_dataset_shows_its_sky_its_diagram_and_its_histograms()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/datasets", "Datasets");
        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = Sky.Name, Exact = true }).ClickAsync();
        await walk.HeadedAsync(Sky.Name);
        await walk.SeesAsync(5, "svg.chart");
        await walk.KeepAsync("dataset");
        await walk.GoAsync($"/datasets/{Sky.Name}?filter=magnitude%3D..12", Sky.Name);
        var stars = await new SelectionLoader(sky.Ledger).CountAsync(sky.Dataset.DatasetId, StarFilterText.Parse("magnitude=..12"));
        await walk.SeesAsync($"{stars.ToString("N0", CultureInfo.InvariantCulture)} of 4,000 stars");
    }

    [Fact]
    public async Task The_threshold_of_an_anomaly_run_can_be_moved_and_kept_as_a_run_of_its_own()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/runs/{sky.Anomalies}", Short(sky.Anomalies));
        var scores = await RunScores.ReadAsync(sky.Ledger, sky.Anomalies);
        var (flagged, more) = (scores.At(0.02).Count, scores.At(0.1).Count);
        Assert.Equal(flagged.ToString(CultureInfo.InvariantCulture), await walk.Page.Locator("#threshold-count").InnerTextAsync());
        await walk.SeesAsync(flagged, "figure:has-text('on the sky') circle[data-star]");
        await walk.KeepAsync("run");
        await walk.Page.Locator("#threshold").FillAsync("0.1");
        await walk
            .Page.Locator("#threshold-count", new PageLocatorOptions { HasText = more.ToString(CultureInfo.InvariantCulture) })
            .WaitForAsync();
        await walk.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Store as a new run" }).ClickAsync();
        await walk.ArrivesAsync($"/runs/(?!{sky.Anomalies})");
        await walk.SeesAsync("contamination 0.1");
        var made = Guid.Parse(walk.Page.Url.Split('/')[^1]);
        Assert.Equal(more, await new ResultRepository(sky.Ledger).CountAsync(made, new ResultQuery(AnomaliesOnly: true)));
        await new RunRepository(sky.Ledger).DeleteAsync(made);
    }

    [Fact]
    public async Task The_page_of_a_run_says_how_many_stars_were_not_analysed_and_which_values_were_filled()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        var run = await new RunRepository(sky.Ledger).GetAsync(sky.Anomalies);
        var excluded = ResultsSummary.Parse(run.ResultsSummary)!.Excluded!;
        Assert.Equal(Sky.Stars, run.TotalStars + excluded.Sum(e => e.Count));
        await walk.GoAsync($"/runs/{sky.Anomalies}", Short(sky.Anomalies));
        await walk.SeesAsync(
            $"{excluded.Sum(e => e.Count)} of 4,000 stars were not analysed"
                + (excluded.Count > 1 ? "; each counts once, under the first that it lacks" : "")
                + $": {excluded[0].Reason} ({excluded[0].Count}"
        );

        var outcome = await new DiscoveryService(sky.Ledger).RunAsync(
            new RunRequest(Sky.Name, StarFilter.All, new IsolationForestParameters { Missing = RunParameters.Impute })
        );
        await walk.GoAsync($"/runs/{outcome.RunId}", Short(outcome.RunId!.Value));
        await walk.SeesAsync($"Results of {outcome.Analysis.Features.FilledStars} of 4,000 stars rest on filled values");
        await new RunRepository(sky.Ledger).DeleteAsync(outcome.RunId.Value);
    }

    [Fact]
    public async Task A_star_selected_in_the_table_is_selected_in_every_plot()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/runs/{sky.Anomalies}", Short(sky.Anomalies));
        var row = walk.Page.Locator("tr[data-star]").First;
        var star = await row.GetAttributeAsync("data-star");
        await row.Locator("td").Nth(2).ClickAsync();
        await walk.SeesAsync(1, $"figure:has-text('on the sky') circle.selected[data-star='{star}']");
        await walk.SeesAsync(1, "tr.selected");
    }

    [Fact]
    public async Task A_cluster_run_shows_its_clusters_and_the_members_of_one()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/runs/{sky.Clusters}", Short(sky.Clusters));
        var sizes = await new AnalyticsQueries(sky.Ledger).ClusterSizesAsync(sky.Clusters);
        await walk.SeesAsync(5, "svg.chart:not(.key-mark)");
        await walk.KeepAsync("clusters");
        await walk.GoAsync($"/runs/{sky.Clusters}?cluster={sizes[0].ClusterId}", Short(sky.Clusters));
        await walk.SeesAsync((int)Math.Min(300, sizes[0].ClusterSize), "tr[data-star]");
    }

    [Fact]
    public async Task A_run_is_started_with_a_live_count_and_its_page_follows_it_to_the_end()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/start?dataset={Sky.Name}", "Start a run");
        await walk.Page.GetByLabel("Filter").FillAsync("magnitude=..14");
        var stars = await new SelectionLoader(sky.Ledger).CountAsync(sky.Dataset.DatasetId, StarFilterText.Parse("magnitude=..14"));
        await walk
            .Page.Locator("#selected", new PageLocatorOptions { HasText = $"{stars.ToString("N0", CultureInfo.InvariantCulture)} stars" })
            .WaitForAsync();
        await walk.Page.GetByLabel("Filter").FillAsync("magnitude=bright");
        await walk.SeesAsync("cannot be read");
        await walk.Page.GetByLabel("Filter").FillAsync("magnitude=..14");
        await walk.Page.GetByLabel("Algorithm").SelectOptionAsync("dbscan");
        await walk.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Help me choose eps" }).ClickAsync();
        await walk.SeesAsync("What DBSCAN would find");
        await walk.KeepAsync("start");
        await walk.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Start", Exact = true }).ClickAsync();
        await walk.ArrivesAsync("/runs/[0-9a-f]");
        await walk.Page.Locator(".chip.completed").WaitForAsync();
        await walk.DrawnAsync();
        await new RunRepository(sky.Ledger).DeleteAsync(Guid.Parse(walk.Page.Url.Split('/')[^1]));
    }

    [Fact]
    public async Task Two_runs_are_compared_with_their_overlap_and_their_stars()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/compare?runs={sky.Anomalies},{sky.MoreAnomalies}", "Compare");
        var overlap = await new AnalyticsQueries(sky.Ledger).OverlapOfAsync(sky.Anomalies, sky.MoreAnomalies);
        var card = walk.Page.Locator(".figure-card", new PageLocatorOptions { HasText = "flagged by both" });
        Assert.StartsWith(
            overlap!.OverlapCount.ToString(CultureInfo.InvariantCulture),
            await card.InnerTextAsync(),
            StringComparison.Ordinal
        );
        await walk.SeesAsync(2, "svg.chart");
        using (var client = new HttpClient { BaseAddress = sky.Address })
        {
            using var answer = await client.PostAsync(
                new Uri("/discovery/compare", UriKind.Relative),
                System.Net.Http.Json.JsonContent.Create(new { run_ids = new[] { sky.Anomalies, sky.MoreAnomalies } })
            );
            using var api = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            var said = await walk.Page.Locator("main").InnerTextAsync();
            foreach (
                var (name, words) in new[]
                {
                    ("common_count", "flagged by both"),
                    ("only_in_run_1_count", $"only by {Short(sky.Anomalies)}"),
                    ("only_in_run_2_count", $"only by {Short(sky.MoreAnomalies)}"),
                }
            )
                Assert.Contains($"{Number(api.RootElement, name):0}\n{words}", said, StringComparison.Ordinal);
            Assert.Contains(
                Number(api.RootElement, "jaccard_similarity").ToString("F3", CultureInfo.InvariantCulture),
                said,
                StringComparison.Ordinal
            );
        }
        await walk.KeepAsync("compare");
        // The number on a cell of the matrix is a part of its link.
        await walk.GoAsync($"/compare?dataset={Sky.Name}", "Compare");
        await walk.Page.Locator("svg.chart text.oncell").Nth(1).ClickAsync(new LocatorClickOptions { Force = true });
        await walk.ArrivesAsync("runs=");
        await walk.GoAsync($"/compare?runs={sky.Anomalies},{sky.MoreAnomalies}&side=only_2", "Compare");
        await walk.SeesAsync($"flagged only by {Short(sky.MoreAnomalies)}");
    }

    [Fact]
    public async Task A_star_shows_its_row_its_history_and_why_it_has_its_score()
    {
        var star = (await new AnalyticsQueries(sky.Ledger).MostFrequentAsync(1)).Single();
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/stars/{star.StarId}", "Star");
        await walk.SeesAsync("splits isolate it");
        await walk.SeesAsync("History across runs");
        await walk.SeesAsync(5, "section:has-text('History across runs') tbody tr");
        Assert.StartsWith(
            "https://simbad.",
            await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "SIMBAD" }).GetAttributeAsync("href"),
            StringComparison.Ordinal
        );
        await walk.KeepAsync("star");
    }

    [Fact]
    public async Task Coverage_shows_the_sky_and_what_parameters_find()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/coverage?dataset={Sky.Name}&show=stars", "Coverage");
        Assert.Equal("stars", await walk.Page.GetByLabel("Colour shows").InputValueAsync());
        await walk.SeesAsync(1, "svg.chart image");
        await walk.SeesAsync("eps 0.2, min 10, cluster5d");
        await walk.KeepAsync("coverage");
    }

    [Fact]
    public async Task Views_can_be_refreshed_one_by_one()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/views", "Views");
        await walk.SeesAsync(Almagest.Ledger.Views.AnalyticsViews.All.Count, "section:has-text('Freshness') tbody tr");
        await walk.Page.GetByLabel("Refresh mv_discovery_timeline").ClickAsync();
        await walk.SeesAsync("1 view refreshed in");
        await walk.SeesAsync("nightly-refresh");
        await walk.KeepAsync("views");
    }

    [Fact]
    public async Task The_page_of_a_run_fits_a_phone_in_the_dark()
    {
        await using var walk = await browser.OpenAsync(sky.Address, 390, 844, dark: true);
        await walk.GoAsync($"/runs/{sky.Anomalies}", Short(sky.Anomalies));
        await walk.FitsAsync();
        Assert.True(await walk.Page.EvaluateAsync<bool>("() => document.documentElement.classList.contains('dark')"));
        await walk.KeepAsync("run-phone-dark");
    }

    [Fact]
    public async Task The_chosen_colours_stay_after_the_page_is_loaded_again()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/", "Overview");
        await walk.Page.GetByLabel("Dark colours").ClickAsync();
        await walk.Page.Locator("html.dark").WaitForAsync();
        await walk.GoAsync("/", "Overview");
        await walk.Page.Locator("html.dark").WaitForAsync();
        await walk.KeepAsync("overview-dark");
    }
}
