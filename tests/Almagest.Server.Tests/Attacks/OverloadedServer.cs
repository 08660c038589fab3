using System.Diagnostics;
using System.Globalization;
using System.Net;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Schema;
using Almagest.Server.Tests.Killing;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests.Attacks;

/// <summary>
/// A server in a process of its own, so that its memory is its own, and what an idle request costs there: the measure of every overload.
/// </summary>
public sealed class OverloadedServer : IAsyncLifetime
{
    public const int Stars = 3000;

    // What a request of none but itself costs is noise below this.
    private const long Noise = 96 << 20;
    private static readonly TimeSpan s_noise = TimeSpan.FromSeconds(5);

    private TestDatabase? _database;
    private ServerProcess? _process;

    public HttpClient Client { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var cluster = await TestDatabaseServer.GetAsync();
        _database = await cluster.CreateDatabaseAsync(
            "migrated",
            async connection =>
            {
                await using var ledger = new LedgerDatabase(connection);
                await ledger.Schema.MigrateAsync();
            }
        );
        using var folder = TestFolder.Create("overload");
        var file = Path.Combine(folder.Path, "field.csv");
        await File.WriteAllTextAsync(file, TestServer.Csv("field", Stars), Cancel);
        await using (var ledger = new LedgerDatabase(_database.ConnectionString))
            await new CatalogIngestor(ledger).IngestAsync([file], null, null, Cancel);
        _process = await ServerProcess.StartAsync(_database.ConnectionString);
        Client = new HttpClient { BaseAddress = _process.Address, Timeout = TimeSpan.FromMinutes(2) };
        // The first of each is compiled.
        await IdleAsync();
    }

    public async Task<(HttpStatusCode Status, string Text)> AskAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var answer = await Client.SendAsync(request, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    public async Task<TimeSpan> TimeAsync(string path)
    {
        var began = Stopwatch.GetTimestamp();
        var (status, text) = await AskAsync(HttpMethod.Get, path);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {text}");
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>The median of a few idle requests, which ask the database.</summary>
    public async Task<TimeSpan> IdleAsync(string path = "/datasets")
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < 9; i++)
            times.Add(await TimeAsync(path));
        times.Sort();
        return times[times.Count / 2];
    }

    /// <summary>Requires that something costs the server at most some times the memory and the time of an idle request.</summary>
    /// <param name="ratio">of the time, for each of the requests that it consists of</param>
    public async Task BoundedAsync(string what, double ratio, int requests, Func<Task> overload)
    {
        var idle = await IdleAsync();
        await ResetPeakAsync();
        var (before, began) = (Memory("VmRSS"), Stopwatch.GetTimestamp());
        await overload();
        var (took, grown) = (Stopwatch.GetElapsedTime(began), Memory("VmHWM") - before);
        var limit = Larger(idle * ratio * requests, s_noise) * TestWatch.Stretch();
        TestContext.Current.SendDiagnosticMessage(
            "{0}: {1:0} ms ({2:0} idle requests), {3} MiB more at most",
            what,
            took.TotalMilliseconds,
            took / idle,
            grown >> 20
        );
        Assert.True(took <= limit, $"{what} took {took}, an idle request {idle}");
        Assert.True(grown <= Noise, $"{what} took {grown >> 20} MiB");
    }

    /// <summary>Whether an answer that came beside an overload came as soon as one may wait for it.</summary>
    public static bool IsSoon(TimeSpan took, TimeSpan idle, double ratio) => took <= Larger(idle * ratio, s_noise) * TestWatch.Stretch();

    private static TimeSpan Larger(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private Task ResetPeakAsync() => File.WriteAllTextAsync($"/proc/{_process!.Id}/clear_refs", "5", Cancel);

    private long Memory(string name)
    {
        var line = File.ReadLines($"/proc/{_process!.Id}/status").First(l => l.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_process is not null)
        {
            await _process.KillAsync();
            _process.Dispose();
        }
        if (_database is not null)
            await _database.DisposeAsync();
    }
}
