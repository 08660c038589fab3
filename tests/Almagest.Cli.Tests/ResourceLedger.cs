using System.Text.Json;
using Almagest.Ledger.Database;
using Almagest.Server;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>A ledger with something of every kind of resource, and a server over it. The words in braces of a request stand for
/// ids.</summary>
public sealed class ResourceLedger : IAsyncLifetime
{
    private readonly Dictionary<string, string> _ids = [];
    private readonly TestFolder _folder = TestFolder.Create("resources");
    private CliLedger _cli = null!;
    private LedgerDatabase _ledger = null!;
    private WebApplication _app = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>What the commands printed that made something, by what they made.</summary>
    public Dictionary<string, JsonElement> Made { get; } = [];

    internal Task<CliResult> RunAsync(string command) => _cli.RunAsync([.. Named(command).Split(' '), "--json"]);

    public string Named(string text) => _ids.Aggregate(text, (t, id) => t.Replace($"{{{id.Key}}}", id.Value, StringComparison.Ordinal));

    public async ValueTask InitializeAsync()
    {
        _cli = await CliLedger.CreateWithRunsAsync();
        var runs = await _cli.RunIdsAsync();
        (_ids["c"], _ids["b"], _ids["a"]) = (runs[0], runs[1], runs[2]);
        var star = (await RunAsync("runs show {b} --top 1")).Ok().Json.GetProperty("top_anomalies")[0];
        (_ids["star"], _ids["source"]) = (star.GetProperty("star_id").GetRawText(), star.GetProperty("source_id").GetString()!);
        await MakeAsync("d", "discover clusters --dataset sky --features cluster5d --eps 0.25 --min-samples 8", "run_id");
        await MakeAsync(
            "sweep",
            "sweep --algorithm isolation_forest --set features=sphere n_estimators=5 --seeds 1-2 --dataset sky",
            "group_id"
        );
        await MakeAsync("tag", "runs tag {a} add paper --by ann");
        await MakeAsync("note", "runs note {a} seen --by ann");
        await MakeAsync("label", "labels set {source} --outlier 1 --kind odd --label-set eye --by ann --dataset sky");

        var second = Path.Combine(_folder.Path, "second.csv");
        await File.WriteAllTextAsync(
            second,
            "source_id,ra,dec,parallax\n1,10,10,5\n2,far,10,5\n3,11,10,5\n4,12,10,5\n5,13,10,5\n6,14,10,5\n7,15,10,5\n"
        );
        await MakeAsync("ingest", $"ingest {second} --dataset second");
        await MakeAsync("match", "crossmatch sky second --radius 2deg --find all", "match_id");
        await MakeAsync("e", "discover anomalies --dataset second --features sphere --n-estimators 5", "run_id");

        _ledger = new LedgerDatabase(_cli.Connection);
        _app = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = _ledger,
                Port = 0,
                Workers = 0,
                NightlyCron = null,
            }
        );
        Client = new HttpClient { BaseAddress = AlmagestServer.AddressOf(_app) };
    }

    private async Task MakeAsync(string what, string command, string? id = null)
    {
        Made[what] = (await RunAsync(command)).Ok().Json;
        if (id is not null)
            _ids[what] = Made[what].GetProperty(id).ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _ledger.DisposeAsync();
        await _cli.DisposeAsync();
        _folder.Dispose();
    }
}
