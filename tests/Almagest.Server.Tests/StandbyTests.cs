using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Views;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Servers beside a standby of the ledger's database, and on it.</summary>
public sealed class StandbyTests : IAsyncLifetime
{
    private const string Run = """{"dataset": "field", "algorithm": "isolation_forest", "parameters": {"n_estimators": 10, "draws": 0}}""";

    private StandbyPair? _pair;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private StandbyPair Pair
    {
        get
        {
            Assert.SkipWhen(_pair is null, "There is no pg_basebackup here: apt-get install postgresql-client.");
            return _pair!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        _pair = await StandbyPair.CreateAsync(Cancel);
        if (_pair is null)
            return;
        await using var ledger = new LedgerDatabase(_pair.Primary);
        await ledger.Schema.MigrateAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pair is not null)
            await _pair.DisposeAsync();
    }

    [Fact]
    public async Task Questions_are_asked_of_the_standby_and_answers_say_how_far_behind_it_is()
    {
        await using var ledger = new LedgerDatabase(Pair.Primary);
        await using var reading = LedgerDatabase.ForReading(Pair.Standby);
        await using var server = await Served.StartAsync(ledger, o => o with { ReadLedger = reading });
        await server.LoadAsync();
        await server.CompleteAsync();
        await Eventually.HoldsAsync(async () => (await server.CountAsync()).Runs == 1);
        await Eventually.HoldsAsync(async () => (await server.CountAsync()).Lag == "0.0");
        var stars = await server.Client.GetStringAsync("/vo/tap/sync?LANG=ADQL&FORMAT=csv&QUERY=SELECT+COUNT(*)+AS+n+FROM+stars", Cancel);
        Assert.Equal("60", stars.Trim().Split('\n')[^1].Trim());

        await Pair.PauseAsync(Cancel);
        await server.CompleteAsync();
        var (runs, _) = await server.CountAsync();
        // The ledger has two, and the standby, which has not replayed the second, one.
        Assert.Equal(2, (await server.JsonAsync("/discovery/runs?status=completed")).GetProperty("items").GetArrayLength());
        Assert.Equal(1, runs);
        // How far it is behind is looked at once a second.
        await Eventually.HoldsAsync(async () => (await server.CountAsync()).Lag is not (null or "0.0"));
        await Pair.ResumeAsync(Cancel);
        await Eventually.HoldsAsync(async () => (await server.CountAsync()).Runs == 2);
    }

