using Almagest.Ledger.Access;
using Almagest.Server;
using Almagest.Server.Hosting;
using Almagest.Testing.Ledgers;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>A page that stays open does not outlive the right to see it.</summary>
public sealed class OpenPageTests(Sky sky, Browser browser)
{
    [Fact]
    public async Task A_page_whose_token_ends_shows_and_does_nothing_more()
    {
        var (stored, token) = await new AccessTokens(sky.Ledger).CreateAsync(
            $"short-{Guid.NewGuid():N}",
            AccessScope.Write,
            DateTime.UtcNow.AddHours(1),
            TestContext.Current.CancellationToken
        );
        var options = new ServerOptions
        {
            Ledger = sky.Ledger,
            Port = 0,
            NightlyCron = null,
            Workers = 0,
            PagesAskAgainEvery = TimeSpan.FromSeconds(1),
            TokensRemembered = TimeSpan.Zero,
        };
        await using var server = await AlmagestServer.StartAsync(options, TestContext.Current.CancellationToken);
        await using var walk = await browser.OpenAsync(AlmagestServer.AddressOf(server));
        await walk.Page.GotoAsync("/sign-in?return_to=%2Fviews");
        await walk.Page.GetByLabel("Token").FillAsync(token);
        await walk.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await walk.ArrivesAsync("/views$");
        await Walk.ConnectedAsync(walk.Page);
        await walk.HeadedAsync("Views");
        await walk.SeesAsync(1, "button:has-text('Refresh all')");
        // Its hour is over, however long it took to come here.
        await TestTokens.ExpireAsync(sky.Ledger, stored.Name, TestContext.Current.CancellationToken);
        await walk.Page.GetByText("You are not signed in any more").WaitForAsync(new LocatorWaitForOptions { Timeout = 90_000 });
        Assert.Equal(0, await walk.Page.GetByText("Refresh all").CountAsync());
    }
}
