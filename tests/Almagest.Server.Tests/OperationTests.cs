using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>What operators see, and what keeps one person or one request from taking everything.</summary>
public sealed class OperationTests
{
    private const string Run = """{"algorithm": "isolation_forest", "dataset": "field", "parameters": {"features": "sphere"}}""";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_error_has_the_id_of_its_request_and_so_has_the_log()
    {
        var lines = new List<string>();
        await using var server = await TestServer.StartAsync(o =>
            o with
            {
                Workers = 0,
                Logging = logging => logging.AddProvider(new LineLog(lines)).SetMinimumLevel(LogLevel.Information),
            }
        );
        var answer = await server.GetAsync("/discovery/runs/nothing");
        var id = answer.Headers.GetValues("X-Request-Id").Single();
        Assert.Equal(32, id.Length);
        Assert.Equal(id, JsonAssert.Problem(answer, HttpStatusCode.BadRequest).GetProperty("request_id").GetString());
        // The line is written when the answer has been.
        await Eventually.HoldsAsync(() =>
        {
            lock (lines)
                return Task.FromResult(
                    lines.Any(l =>
                        l.Contains("/discovery/runs/nothing 400", StringComparison.Ordinal) && l.Contains(id, StringComparison.Ordinal)
                    )
                );
        });
        var other = await server.GetAsync("/health/live");
        Assert.NotEqual(id, other.Headers.GetValues("X-Request-Id").Single());
    }

    [Fact]
    public async Task A_change_that_was_refused_is_audited_with_the_id_of_its_request_whoever_asked()
    {
        var lines = new List<string>();
        await using var server = await TestServer.StartAsync(o =>
            o with
            {
                Workers = 0,
                Logging = logging => logging.AddProvider(new LineLog(lines)).SetMinimumLevel(LogLevel.Information),
            }
        );
        foreach (var (origin, status) in new[] { ("https://evil.example", HttpStatusCode.Forbidden), (null, HttpStatusCode.NotFound) })
        {
            var path = $"/discovery/runs/{Guid.NewGuid()}";
            using var request = new HttpRequestMessage(HttpMethod.Delete, path);
            if (origin is not null)
                request.Headers.Add("Origin", origin);
            using var response = await server.Client.SendAsync(request, CancellationToken);
            Assert.Equal(status, response.StatusCode);
            var id = response.Headers.GetValues("X-Request-Id").Single();
            await Eventually.HoldsAsync(() =>
            {
                lock (lines)
                    return Task.FromResult(
                        lines.Any(l =>
                            l.Contains($"{path} from 127.0.0.1: {(int)status} ", StringComparison.Ordinal)
                            && l.Contains(id, StringComparison.Ordinal)
                        )
                    );
            });
        }
    }

