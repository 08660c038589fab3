using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>A sweep as a person starts it, and what is left of it.</summary>
public sealed class StartTests(Sky sky, Browser browser)
{
    [Fact]
    public async Task A_sweep_is_one_group_whose_list_is_followed_to_its_end_and_restored_by_its_address()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/start?dataset={Sky.Name}&algorithm=dbscan", "Start a run");
        await walk.Page.GetByLabel("Filter").FillAsync("magnitude=..12");
        await walk.Page.GetByLabel("eps", new PageGetByLabelOptions { Exact = true }).FillAsync("0.2, 0.3");
        await walk.Page.GetByLabel("Least neighbours").FillAsync("5, 10");
        await walk.Button("Start the sweep of 4 runs").ClickAsync();
        await walk.ArrivesAsync(@"/runs\?group_id=");
        await walk.HeadedAsync("Sweep");
        await walk.SeesAsync(4, "tbody .chip.completed");
        await walk.SeesAsync("4 completed");

        var group = Guid.Parse(walk.Page.Url.Split("group_id=")[1]);
        var runs = await new RunRepository(sky.Ledger).ListAsync(new RunQuery { GroupId = group, Sort = RunOrder.Oldest });
        Assert.Equal(
            [(0.2, 5), (0.2, 10), (0.3, 5), (0.3, 10)],
            runs.Select(r => (DbscanParameters)ParameterReader.Read(r.Algorithm, r.Parameters)).Select(p => (p.Eps, p.MinSamples))
        );
        Assert.All(runs, r => Assert.Equal(RunStatus.Completed, r.Status));
        // No other run is in the list, and the address alone brings it back.
        await using var colleague = await browser.OpenAsync(sky.Address);
        await colleague.GoAsync(new Uri(walk.Page.Url).PathAndQuery, "Sweep");
        Assert.Equal(
            runs.Select(r => r.RunId.ToString()),
            await colleague.Page.Locator("table.runs td[data-value]").EvaluateAllAsync<string[]>("cells => cells.map(c => c.dataset.value)")
        );
        foreach (var title in new[] { "Runs across their parameters", "goes with", "against" })
            await colleague.SeesAsync(1, $"figure:has-text('{title}') figcaption:has-text('{title}')");
        await walk.KeepAsync("sweep");
        await colleague.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Compare its runs" }).ClickAsync();
        await colleague.HeadedAsync("Compare");
        await colleague.SeesAsync(4, "section:has-text('Parameters that differ') tbody tr");
        foreach (var run in runs)
            await new RunRepository(sky.Ledger).DeleteAsync(run.RunId);
    }

    [Fact]
    public async Task What_is_written_in_the_form_is_in_its_address_and_what_is_wrong_is_said_before_anything_is_stored()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/start?dataset={Sky.Name}", "Start a run");
        var before = (
            await new RunRepository(sky.Ledger).ListAsync(new RunQuery(RunTypes.Anomaly, DatasetId: sky.Dataset.DatasetId))
        ).Count;
        await walk.Page.GetByLabel("Seed").FillAsync("1-3");
        await walk.Page.GetByLabel("Contamination").FillAsync("0.02, 0.7");
        await walk.Button("Start the sweep").Or(walk.Button("Start", exact: true)).ClickAsync();
        await walk.SeesAsync("contamination is 0.7");
        Assert.Equal(
            before,
            (await new RunRepository(sky.Ledger).ListAsync(new RunQuery(RunTypes.Anomaly, DatasetId: sky.Dataset.DatasetId))).Count
        );
        await walk.Page.GetByLabel("Contamination").FillAsync("0.02, 0.07");
        await Assertions.Expect(walk.Button("Start the sweep of 6 runs")).ToBeVisibleAsync();
        await walk.ArrivesAsync("0\\.07");
        await using var colleague = await browser.OpenAsync(sky.Address);
        await colleague.GoAsync(new Uri(walk.Page.Url).PathAndQuery, "Start a run");
        Assert.Equal("0.02, 0.07", await colleague.Page.GetByLabel("Contamination").InputValueAsync());
        Assert.Equal("1-3", await colleague.Page.GetByLabel("Seed").InputValueAsync());
    }

    [Fact]
    public async Task A_kind_of_flagged_stars_is_left_out_of_the_next_run()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/runs/{sky.Anomalies}", "Run");
        await walk.Button("Group the flagged stars").ClickAsync();
        var kind = walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { NameRegex = new("^Leave out the ") }).First;
        var stars = int.Parse(
            (await kind.GetAttributeAsync("aria-label"))!.Split(' ')[3],
            System.Globalization.CultureInfo.InvariantCulture
        );
        await kind.ClickAsync();
        await walk.HeadedAsync("Start a run");
        await Assertions.Expect(walk.Page.Locator("#only")).ToContainTextAsync($"without the {stars} stars of its kind");
        await Assertions.Expect(walk.Page.Locator("#selected")).ToHaveTextAsync($"{Walk.Count(Sky.Stars - stars)} stars");
        // What is changed in the form keeps them out, and a link to it as well.
        await walk.Page.GetByLabel("Contamination").FillAsync("0.03");
        await walk.ArrivesAsync("contamination=0.03");
        await walk.GoAsync(new Uri(walk.Page.Url).PathAndQuery, "Start a run");
        await walk.Button("Start", exact: true).ClickAsync();
        await walk.ArrivesAsync("/runs/[0-9a-f-]{36}$");
        await walk.Page.Locator(".chip.completed").WaitForAsync();
        var runs = new RunRepository(sky.Ledger);
        var run = await runs.GetAsync(Guid.Parse(walk.Page.Url.Split('/')[^1]));
        Assert.Equal((await runs.GetAsync(sky.Anomalies)).TotalStars - stars, run.TotalStars);
        // The run that names them hands them on.
        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Change and run" }).ClickAsync();
        await walk.HeadedAsync("Start a run");
        await Assertions.Expect(walk.Page.Locator("#only")).ToContainTextAsync($"without the {stars} stars that it leaves out");
        await walk.Button("with them").ClickAsync();
        await Assertions.Expect(walk.Page.Locator("#selected")).ToHaveTextAsync($"{Walk.Count(Sky.Stars)} stars");
        await runs.DeleteAsync(run.RunId);
    }

    [Fact]
    public async Task A_form_that_cannot_have_its_stars_takes_all_only_when_told_to()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/start?dataset={Sky.Name}&of={sky.Anomalies}&without_kind=99", "Start a run");
        await walk.SeesAsync("has no kind 99");
        await Assertions.Expect(walk.Button("Start", exact: true)).ToBeDisabledAsync();
        await walk.Button("Take all stars instead").ClickAsync();
        await Assertions.Expect(walk.Button("Start", exact: true)).ToBeEnabledAsync();
        await Assertions.Expect(walk.Page.Locator("#selected")).ToHaveTextAsync($"{Walk.Count(Sky.Stars)} stars");
    }

    [Fact]
    public async Task A_sweep_that_does_not_exist_is_said_in_words()
    {
        await using var walk = await browser.OpenAsync(sky.Address, mayFail: true);
        var answer = await walk.OpenAsync("/runs?group_id=019aaaaa-0000-7000-8000-000000000000");
        Assert.Equal(404, answer.Status);
        await walk.SeesAsync("There is no sweep");
    }
}
