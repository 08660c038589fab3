using Almagest.EndToEnd.Clients;
using Almagest.Ledger.Access;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>Another account of the same machine is not let in without a token: it reads nothing and changes nothing.</summary>
public sealed class OtherAccountTests(Sky sky)
{
    private const string Nobody = "65534";

    private static void RequireAccounts()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can be another account");
        Tool.Require("setpriv", "util-linux");
        Tool.Require("curl", "curl");
    }

    /// <summary>The status that curl gets, as this account or as nobody.</summary>
    private async Task<string> StatusAsync(bool asNobody, string path, params string[] more)
    {
        string[] curl = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", .. more, new Uri(sky.Address, path).ToString()];
        string[] account = asNobody ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"] : [];
        string[] command = [.. account, .. curl];
        return await Tool.RunAsync(command[0], command[1..]);
    }

    [Theory]
    [InlineData("GET", "/datasets", "200")]
    [InlineData("GET", "/", "200")]
    [InlineData("GET", "/metrics", "200")]
    [InlineData("GET", "/vo/tap/tables", "200")]
    [InlineData("DELETE", "/datasets/none", "404")]
    [InlineData("POST", "/datasets?dataset=theirs", "400")]
    [InlineData("POST", "/discovery/runs", "415")]
    public async Task It_gets_a_401_where_the_account_of_the_server_gets_an_answer(string method, string path, string own)
    {
        RequireAccounts();
        Assert.Equal(own, await StatusAsync(false, path, "-X", method));
        Assert.Equal("401", await StatusAsync(true, path, "-X", method));
        // What it might say of itself changes nothing.
        Assert.Equal("401", await StatusAsync(true, path, "-X", method, "-H", "X-Forwarded-For: 127.0.0.1", "-H", "Cookie: almagest=x"));
    }

    [Fact]
    public async Task With_a_token_it_is_let_in_and_health_asks_for_none()
    {
        RequireAccounts();
        var (_, token) = await new AccessTokens(sky.Ledger).CreateAsync(
            $"nobody-{Guid.NewGuid():N}",
            AccessScope.Read,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal("200", await StatusAsync(true, "/datasets", "-H", $"Authorization: Bearer {token}"));
        Assert.Equal("200", await StatusAsync(true, "/datasets", "-u", $"me:{token}"));
        Assert.Equal("403", await StatusAsync(true, "/datasets/none", "-X", "DELETE", "-u", $"me:{token}"));
        Assert.Equal("200", await StatusAsync(true, "/health/ready"));
    }

    [Fact]
    public async Task STILTS_and_pyvo_of_it_ask_with_the_token_as_password()
    {
        RequireAccounts();
        Tool.Require("stilts", "stilts");
        await Tool.RequireModuleAsync("pyvo", "python3-pyvo");
        var (_, token) = await new AccessTokens(sky.Ledger).CreateAsync(
            $"client-{Guid.NewGuid():N}",
            AccessScope.Read,
            cancellationToken: TestContext.Current.CancellationToken
        );
        string[] account = [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "env", "HOME=/nonexistent"];
        var service = new Uri(sky.Address, "/vo/tap");
        foreach (var sync in new[] { "true", "false" })
            Assert.Contains(
                "star_id",
                await Tool.RunAsync(
                    "setpriv",
                    [
                        .. account,
                        "stilts",
                        "-Dstar.basicauth.user=me",
                        $"-Dstar.basicauth.password={token}",
                        "tapquery",
                        $"tapurl={service}",
                        $"sync={sync}",
                        "adql=select top 3 star_id from almagest.stars",
                        "ofmt=csv",
                    ]
                ),
                StringComparison.Ordinal
            );
        var script = $"""
            import pyvo, requests
            session = requests.Session()
            session.auth = ("me", "{token}")
            service = pyvo.dal.TAPService("{service}", session=session)
            query = "select top 4 star_id from almagest.stars"
            print(len(service.search(query)), len(service.run_async(query)))
            """;
        Assert.Equal("4 4", (await Tool.RunAsync("setpriv", [.. account, Tool.Python, "-c", script])).Trim());
    }

    [Fact]
    public async Task A_browser_of_it_is_led_to_the_sign_in()
    {
        RequireAccounts();
        Assert.Equal("302", await StatusAsync(true, "/runs", "-H", "Accept: text/html"));
        Assert.Equal("200", await StatusAsync(true, "/sign-in", "-H", "Accept: text/html"));
    }
}
