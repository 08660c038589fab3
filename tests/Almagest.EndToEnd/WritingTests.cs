using Almagest.Ledger.Datasets;
using Almagest.Runs.Annotations;
using Almagest.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>What people bring into the ledger by its pages: catalogues, labels, tags and notes.</summary>
public sealed class WritingTests(Sky sky, Browser browser)
{
    [Fact]
    public async Task A_catalogue_is_previewed_mapped_by_hand_and_loaded_with_its_bad_rows_listed()
    {
        using var folder = TestFolder.Create("upload");
        var file = Path.Combine(folder.Path, "odd columns.csv");
        var rows = Enumerable.Range(1, 40).Select(i => FormattableString.Invariant($"s{i},{i * 3.5},{i - 20},{10 + i % 5}"));
        await File.WriteAllLinesAsync(file, ["name,RAJ2000,DEJ2000,brightness", .. rows, "bad,400,10,11", "worse,1,north,12"]);
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/datasets", "Datasets");
        await walk.Page.Locator("input[type=file]").SetInputFilesAsync(file);
        await walk.SeesAsync("2 would be left out");
        await walk.SeesAsync("right ascension outside");
        await walk.Page.GetByLabel("Column of magnitude").SelectOptionAsync("brightness");
        await Assertions.Expect(walk.Page.Locator("th", new PageLocatorOptions { HasText = "brightness" })).ToContainTextAsync("magnitude");
        await walk.Page.GetByLabel("Column of dec_deg").SelectOptionAsync("none");
        await walk.SeesAsync("No column for declination was recognised");
        await walk.Page.GetByLabel("Column of dec_deg").SelectOptionAsync("");
        await walk.SeesAsync("2 would be left out");
        await walk.KeepAsync("upload");
        await walk.Page.GetByLabel("Dataset's name").FillAsync("uploaded");
        await walk.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Load", Exact = true }).ClickAsync();
        await walk.SeesAsync("40 stars");
        var datasets = new DatasetRepository(sky.Ledger);
        var loaded = await datasets.FindAsync("uploaded");
        Assert.Equal((40, 2), (loaded.StarCount, loaded.RejectedCount));
        Assert.Equal(11, (await datasets.FindStarsAsync(loaded.DatasetId, "s1")).Single().Magnitude);
        await datasets.DeleteAsync(loaded.DatasetId);
    }

    [Fact]
    public async Task A_file_that_is_no_catalogue_is_refused_in_words()
    {
        using var folder = TestFolder.Create("upload");
        var file = Path.Combine(folder.Path, "picture.csv");
        await File.WriteAllBytesAsync(file, [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13]);
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/datasets", "Datasets");
        await walk.Page.Locator("input[type=file]").SetInputFilesAsync(file);
        await walk.Page.Locator(".problem").WaitForAsync();
        Assert.Contains("picture.csv", await walk.Page.Locator(".problem").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_star_is_labelled_relabelled_and_unlabelled_on_its_page()
    {
        var star = (await new DatasetRepository(sky.Ledger).StarsAsync(sky.Dataset.DatasetId, limit: 1)).Single();
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/stars/{star.StarId}", "Star");
        var part = walk.Page.Locator("section", new PageLocatorOptions { HasText = "Labels and notes" });
        await part.GetByLabel("Set", new LocatorGetByLabelOptions { Exact = true }).FillAsync("mine");
        await part.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Save the label" }).ClickAsync();
        await Assertions.Expect(part.GetByText("The label says nothing of the star")).ToBeVisibleAsync();
        await part.GetByLabel("Kind").FillAsync("white dwarf");
        await part.GetByLabel("Note", new LocatorGetByLabelOptions { Exact = true }).FillAsync("seen at the telescope");
        await part.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Save the label" }).ClickAsync();
        await Assertions.Expect(part.Locator("tbody")).ToContainTextAsync("seen at the telescope");
        await part.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Change the label in mine" }).ClickAsync();
        await part.GetByLabel("Unusual").SelectOptionAsync("1");
        await part.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Save the label" }).ClickAsync();
        await Assertions.Expect(part.Locator("tbody tr", new LocatorLocatorOptions { HasText = "mine" })).ToContainTextAsync("yes");
        var stored = (await new DatasetRepository(sky.Ledger).LabelsAsync(star.StarId)).Single(l => l.LabelSet == "mine");
        Assert.Equal((1, "white dwarf", "seen at the telescope"), (stored.IsAnomaly, stored.Kind, stored.Remark));
        await part.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Remove the label in mine" }).ClickAsync();
        await Assertions.Expect(part.GetByText("white dwarf")).ToHaveCountAsync(0);
        Assert.DoesNotContain(await new DatasetRepository(sky.Ledger).LabelsAsync(star.StarId), l => l.LabelSet == "mine");
    }

    [Fact]
    public async Task A_run_gets_tags_and_notes_on_its_page()
    {
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync($"/runs/{sky.MoreAnomalies}", sky.MoreAnomalies.ToString()[^8..]);
        await walk.Page.GetByLabel("Tag", new PageGetByLabelOptions { Exact = true }).FillAsync("two words");
        await walk.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Add the tag" }).ClickAsync();
        await walk.SeesAsync("is not a tag");
        await walk.Page.GetByLabel("Tag", new PageGetByLabelOptions { Exact = true }).FillAsync("follow-up");
        await walk.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Add the tag" }).ClickAsync();
        await walk.Page.Locator(".chip.tag", new PageLocatorOptions { HasText = "follow-up" }).WaitForAsync();
        await walk.Page.GetByLabel("Note", new PageGetByLabelOptions { Exact = true }).FillAsync("Compare with the survey of 2027.");
        await walk.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Add the note" }).ClickAsync();
        await walk.Page.Locator(".note", new PageLocatorOptions { HasText = "survey of 2027" }).WaitForAsync();
        var annotations = new RunAnnotations(sky.Ledger);
        Assert.Equal("follow-up", (await annotations.TagsAsync(sky.MoreAnomalies)).Single().Tag);
        await walk.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Remove the tag follow-up" }).ClickAsync();
        await walk.SeesAsync("No tags yet");
        await annotations.RemoveNoteAsync(sky.MoreAnomalies, (await annotations.NotesAsync(sky.MoreAnomalies)).Single().NoteId, null);
    }
}
