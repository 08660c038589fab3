using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Views;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>An answer with its body as JSON, where it has one.</summary>
public sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Text)
{
    public JsonElement Json => JsonElement.Parse(Text);
}

/// <summary>A migrated ledger in a database of its own, and a real server on a free loopback port over it.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private TestServer(TestDatabase database, LedgerDatabase ledger, WebApplication app)
    {
        _database = database;
        Ledger = ledger;
        App = app;
        // A refusal may be slow to come on a busy machine; the body is not sent before it.
        Client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) })
        {
            BaseAddress = AlmagestServer.AddressOf(app),
        };
    }

    public LedgerDatabase Ledger { get; }

    public string ConnectionString => _database.ConnectionString;

    public WebApplication App { get; }

    public HttpClient Client { get; }

    public static async Task<TestServer> StartAsync(Func<ServerOptions, ServerOptions>? change = null)
    {
        var cluster = await TestDatabaseServer.GetAsync();
        var database = await cluster.CreateDatabaseAsync(
            "migrated",
            async connection =>
            {
                await using var ledger = new LedgerDatabase(connection);
                await ledger.Schema.MigrateAsync();
            }
        );
        var ledger = new LedgerDatabase(database.ConnectionString)
        {
            ResultsFolder = Path.Combine(Path.GetTempPath(), $"almagest-test-results-{Guid.NewGuid():N}"),
        };
        var options = new ServerOptions
        {
            Ledger = ledger,
            Port = 0,
            NightlyCron = null,
        };
        return new TestServer(
            database,
            ledger,
            await AlmagestServer.StartAsync(change?.Invoke(options) ?? options, TestContext.Current.CancellationToken)
        );
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<Answer> PostAsync(string path, string? json = null) =>
        SendAsync(HttpMethod.Post, path, json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"));

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        // As curl does with large bodies: a refusal is read before the body is sent into a closed connection.
        request.Headers.ExpectContinue = content is not null;
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(
            response.StatusCode,
            response.Headers,
            response.Content.Headers,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
    }

    /// <summary>Loads a small catalogue: a clump and a field, a 19-digit source id, one more column, and one bad row where asked
    /// for.</summary>
    public async Task<Dataset> LoadAsync(string name = "field", int stars = 60, bool badRow = false)
    {
        using var folder = TestFolder.Create("upload");
        var file = Path.Combine(folder.Path, $"{name}.csv");
        await File.WriteAllTextAsync(file, Csv(name, stars, badRow));
        var report = await new CatalogIngestor(Ledger).IngestAsync([file]);
        return report.Dataset;
    }

    public static string Csv(string name, int stars, bool badRow = false)
    {
        var csv = new StringBuilder("source_id,ra,dec,parallax,pmra,pmdec,phot_g_mean_mag,bp_rp,remark\n");
        for (var i = 0; i < stars; i++)
        {
            var (u, v) = (i * 0.618034 % 1, i * 0.754878 % 1);
            var clump = i % 3 == 0;
            csv.Append(
                    CultureInfo.InvariantCulture,
                    $"{4000000000000000001 + i},{(clump ? 120 + u : 100 + 40 * u):F6},{(clump ? 10 + v : 40 * v - 20):F6},"
                )
                .Append(
                    CultureInfo.InvariantCulture,
                    $"{(clump ? 7.3 : 1 + 9 * v):F4},{(clump ? 20 : 40 * u - 20):F4},{(clump
                        ? -45
                        : 40 * v - 20):F4},{9 + 6 * u:F4},{0.4 + v:F4},{name} {i}\n"
                );
        }
        if (badRow)
            csv.Append("77,far,0,1,1,1,10,1,bad\n");
        return csv.ToString();
    }

    public async Task<long[]> StarIdsAsync(long datasetId) =>
        (await new DatasetRepository(Ledger).StarsAsync(datasetId, 0, 10_000)).Select(s => s.StarId).ToArray();

    /// <summary>Waits until no view lags, then requires that each equals a recomputation from raw results.</summary>
    public async Task RequireTrueViewsAsync()
    {
        await Eventually.HoldsAsync(async () => (await new ViewStatusReader(Ledger).ReadAsync()).All(v => !v.Lags && !v.IsRefreshing));
        Assert.All(
            await new ViewVerifier(Ledger).VerifyAsync(),
            v => Assert.True(v.Agrees, $"{v.ViewName}: {string.Join("; ", v.Examples)}")
        );
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        await Ledger.DisposeAsync();
        if (Directory.Exists(Ledger.ResultsFolder))
            Directory.Delete(Ledger.ResultsFolder, recursive: true);
        await _database.DisposeAsync();
    }
}
