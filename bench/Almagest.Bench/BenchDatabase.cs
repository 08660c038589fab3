using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Npgsql;

namespace Almagest.Bench;

/// <summary>A migrated ledger in a fresh database, dropped afterwards.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly string _server,
        _name;

    private BenchDatabase(string server, string name, LedgerDatabase ledger)
    {
        this._server = server;
        this._name = name;
        Ledger = ledger;
    }

    public LedgerDatabase Ledger { get; }

    public static async Task<BenchDatabase> CreateAsync(string server, string name)
    {
        await ExecuteAsync(server, $"drop database if exists {name} with (force)");
        await ExecuteAsync(server, $"create database {name}");
        var database = new BenchDatabase(
            server,
            name,
            new LedgerDatabase(new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString)
        );
        try
        {
            await database.Ledger.Schema.MigrateAsync();
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await ExecuteAsync(_server, $"drop database if exists {_name} with (force)");
    }

    private static async Task ExecuteAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
