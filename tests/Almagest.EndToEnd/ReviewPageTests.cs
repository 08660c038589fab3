using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>A run's list looked through star by star in a browser. In a ledger of its own: its labels would be on others' pages.</summary>
public sealed class ReviewPageTests(Sky sky, Browser browser) : IClassFixture<Sky>
{
    [Fact]
    public async Task Keys_answer_undo_and_renew_the_list_and_a_checkpoint_leads_to_its_run()
    {
        await using var walk = await browser.OpenAsync(sky.Address, 390, 844);
        await walk.GoAsync($"/runs/{sky.Anomalies}", "Run");
        await walk.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Review", Exact = true }).ClickAsync();
        await walk.ArrivesAsync($"/runs/{sky.Anomalies}/review");
        await walk.HeadedAsync("Review");
        await walk.FitsAsync();
        await walk.SeesAsync("No answer has been given yet");
        var shown = walk.Page.Locator("h2 a[href^='stars/']");
        var first = await shown.TextContentAsync();
        await walk.SeesAsync("number 1 before any answer");

        await Assertions.Expect(walk.Page.Locator(".review")).ToBeFocusedAsync();
        await walk.Page.Keyboard.PressAsync("n");
        await walk.SeesAsync($"{first}: ordinary.");
        await Assertions.Expect(shown).Not.ToHaveTextAsync(first!);
        var second = await shown.TextContentAsync();
        await walk.Page.Keyboard.PressAsync("y");
        await walk.SeesAsync($"{second}: interesting.");
        await walk.Page.Keyboard.PressAsync("s");
        await walk.SeesAsync("1 interesting, 1 ordinary, 1 skipped");
        await walk.Page.Keyboard.PressAsync("u");
        await walk.SeesAsync("is unanswered again.");
        await walk.SeesAsync("1 interesting, 1 ordinary, 0 skipped");
        await walk.DrawnAsync();
        Assert.Equal(2, await LabelsAsync());
        await walk.FitsAsync();
        await walk.KeepAsync("review-phone");
        await walk.Page.SetViewportSizeAsync(1280, 900);
        await walk.KeepAsync("review");

        await walk.Button("Checkpoint").First.ClickAsync();
        await walk.Button("Checkpoint", exact: true).Last.ClickAsync();
        await walk.HeadedAsync("active on");
        await walk.SeesAsync("1 interesting, 1 ordinary, 0 skipped");
    }

    private async Task<long> LabelsAsync()
    {
        await using var command = sky.Ledger.DataSource.CreateCommand("select count(*) from star_labels where label_set like 'review-%'");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
