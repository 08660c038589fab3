using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Xunit;

namespace Almagest.Server.Tests.Access;

/// <summary>Which names a server answers to, and what pages of other sites may ask, wherever it listens.</summary>
public sealed class HostTests(KnownLedger known)
{
    private static Task<TestServer> OnEveryAddress(params string[] allowed) =>
        AccessServer.StartAsync(o => o with { Bind = "0.0.0.0", AllowedHosts = allowed });

    private static async Task<HttpStatusCode> AskAsync(TestServer server, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8000")]
    [InlineData("localhost.evil.example")]
    [InlineData("203.0.113.9")]
    [InlineData("0.0.0.0")]
    public async Task A_server_on_every_address_does_not_answer_to_foreign_names(string host)
    {
        await using var server = await OnEveryAddress();
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(server, "/datasets", ("Host", host)));
    }

    [Fact]
    public async Task It_answers_to_loopback_the_machines_name_and_its_addresses()
    {
        await using var server = await OnEveryAddress();
        var addresses = NetworkInterface
            .GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => a.AddressFamily == AddressFamily.InterNetwork)
            .Select(a => a.ToString());
        foreach (var host in addresses.Concat(["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]", Dns.GetHostName()]))
            Assert.Equal((host, HttpStatusCode.OK), (host, await AskAsync(server, "/datasets", ("Host", host))));
    }

    [Fact]
    public async Task A_name_that_is_allowed_is_answered_beside_the_machines_own()
    {
        await using var server = await OnEveryAddress("stars.example");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, "/datasets", ("Host", "Stars.Example:443")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, "/datasets", ("Host", "localhost")));
        Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(server, "/datasets", ("Host", "other.example")));
    }

    [Theory]
    [InlineData("no-cors", "image", HttpStatusCode.Forbidden)]
    [InlineData("no-cors", "image", HttpStatusCode.Forbidden, "same-site")]
    [InlineData("cors", "empty", HttpStatusCode.Forbidden)]
    [InlineData("navigate", "iframe", HttpStatusCode.Forbidden)]
    [InlineData("navigate", "document", HttpStatusCode.OK)]
    public async Task A_page_of_another_site_cannot_let_the_server_compute_but_may_link_to_it(
        string mode,
        string dest,
        HttpStatusCode expected,
        string site = "cross-site"
    )
    {
        foreach (
            var path in new[]
            {
                "/vo/tap/sync?LANG=ADQL&QUERY=select+top+1+run_id+from+almagest.runs",
                "/analytics/discovery/views/mv_discovery_run_stats",
            }
        )
            Assert.Equal(
                expected,
                await AskAsync(known.Server, path, ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest))
            );
    }

    [Fact]
    public async Task Its_own_pages_and_programs_ask_whatever_they_like()
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync(known.Server, "/datasets", ("Sec-Fetch-Site", "same-origin")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(known.Server, "/datasets"));
    }
}
