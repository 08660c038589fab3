using System.Net;
using System.Net.Http.Headers;
using Almagest.Ledger.Access;
using Almagest.Server;
using Almagest.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>Behind nginx with TLS and below a path, everything works, and leads to where the proxy is.</summary>
public sealed class ProxyTests(Sky sky, Browser browser)
{
    private static readonly IPNetwork s_here = new(IPAddress.Loopback, 32);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Task<WebApplication> ServeAsync(Func<ServerOptions, ServerOptions>? change = null)
    {
        var options = new ServerOptions
        {
            Ledger = sky.Ledger,
            Port = 0,
            NightlyCron = null,
            Workers = 0,
            TrustedProxies = [s_here],
        };
        return AlmagestServer.StartAsync(change?.Invoke(options) ?? options, Cancel);
    }

    private async Task<string> TokenAsync(AccessScope scope) =>
        (await new AccessTokens(sky.Ledger).CreateAsync($"proxied-{Guid.NewGuid():N}", scope, cancellationToken: Cancel)).Token;

    [Fact]
    public async Task Addresses_in_answers_lead_to_the_proxy_and_nobody_is_let_in_unasked()
    {
        await using var server = await ServeAsync();
        await using var nginx = await Nginx.BeforeAsync(AlmagestServer.AddressOf(server));
        using var client = Nginx.AnyCertificate();
        client.BaseAddress = nginx.Address;
        using (var stranger = await client.GetAsync(new Uri("datasets", UriKind.Relative), Cancel))
            Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(AccessScope.Read));
        Assert.Contains(
            $"{nginx.Address}vo/tap</accessURL>",
            await client.GetStringAsync(new Uri("vo/tap/capabilities", UriKind.Relative), Cancel),
            StringComparison.Ordinal
        );
        using var query = new FormUrlEncodedContent(
            new Dictionary<string, string> { ["LANG"] = "ADQL", ["QUERY"] = "SELECT TOP 1 run_id FROM almagest.runs" }
        );
        using var job = await client.PostAsync(new Uri("vo/tap/async", UriKind.Relative), query, Cancel);
        Assert.StartsWith($"{nginx.Address}vo/tap/async/", job.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var found = await client.GetAsync(job.Headers.Location, Cancel);
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        await server.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_user_whom_the_proxy_names_has_the_scope_that_was_said_and_nobody_else_can_name_one()
    {
        await using var server = await ServeAsync(o => o with { UserHeader = "X-Remote-User", UserScope = AccessScope.Write });
        await using var nginx = await Nginx.BeforeAsync(AlmagestServer.AddressOf(server));
        using var client = Nginx.AnyCertificate();
        using (var named = await client.GetAsync(new Uri(nginx.Address, "discovery/runs?proxy_user=maria"), Cancel))
            // The parameter is the proxy's own, and no parameter of the route: it was let in.
            Assert.Equal(HttpStatusCode.BadRequest, named.StatusCode);
        using (var admin = await client.DeleteAsync(new Uri(nginx.Address, "datasets/none?proxy_user=maria"), Cancel))
            Assert.Equal(HttpStatusCode.Forbidden, admin.StatusCode);
        using var forged = new HttpRequestMessage(HttpMethod.Get, new Uri(nginx.Address, "discovery/runs"));
        forged.Headers.Add("X-Remote-User", "maria");
        using (var refused = await client.SendAsync(forged, Cancel))
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        // From an address that is trusted, the account that runs the server is nobody in particular.
        using var direct = await client.GetAsync(new Uri(AlmagestServer.AddressOf(server), "discovery/runs"), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, direct.StatusCode);
        await server.StopAsync(Cancel);
    }

    [Fact]
    public async Task What_an_untrusted_proxy_says_is_not_believed()
    {
        await using var server = await ServeAsync(o => o with { TrustedProxies = [IPNetwork.Parse("203.0.113.0/24")] });
        await using var nginx = await Nginx.BeforeAsync(AlmagestServer.AddressOf(server));
        using var client = Nginx.AnyCertificate();
        using var answer = await client.GetAsync(new Uri(nginx.Address, "datasets"), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(AccessScope.Read));
        Assert.DoesNotContain(
            Nginx.Prefix,
            await client.GetStringAsync(new Uri(nginx.Address, "vo/tap/capabilities"), Cancel),
            StringComparison.Ordinal
        );
        await server.StopAsync(Cancel);
    }

    [Fact]
    public async Task The_dashboard_works_from_the_sign_in_to_the_sign_out()
    {
        await using var server = await ServeAsync();
        await using var nginx = await Nginx.BeforeAsync(AlmagestServer.AddressOf(server));
        await using var walk = await browser.OpenAsync(nginx.Address, anyCertificate: true);
        var page = walk.Page;
        await page.GotoAsync(new Uri(nginx.Address, "runs").ToString());
        await walk.ArrivesAsync($"^{nginx.Address}sign-in");
        await page.GetByLabel("Token").FillAsync(await TokenAsync(AccessScope.Read));
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Sign in" }).ClickAsync();
        await walk.ArrivesAsync($"^{nginx.Address}runs$");
        // Connected: its web socket came through the proxy.
        await Walk.ConnectedAsync(page);
        await walk.HeadedAsync("Runs");
        var cookie = (await page.Context.CookiesAsync()).Single(c => c.Name == "almagest");
        Assert.Equal((true, true, Nginx.Prefix), (cookie.Secure, cookie.HttpOnly, cookie.Path.TrimEnd('/')));
        await page.Locator("td a code").First.ClickAsync();
        await walk.ArrivesAsync($"^{nginx.Address}runs/[0-9a-f-]+$");
        await walk.HeadedAsync("Run");
        await page.GetByRole(AriaRole.Navigation).GetByText("Views").ClickAsync();
        await walk.ArrivesAsync($"^{nginx.Address}views$");
        // Whoever may only read changes nothing through the open page either.
        await walk.HeadedAsync("Views");
        await walk.Button("Refresh all").ClickAsync();
        await page.GetByText("This needs the scope write").WaitForAsync();
        await walk.Button("Sign out").ClickAsync();
        await walk.ArrivesAsync($"^{nginx.Address}sign-in$");
        await server.StopAsync(Cancel);
    }
}