    [Fact]
    public async Task A_caller_that_sends_a_trace_finds_its_own_id()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var response = await server.Client.SendAsync(request, CancellationToken);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", response.Headers.GetValues("X-Request-Id").Single());
    }

    [Fact]
    public async Task Metrics_hold_histograms_of_requests_runs_and_refreshes_and_the_state_of_queue_database_and_disk()
    {
        await using var server = await TestServer.StartAsync();
        await server.LoadAsync();
        var location = (await server.PostAsync("/discovery/runs", Run)).Headers.Location!.ToString();
        await Eventually.HoldsAsync(async () => (await server.GetAsync(location)).Json.GetProperty("status").GetString() == "completed");
        await server.PostAsync("/analytics/discovery/refresh-views");
        var text = "";
        await Eventually.HoldsAsync(async () =>
            (text = (await server.GetAsync("/metrics")).Text).Contains(
                "almagest_run_duration_seconds_count{algorithm=\"isolation_forest\",outcome=\"completed\"} 1\n",
                StringComparison.Ordinal
            )
        );
        Assert.Contains("# TYPE almagest_http_request_duration_seconds histogram\n", text, StringComparison.Ordinal);
        var buckets = Values(text, "almagest_http_request_duration_seconds_bucket{method=\"POST\",route=\"/discovery/runs");
        Assert.Equal(13, buckets.Count);
        Assert.Equal(buckets.Order(), buckets);
        Assert.Equal(1, buckets[^1]);
        Assert.NotEmpty(Values(text, "almagest_view_refresh_duration_seconds_count{view=\"mv_discovery_run_stats\""));
        Assert.Equal([0], Values(text, "almagest_queue_age_seconds"));
        Assert.True(Values(text, "almagest_database_connections{state=\"active\"}").Single() >= 1);
        Assert.True(Values(text, "almagest_database_size_bytes").Single() > 1e6);
        // The database of the tests is on this machine.
        Assert.True(Values(text, "almagest_disk_free_bytes").Single() > 0);
    }

    private static List<double> Values(string text, string start) =>
        [
            .. text.Split('\n')
                .Where(l => l.StartsWith(start, StringComparison.Ordinal))
                .Select(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)),
        ];

    [Fact]
    public async Task A_collector_that_is_named_gets_traces_and_metrics()
    {
        using var listener = new HttpListener();
        var port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var received = new List<string>();
        var collecting = Task.Run(
            async () =>
            {
                while (true)
                {
                    var context = await listener.GetContextAsync();
                    using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
                    var body = await reader.ReadToEndAsync(CancellationToken);
                    lock (received)
                        received.Add($"{context.Request.Url!.AbsolutePath} {body}");
                    context.Response.Close();
                }
            },
            CancellationToken
        );
        await using (var server = await TestServer.StartAsync(o => o with { Workers = 0, Collector = new Uri($"http://127.0.0.1:{port}") }))
        {
            await server.GetAsync("/discovery/runs");
            // What is left is sent when the server stops.
            await server.App.StopAsync(CancellationToken);
            await server.App.DisposeAsync();
        }
        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => collecting);
        Assert.Contains(
            received,
            r => r.StartsWith("/v1/traces", StringComparison.Ordinal) && r.Contains("/discovery/runs", StringComparison.Ordinal)
        );
        Assert.Contains(
            received,
            r =>
                r.StartsWith("/v1/metrics", StringComparison.Ordinal)
                && r.Contains("http.server.request.duration", StringComparison.Ordinal)
        );
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    [Fact]
    public async Task Where_the_disk_is_nearly_full_what_writes_is_refused_and_reads_and_deletions_go_on()
    {
        await using var before = await TestServer.StartAsync(o => o with { Workers = 0 });
        await before.LoadAsync();
        var pending = (await before.PostAsync("/discovery/runs", Run)).Headers.Location!.ToString();
        await using var full = new LedgerDatabase(before.ConnectionString) { ReservedBytes = long.MaxValue / 2 };
        await using var server = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = full,
                Port = 0,
                NightlyCron = null,
                Workers = 0,
            },
            CancellationToken
        );
        using var client = new HttpClient { BaseAddress = AlmagestServer.AddressOf(server) };
        async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpMethod method, string path, string? body, string type)
        {
            using var request = new HttpRequestMessage(method, path)
            {
                Content = body is null ? null : new StringContent(body, Encoding.UTF8, type),
            };
            using var response = await client.SendAsync(request, CancellationToken);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(CancellationToken));
        }
        foreach (
            var (path, body, type) in new[]
            {
                ("/discovery/runs", Run, "application/json"),
                ("/datasets?file=more.csv", "source_id,ra,dec\n1,10,20\n2,11,21\n", "application/octet-stream"),
            }
        )
        {
            var (status, text) = await SendAsync(HttpMethod.Post, path, body, type);
            Assert.True(status == HttpStatusCode.ServiceUnavailable, $"{path}: {status} {text}");
            Assert.Contains("disk_nearly_full", text, StringComparison.Ordinal);
            Assert.Contains("stay free for the database itself", text, StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/analytics/discovery/stats", null, "")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, pending, null, "")).Status);
        // What can be brought back needs room until then.
        var kept = await SendAsync(HttpMethod.Delete, "/datasets/field?with_runs=true", null, "");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, kept.Status);
        Assert.Contains("Delete it for good, which needs no room.", kept.Text, StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await SendAsync(HttpMethod.Delete, "/datasets/field?with_runs=true&now=true", null, "")).Status
        );
    }

    [Fact]
    public async Task Once_the_server_stops_no_page_connects_to_it_again()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        const string Connect = "/_blazor/negotiate?negotiateVersion=1";
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(Connect)).Status);
        server.App.Lifetime.StopApplication();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.PostAsync(Connect)).Status);
        // What is being answered is answered.
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/datasets")).Status);
    }

    [Fact]
    public void A_file_that_does_not_fit_is_refused_in_words_of_its_own()
    {
        DiskSpace.RequireForFiles(Path.GetTempPath(), 1);
        var refused = Assert.Throws<LedgerException>(() => DiskSpace.RequireForFiles(Path.GetTempPath(), long.MaxValue / 2));
        Assert.Equal(ErrorCode.DiskNearlyFull, refused.Code);
        Assert.StartsWith("there is no room for the file", refused.Message, StringComparison.Ordinal);
        // What the database keeps for itself has nothing to do with it.
        Assert.DoesNotContain("database", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_takes_longer_than_the_server_allows_fails_and_says_so()
    {
        await using var server = await TestServer.StartAsync(o => o with { LongestRun = TimeSpan.FromSeconds(1) });
        await server.LoadAsync(stars: 20_000);
        var location = (
            await server.PostAsync(
                "/discovery/runs",
                """
                {"algorithm": "isolation_forest", "dataset": "field",
                 "parameters": {"features": "sphere", "n_estimators": 10000, "max_samples": 20000}}
                """
            )
        ).Headers.Location!.ToString();
        var run = default(System.Text.Json.JsonElement);
        await Eventually.HoldsAsync(async () =>
            (run = (await server.GetAsync(location)).Json).GetProperty("status").GetString() is not ("pending" or "running")
        );
        Assert.Equal("failed", run.GetProperty("status").GetString());
        Assert.Contains("took longer than", run.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_person_cannot_fill_the_queue()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0, MostWaitingRuns = 2 });
        await server.LoadAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await server.PostAsync("/discovery/runs", Run)).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await server.PostAsync("/discovery/runs", Run)).Status);
        var problem = JsonAssert.Problem(await server.PostAsync("/discovery/runs", Run), HttpStatusCode.Conflict);
        Assert.Equal("queue_full", problem.GetProperty("code").GetString());
        Assert.Equal(2, problem.GetProperty("facts").GetProperty("most").GetInt32());
    }

    /// <summary>Each line of the log with what its scopes say.</summary>
    private sealed class LineLog(List<string> lines) : ILoggerProvider, ISupportExternalScope
    {
        private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

        public ILogger CreateLogger(string categoryName) => new Category(this);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public void Dispose() { }

        private sealed class Category(LineLog log) : ILogger
        {
            private readonly LineLog _log = log;

            public IDisposable BeginScope<TState>(TState state)
                where TState : notnull => _log._scopes.Push(state);

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel,
                EventId eventId,
                TState state,
                Exception? exception,
                Func<TState, Exception?, string> formatter
            )
            {
                var text = new StringBuilder(formatter(state, exception));
                _log._scopes.ForEachScope((scope, t) => t.Append(' ').Append(scope), text);
                lock (_log.Lines)
                    _log.Lines.Add(text.ToString());
            }
        }

        private List<string> Lines { get; } = lines;
    }
}