    [Fact]
    public async Task Once_the_standby_is_promoted_changes_go_on_and_nothing_is_lost()
    {
        await using var ledger = new LedgerDatabase(Pair.Either);
        await using var onStandby = new LedgerDatabase(Pair.Standby);
        await using var server = await Served.StartAsync(ledger);
        await using var second = await Served.StartAsync(onStandby);
        await server.LoadAsync();
        await server.CompleteAsync();
        await Eventually.HoldsAsync(async () => (await second.JsonAsync("/datasets")).GetArrayLength() == 1);
        await Eventually.HoldsAsync(async () => (await second.CountAsync()).Runs == 1);

        // A server on a standby says so once, answers, and refuses what it cannot do.
        Assert.Equal(HttpStatusCode.OK, (await second.Client.GetAsync("/health/ready", Cancel)).StatusCode);
        using var refused = await second.Client.PostAsync("/discovery/runs", Body(Run), Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains(ErrorCode.DatabaseReadOnly.Name, await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Single(second.Log, l => l.Contains("standby", StringComparison.Ordinal));

        await Pair.CrashAsync(Cancel);
        await Pair.PromoteAsync(Cancel);
        await server.CompleteAsync();
        await second.CompleteAsync();
        Assert.Equal(3, (await server.JsonAsync("/discovery/runs?status=completed")).GetProperty("items").GetArrayLength());
        await Eventually.HoldsAsync(async () => (await second.CountAsync()).Runs == 3);
        await Eventually.HoldsAsync(async () =>
            (await new ViewStatusReader(onStandby).ReadAsync(Cancel)).All(v => !v.Lags && !v.IsRefreshing)
        );
        Assert.All(await new ViewVerifier(onStandby).VerifyAsync(), v => Assert.True(v.Agrees, v.ViewName));
    }

    [Fact]
    public async Task Where_one_server_is_named_it_must_be_what_is_asked_for()
    {
        var port = new NpgsqlConnectionStringBuilder(Pair.Standby).Host!.Split(':')[1];
        foreach (var wanted in new[] { "standby", "read-only", "prefer-primary", "any" })
            Assert.NotEqual(0, await AskAsync(Pair.Standby, wanted));
        foreach (var (wanted, words) in s_refusals)
        {
            var error = await Assert.ThrowsAsync<LedgerException>(() => AskAsync(Pair.Standby, wanted));
            Assert.Equal(ErrorCode.DatabaseOfOtherKind, error.Code);
            Assert.Equal($"the database server 127.0.0.1:{port} is a standby, and {words} is asked for", error.Message);
        }
        var primary = await Assert.ThrowsAsync<LedgerException>(() => AskAsync(Pair.Primary, "standby"));
        Assert.EndsWith("is a primary that takes changes, and a standby is asked for", primary.Message, StringComparison.Ordinal);

        await Pair.PromoteAsync(Cancel);
        foreach (var (wanted, _) in s_refusals)
            Assert.NotEqual(0, await AskAsync(Pair.Standby, wanted));
    }

    private static readonly (string Wanted, string Words)[] s_refusals =
    [
        ("primary", "a primary"),
        ("read-write", "one that takes changes"),
    ];

    private static async Task<int> AskAsync(string server, string wanted)
    {
        await using var ledger = new LedgerDatabase($"{server};Target Session Attributes={wanted}");
        return await ledger.AskAsync(connection => Task.FromResult(connection.ProcessID), Cancel);
    }

    [Fact]
    public async Task A_server_whose_database_was_away_at_its_start_says_once_that_it_is_a_standby()
    {
        await using var ledger = new LedgerDatabase(Pair.Standby);
        await Pair.StopStandbyAsync(Cancel);
        await using var server = await Served.StartAsync(ledger);
        string[] Says(string words) => [.. server.Log.Where(l => l.Contains(words, StringComparison.Ordinal))];
        await Eventually.HoldsAsync(() => Says("Cannot look for runs that wait").Length > 0 && Says("The views cannot follow").Length > 0);

        await Pair.StartStandbyAsync(Cancel);
        await Eventually.HoldsAsync(() => Says("is a standby of another").Length > 0);
        await Pair.PromoteAsync(Cancel);
        await server.LoadAsync();
        await server.CompleteAsync();
        await Eventually.HoldsAsync(async () => (await server.CountAsync()).Runs == 1);
        Assert.Single(Says("is a standby of another"));
        Assert.Single(Says("was promoted"));
        Assert.Empty(Says("read-only"));
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    /// <summary>A server, its client, and the warnings that it logged.</summary>
    private sealed class Served(WebApplication app, ConcurrentQueue<string> log) : IAsyncDisposable
    {
        public HttpClient Client { get; } = new() { BaseAddress = AlmagestServer.AddressOf(app) };

        public IReadOnlyCollection<string> Log => log;

        public static async Task<Served> StartAsync(LedgerDatabase ledger, Func<ServerOptions, ServerOptions>? change = null)
        {
            var log = new ConcurrentQueue<string>();
            var options = new ServerOptions
            {
                Ledger = ledger,
                Port = 0,
                NightlyCron = null,
                Logging = logging => logging.AddProvider(new Lines(log)).SetMinimumLevel(LogLevel.Warning),
            };
            return new Served(await AlmagestServer.StartAsync(change?.Invoke(options) ?? options, Cancel), log);
        }

        public async Task LoadAsync()
        {
            using var body = new StringContent(TestServer.Csv("field", 60), Encoding.UTF8, "text/csv");
            using var created = await Client.PostAsync("/datasets?file=field.csv", body, Cancel);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        }

        /// <summary>Starts a run, as often as it takes while the database is away, and waits for its end.</summary>
        public async Task CompleteAsync()
        {
            string? location = null;
            await Eventually.HoldsAsync(async () =>
            {
                using var accepted = await Client.PostAsync("/discovery/runs", Body(Run), Cancel);
                location = accepted.Headers.Location?.ToString();
                return accepted.StatusCode == HttpStatusCode.Accepted;
            });
            await Eventually.HoldsAsync(async () => (await JsonAsync(location!)).GetProperty("status").GetString() == "completed");
        }

        public async Task<(int Runs, string? Lag)> CountAsync()
        {
            using var answer = await Client.GetAsync("/analytics/discovery/stats", Cancel);
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True(answer.IsSuccessStatusCode, text);
            return (
                JsonElement.Parse(text).GetArrayLength(),
                answer.Headers.TryGetValues("X-Almagest-Replica-Lag", out var lag) ? lag.Single() : null
            );
        }

        public async Task<JsonElement> JsonAsync(string path) => await Client.GetFromJsonAsync<JsonElement>(path, Cancel);

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? error, Func<TState, Exception?, string> format) =>
            lines.Enqueue(format(state, error));

        public void Dispose() { }
    }
}
