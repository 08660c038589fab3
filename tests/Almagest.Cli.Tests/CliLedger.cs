using Almagest.Cli.Configuration;
using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Testing;

namespace Almagest.Cli.Tests;

/// <summary>A database of one test, and commands on it.</summary>
internal sealed class CliLedger : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private CliLedger(TestDatabase database) => _database = database;

    public string Connection => _database.ConnectionString;

    /// <summary>Without any schema.</summary>
    public static async Task<CliLedger> CreateEmptyAsync() => new(await (await TestDatabaseServer.GetAsync()).CreateDatabaseAsync());

    /// <summary>With this program's schema.</summary>
    public static async Task<CliLedger> CreateAsync() =>
        new(
            await (await TestDatabaseServer.GetAsync()).CreateDatabaseAsync(
                "migrated",
                async connection =>
                {
                    await using var ledger = new LedgerDatabase(connection);
                    await ledger.Schema.MigrateAsync();
                }
            )
        );

    /// <summary>With the dataset <c>sky</c> of 2000 simulated stars that lack nothing, and three runs over it: two of anomalies, then one
    /// of clusters.</summary>
    public static async Task<CliLedger> CreateWithRunsAsync() =>
        new(
            await (await TestDatabaseServer.GetAsync()).CreateDatabaseAsync(
                "cli_runs",
                async connection =>
                {
                    using var folder = TestFolder.Create("sky");
                    var file = Path.Combine(folder.Path, "sky.csv");
                    (await Cli.RunAsync("simulate", "--stars", "2000", "--seed", "5", "-o", file)).Ok();
                    (await Cli.RunAsync("ingest", file, "--database", connection)).Ok();
                    await using (var ledger = new LedgerDatabase(connection))
                    await using (var command = ledger.DataSource.CreateCommand(Complete))
                        await command.ExecuteNonQueryAsync();
                    (await Cli.RunAsync("discover", "anomalies", "--contamination", "0.05", "--database", connection)).Ok();
                    (await Cli.RunAsync("discover", "anomalies", "--contamination", "0.1", "--seed", "7", "--database", connection)).Ok();
                    (
                        await Cli.RunAsync(
                            "discover",
                            "clusters",
                            "--features",
                            "cluster5d",
                            "--eps",
                            "0.2",
                            "--min-samples",
                            "8",
                            "--database",
                            connection
                        )
                    ).Ok();
                }
            )
        );

    /// <summary>Gives every star what it lacks, a distance among them.</summary>
    private const string Complete = """
        update stars set parallax_mas = greatest(coalesce(parallax_mas, 0.5), 0.01), pmra_mas_yr = coalesce(pmra_mas_yr, 1),
          pmdec_mas_yr = coalesce(pmdec_mas_yr, 1), magnitude = coalesce(magnitude, 15), color = coalesce(color, 1),
          parallax_error_mas = least(parallax_error_mas, greatest(coalesce(parallax_mas, 0.5), 0.01) / 10)
        """;

    /// <summary>The folder for results that are kept in files.</summary>
    public string Results { get; } = Path.Combine(Path.GetTempPath(), $"almagest-test-results-{Guid.NewGuid():N}");

    public Task<CliResult> RunAsync(params string[] args) =>
        Cli.RunAsync(
            TerminalInfo.None,
            SettingSources.WithoutFiles with
            {
                Variable = name => name == LedgerDatabase.ResultsVariable ? Results : Environment.GetEnvironmentVariable(name),
            },
            [.. args, "--database", Connection]
        );

    /// <summary>The ids of the runs, newest first.</summary>
    public async Task<string[]> RunIdsAsync(params string[] options) =>
        [
            .. (await RunAsync(["runs", "list", "--json", .. options]))
                .Ok()
                .Json.GetProperty("items")
                .EnumerateArray()
                .Select(r => r.GetProperty("run_id").GetString()!),
        ];

    public async Task ExecuteAsync(string sql)
    {
        await using var ledger = new LedgerDatabase(Connection);
        await using var command = ledger.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var ledger = new LedgerDatabase(Connection);
        await using var command = ledger.DataSource.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync());
    }

    /// <summary>One value as text.</summary>
    public async Task<string> TextAsync(string sql)
    {
        await using var ledger = new LedgerDatabase(Connection);
        await using var command = ledger.DataSource.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        if (Directory.Exists(Results))
            Directory.Delete(Results, recursive: true);
    }
}
