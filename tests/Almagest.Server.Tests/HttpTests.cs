using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>What HTTP itself asks of a server: methods, media types, sizes, names, a database that is away.</summary>
public sealed class HttpTests(KnownLedger known)
{
    private readonly TestServer _server = known.Server;

    /// <summary>Kestrel refuses such paths itself.</summary>
    [Theory]
    [InlineData("/datasets/%00")]
    [InlineData("/datasets/a%00b/report?x=1")]
    [InlineData("/stars/%00")]
    [InlineData("/analytics/discovery/stars/%00/frequency")]
    [InlineData("/vo/datasets/%00/cone")]
    [InlineData("/%00")]
    public async Task A_path_with_NUL_is_a_problem_with_a_code(string path)
    {
        var answer = await _server.GetAsync(path);
        JsonAssert.Problem(answer, HttpStatusCode.BadRequest);
        Assert.Equal("invalid_value", answer.Json.GetProperty("code").GetString());
        Assert.Contains("NUL (%00)", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(path.Split('?')[0], answer.Json.GetProperty("instance").GetString());
        Assert.Equal(answer.Json.GetProperty("request_id").GetString(), answer.Headers.GetValues("X-Request-Id").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        // Others are answered as before.
        Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync("/datasets")).Status);
    }

    [Theory]
    [InlineData("/datasets?limit=%00")]
    [InlineData("/discovery/runs?where=%00")]
    [InlineData("/discovery/runs?dataset=%00")]
    [InlineData("/analytics/discovery/stats?run_type=%00")]
    [InlineData("/deletions?x%00=1")]
    public async Task A_parameter_with_NUL_is_a_problem_with_a_code(string path)
    {
        var answer = await _server.GetAsync(path);
        JsonAssert.Problem(answer, HttpStatusCode.BadRequest);
        Assert.NotEqual("", answer.Json.GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_is_no_HTTP_is_a_problem_and_ends_the_connection_alone()
    {
        using var client = new TcpClient();
        var cancellationToken = TestContext.Current.CancellationToken;
        await client.ConnectAsync(IPAddress.Loopback, _server.Client.BaseAddress!.Port, cancellationToken);
        await using var stream = client.GetStream();
        // Two requests at once: the first is answered whole.
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes("GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
            cancellationToken
        );
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var text = await reader.ReadToEndAsync(cancellationToken);
        Assert.Equal(2, text.Split("HTTP/1.1 ").Length - 1);
        Assert.StartsWith("HTTP/1.1 200 ", text, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_route_is_a_problem() => JsonAssert.Problem(await _server.GetAsync("/nowhere"), HttpStatusCode.NotFound);

    [Fact]
    public async Task A_method_that_a_route_does_not_have_is_a_problem_that_names_those_it_has()
    {
        var answer = await _server.PostAsync("/analytics/discovery/stats", "{}");
        var problem = JsonAssert.Problem(answer, HttpStatusCode.MethodNotAllowed);
        Assert.Equal(["GET"], answer.ContentHeaders.Allow);
        Assert.Contains("GET", problem.GetProperty("hint").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task A_body_of_another_type_is_refused(string? type)
    {
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        JsonAssert.Problem(await _server.SendAsync(HttpMethod.Post, "/discovery/runs", content), HttpStatusCode.UnsupportedMediaType);
        // What takes a file does not ask for JSON from whoever sends JSON.
        using var json = new StringContent("{}", Encoding.UTF8, "application/json");
        var refused = await _server.SendAsync(HttpMethod.Post, "/datasets", json);
        JsonAssert.Problem(refused, HttpStatusCode.UnsupportedMediaType);
        Assert.Contains("expected a file", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused() =>
        JsonAssert.Problem(
            await _server.PostAsync("/discovery/runs", $$"""{"dataset": "{{new string('x', 2 << 20)}}"}"""),
            HttpStatusCode.RequestEntityTooLarge
        );

    [Fact]
    public async Task Head_answers_as_get_without_a_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/analytics/discovery/stats");
        using var response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_server_does_not_say_what_it_is_made_of()
    {
        var answer = await _server.GetAsync("/health/live");
        Assert.False(answer.Headers.Contains("Server"));
        Assert.False(answer.Headers.Contains("X-Powered-By"));
    }

    [Fact]
    public async Task A_name_that_is_not_this_machines_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/datasets") { Headers = { Host = "evil.example" } };
        using var response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_site_may_not_change_anything()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/analytics/discovery/refresh-views")
        {
            Headers = { { "Origin", "https://evil.example" } },
        };
        using var response = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Health_says_live_and_ready()
    {
        Assert.Equal("live", (await _server.GetAsync("/health/live")).Json.GetProperty("status").GetString());
        Assert.Equal("ready", (await _server.GetAsync("/health/ready")).Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Metrics_count_requests_and_runs()
    {
        await _server.GetAsync("/health/live");
        // A request is counted after its answer has been sent.
        await Eventually.HoldsAsync(async () =>
            (await _server.GetAsync("/metrics")).Text.Contains(
                "almagest_http_requests_total{method=\"GET\",route=\"/health/live\",status=\"200\"}",
                StringComparison.Ordinal
            )
        );
        var metrics = (await _server.GetAsync("/metrics")).Text;
        Assert.Contains("almagest_runs{status=\"completed\"} 4\n", metrics, StringComparison.Ordinal);
        Assert.Contains("almagest_view_rows{view=\"mv_discovery_run_stats\"} 4\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_front_page_shows_the_newest_runs_and_escapes_what_users_wrote()
    {
        var page = await _server.GetAsync("/");
        Assert.Equal("text/html", page.ContentHeaders.ContentType?.MediaType);
        Assert.Contains($"href=\"runs/{known.Failed}\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page.Text, StringComparison.Ordinal);
        Assert.Contains("the disk caught fire", (await _server.GetAsync($"/runs/{known.Failed}")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", (await _server.GetAsync("/runs?dataset=%3Cb%3E")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_page_and_route_answers_browsers_with_the_page_and_programs_with_JSON()
    {
        foreach (var path in new[] { "/datasets", $"/datasets/{known.Dataset.Name}", $"/stars/{known.Stars[0]}" })
        {
            Assert.Equal("application/json", (await _server.GetAsync(path)).ContentHeaders.ContentType?.MediaType);
            using var request = new HttpRequestMessage(HttpMethod.Get, path)
            {
                Headers = { { "Accept", "text/html,application/xhtml+xml,*/*;q=0.8" } },
            };
            using var page = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
            Assert.Contains("Accept", page.Headers.Vary);
        }
    }

    [Fact]
    public async Task A_page_of_what_does_not_exist_is_not_found_and_says_so()
    {
        var page = await _server.GetAsync($"/runs/{Guid.NewGuid()}");
        Assert.Equal(HttpStatusCode.NotFound, page.Status);
        Assert.Contains("There is no run", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_socket_of_somebody_elses_page_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/_blazor")
        {
            Headers =
            {
                { "Origin", "http://evil.example" },
                { "Upgrade", "websocket" },
                { "Connection", "Upgrade" },
            },
        };
        using var answer = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_so()
    {
        var options = new ServerOptions
        {
            Ledger = known.Server.Ledger,
            Port = AlmagestServer.AddressOf(_server.App).Port,
            Workers = 0,
            NightlyCron = null,
        };
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            AlmagestServer.StartAsync(options, TestContext.Current.CancellationToken)
        );
        Assert.Equal((ErrorCode.PortTaken, "port"), (error.Code, error.Field));
    }

    [Theory]
    [InlineData("not-an-address", 0, null, "UTC", "bind")]
    [InlineData("203.0.113.7", 0, null, "UTC", "bind")]
    [InlineData("127.0.0.1", 70000, null, "UTC", "port")]
    [InlineData("127.0.0.1", 0, "every night", "UTC", "nightly")]
    [InlineData("127.0.0.1", 0, "0 2 * * *", "Mars/Olympus", "time_zone")]
    public async Task An_option_that_cannot_be_used_is_named(string bind, int port, string? cron, string zone, string field)
    {
        var options = new ServerOptions
        {
            Ledger = known.Server.Ledger,
            Bind = bind,
            Port = port,
            NightlyCron = cron,
            TimeZone = zone,
            Workers = 0,
        };
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            AlmagestServer.StartAsync(options, TestContext.Current.CancellationToken)
        );
        Assert.Equal(field, error.Field);
    }

    [Fact]
    public async Task Without_its_database_the_server_lives_and_says_when_to_come_back()
    {
        int closed;
        using (var socket = new TcpListener(IPAddress.Loopback, 0))
        {
            socket.Start();
            closed = ((IPEndPoint)socket.LocalEndpoint).Port;
        }
        await using var ledger = new LedgerDatabase($"Host=127.0.0.1;Port={closed};Username=nobody;Database=nothing;Timeout=3");
        await using var app = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = ledger,
                Port = 0,
                NightlyCron = null,
            },
            TestContext.Current.CancellationToken
        );
        using var client = new HttpClient { BaseAddress = AlmagestServer.AddressOf(app) };
        using (var live = await client.GetAsync(new Uri("/health/live", UriKind.Relative), TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        foreach (var path in new[] { "/health/ready", "/analytics/discovery/stats", "/discovery/runs", "/datasets", "/" })
        {
            using var away = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal((path, HttpStatusCode.ServiceUnavailable), (path, away.StatusCode));
            Assert.NotNull(away.Headers.RetryAfter);
            var text = await away.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Contains("database", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
        }
        var metrics = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("almagest_database_up 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("process_resident_memory_bytes", metrics, StringComparison.Ordinal);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_schema_that_is_not_this_programs_is_not_ready()
    {
        await using var old = await TestServer.StartAsync(o => o with { Workers = 0 });
        await old.Ledger.Schema.RollbackAsync("AddDiscoveryViews", TestContext.Current.CancellationToken);
        var problem = JsonAssert.Problem(await old.GetAsync("/health/ready"), HttpStatusCode.ServiceUnavailable);
        Assert.Contains("almagest db migrate", problem.GetProperty("hint").GetString(), StringComparison.Ordinal);
    }
}
