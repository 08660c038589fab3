using System.Collections.Concurrent;
using System.Globalization;
using Almagest.Postgres;
using Npgsql;

namespace Almagest.Testing;

/// <summary>
/// One throw-away PostgreSQL server for the whole test process, deleted when it ends. What a crashed test process left
/// behind is deleted by the next one. Thread-safe.
/// </summary>
public sealed class TestPostgres
{
    static readonly Lazy<Task<TestPostgres>> Shared = new(StartAsync);

    readonly ServerLease lease;
    readonly ConcurrentDictionary<string, Lazy<Task<string>>> templates = new();
    int databases;

    TestPostgres(ServerLease lease) => this.lease = lease;

    /// <summary>The process's server, started by the first call.</summary>
    public static Task<TestPostgres> GetAsync() => Shared.Value;

    /// <summary>The server's own database; create one per test rather than using it.</summary>
    public string ConnectionString => lease.ConnectionString;

    /// <summary>A new database, empty or a copy of <paramref name="template"/> (to which nobody may be connected).</summary>
    public async Task<TestDatabase> CreateDatabaseAsync(string? template = null)
    {
        var name = $"test_{Interlocked.Increment(ref databases).ToString(CultureInfo.InvariantCulture)}";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template ?? "template1"}");
        return new TestDatabase(this, name, Connection(name));
    }

    /// <summary>
    /// A copy of a database that <paramref name="prepare"/> fills, given its connection string, once per process: for
    /// instance one with all migrations applied.
    /// </summary>
    public async Task<TestDatabase> CreateDatabaseAsync(string templateKey, Func<string, Task> prepare)
    {
        ArgumentNullException.ThrowIfNull(prepare);
        var template = templates.GetOrAdd(templateKey, _ => new Lazy<Task<string>>(async () =>
        {
            var database = await CreateDatabaseAsync();
            await prepare(database.ConnectionString);
            await ClearPoolAsync(database.ConnectionString);
            // A session that the preparation left open would keep the template from being copied.
            await ExecuteAsync($"ALTER DATABASE {database.Name} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true");
            await ExecuteAsync($"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{database.Name}'");
            return database.Name;
        }));
        return await CreateDatabaseAsync(await template.Value);
    }

    internal async Task DropAsync(TestDatabase database)
    {
        await ClearPoolAsync(database.ConnectionString);
        await ExecuteAsync($"DROP DATABASE IF EXISTS {database.Name} WITH (FORCE)");
    }

    static async Task ClearPoolAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(lease.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    string Connection(string database) =>
        new NpgsqlConnectionStringBuilder(lease.ConnectionString) { Database = database, MaxPoolSize = 10 }.ConnectionString;

    static async Task<TestPostgres> StartAsync()
    {
        var folder = TestFolder.Create("cluster");
        var options = new EmbeddedServerOptions
        {
            Home = folder.Path,
            Durable = false,
            Progress = Console.Error.WriteLine,
        };
        // Before the lease's own handler, which would stop the server with a checkpoint that nobody needs.
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            EmbeddedServer.DestroyAsync(options).Wait(TimeSpan.FromSeconds(30));
            folder.Dispose();
        };
        return new TestPostgres(await EmbeddedServer.StartAsync(options));
    }
}
