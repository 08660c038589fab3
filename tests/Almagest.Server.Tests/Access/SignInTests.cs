using System.Net;
using Almagest.Ledger.Access;
using Almagest.Server.Access;
using Almagest.Server.Hosting;
using Almagest.Testing.Ledgers;
using Xunit;

namespace Almagest.Server.Tests.Access;

/// <summary>The page for signing in, its cookie, and addresses that are signed for other programs.</summary>
public sealed class SignInTests(KnownLedger known)
{
    private readonly TestServer _server = known.Server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static HttpClient Browser(Uri address) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = address,
            DefaultRequestHeaders = { { "X-Forwarded-For", "198.51.100.7" }, { "Accept", "text/html" } },
        };

    private static async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string token, string returnTo = "/runs")
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token, ["return_to"] = returnTo });
        return await browser.PostAsync(new Uri("/sign-in", UriKind.Relative), form, Cancel);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        return answer.StatusCode;
    }

    [Fact]
    public async Task A_browser_without_a_right_is_led_to_the_page_and_back()
    {
        using var browser = Browser(_server.Client.BaseAddress!);
        using var led = await browser.GetAsync(new Uri("/runs?status=failed", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.Redirect, led.StatusCode);
        Assert.Equal("/sign-in?return_to=%2Fruns%3Fstatus%3Dfailed", led.Headers.Location!.ToString());
        using var page = await browser.GetAsync(led.Headers.Location, Cancel);
        Assert.Contains("value=\"/runs?status=failed\"", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        var (name, token) = await _server.TokenAsync(AccessScope.Read);
        using var signedIn = await SignInAsync(browser, token, "/runs?status=failed");
        Assert.Equal((HttpStatusCode.SeeOther, "/runs?status=failed"), (signedIn.StatusCode, signedIn.Headers.Location!.ToString()));
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(token, cookie, StringComparison.Ordinal);

        using var runs = await browser.GetAsync(new Uri("/runs", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.OK, runs.StatusCode);
        Assert.Contains(name, await runs.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var gone = await browser.PostAsync(new Uri("/sign-out", UriKind.Relative), null, Cancel);
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser, "/runs"));
    }

    [Fact]
    public async Task A_wrong_token_is_said_to_be_wrong()
    {
        using var browser = Browser(_server.Client.BaseAddress!);
        using var answer = await SignInAsync(browser, "almagest_wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("not valid", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_page_of_another_site_signs_nobody_in_or_out()
    {
        using var browser = Browser(_server.Client.BaseAddress!);
        browser.DefaultRequestHeaders.Add("Origin", "https://evil.example");
        using var answer = await SignInAsync(browser, (await _server.TokenAsync(AccessScope.Read)).Token);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("/\n/evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData(null)]
    public void Nobody_is_led_to_another_site(string? address) => Assert.Equal("/", SignInRoutes.Local(address));

    [Fact]
    public async Task A_cookie_outlives_the_server_and_is_good_at_each_server_of_the_ledger()
    {
        await using var first = await AccessServer.StartAsync();
        using var browser = Browser(first.Client.BaseAddress!);
        using var signedIn = await SignInAsync(browser, (await first.TokenAsync(AccessScope.Read)).Token);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        await using var second = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = first.Ledger,
                Port = 0,
                NightlyCron = null,
                Workers = 0,
            },
            Cancel
        );
        using var elsewhere = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = AlmagestServer.AddressOf(second),
            DefaultRequestHeaders = { { "X-Forwarded-For", "198.51.100.7" }, { "Cookie", cookie } },
        };
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(elsewhere, "/datasets"));
        await second.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_cookie_ends_with_its_token()
    {
        await using var server = await AccessServer.StartAsync(o => o with { TokensRemembered = TimeSpan.Zero });
        using var browser = Browser(server.Client.BaseAddress!);
        var (name, token) = await server.TokenAsync(AccessScope.Read, DateTime.UtcNow.AddHours(1));
        using var signedIn = await SignInAsync(browser, token);
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/runs"));
        await TestTokens.ExpireAsync(server.Ledger, name, Cancel);
        await Testing.Eventually.HoldsAsync(async () => await StatusAsync(browser, "/runs") == HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_signed_address_is_good_for_itself_and_for_nothing_else()
    {
        var path = $"/discovery/runs/{known.Failed}/tags";
        var (_, token) = await _server.TokenAsync(AccessScope.Admin);
        var signed = (
            await _server.AskAsync(HttpMethod.Get, $"/sign?address={Uri.EscapeDataString(path)}", AccessServer.Bearer(token))
        ).Text;
        var own = new Uri(signed).PathAndQuery;
        Assert.Equal(HttpStatusCode.OK, await _server.StatusAsync(own));
        Assert.Equal(HttpStatusCode.Unauthorized, await _server.StatusAsync(own.Replace("/tags", "/notes", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.Unauthorized, await _server.StatusAsync(own + "x"));
        Assert.Equal(HttpStatusCode.Unauthorized, await _server.StatusAsync(path + "?limit=1&" + own.Split('?')[1]));
        Assert.Equal(HttpStatusCode.Unauthorized, (await _server.AskAsync(HttpMethod.Put, own, null, """{"tags":[]}""")).Status);
        // The account that runs the server needs no signature, and gets none.
        Assert.DoesNotContain(
            "signed=",
            (await _server.GetAsync($"/sign?address={Uri.EscapeDataString(path)}")).Text,
            StringComparison.Ordinal
        );
    }
}
