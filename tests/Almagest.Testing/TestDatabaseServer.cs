using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace Almagest.Testing;

/// <summary>
/// The PostgreSQL of the tests: the server that <c>ALMAGEST_TEST_SERVER</c> names, which <c>./test</c> starts for all test programs
/// together, else a throw-away server of this process alone, deleted when it ends. What a crashed test process left behind is deleted by
/// the next one. Thread-safe.
/// </summary>
public sealed class TestDatabaseServer
{
    /// <summary>The environment variable with the connection string of a server that several test programs share.</summary>
    public const string ServerVariable = "ALMAGEST_TEST_SERVER";

    private static readonly Lazy<Task<TestDatabaseServer>> s_shared = new(FindAsync);

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _templates = new();
    private readonly Version _version;
    private int _databases;

    private TestDatabaseServer(string connectionString, Version version)
    {
        ConnectionString = connectionString;
        _version = version;
    }

    /// <summary>The server of this process, started by the first call where none is named.</summary>
    public static Task<TestDatabaseServer> GetAsync() => s_shared.Value;

    /// <summary>The server's own database; create one per test rather than using it.</summary>
    public string ConnectionString { get; }

    /// <summary>A new database, empty or a copy of <paramref name="template"/> (to which nobody may be connected).</summary>
    public async Task<TestDatabase> CreateDatabaseAsync(string? template = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}");
        // Files are copied in a tenth of the time that the log of their blocks takes; before PostgreSQL 15 it was the only way.
        var strategy = _version.Major >= 15 ? " STRATEGY file_copy" : "";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template ?? "template1"}{strategy}");
        return new TestDatabase(this, name, Connection(name));
    }

    /// <summary>
    /// A copy of a database that <paramref name="prepare"/> fills, given its connection string, once per server: for instance one with all
    /// migrations applied. A key means the same in all test programs, and is of letters, digits and underscores.
    /// </summary>
    public async Task<TestDatabase> CreateDatabaseAsync(string templateKey, Func<string, Task> prepare)
    {
        ArgumentNullException.ThrowIfNull(prepare);
        var template = _templates.GetOrAdd(
            templateKey,
            _ => new Lazy<Task<string>>(() => PrepareAsync("template_" + templateKey, prepare))
        );
        return await CreateDatabaseAsync(await template.Value);
    }

    internal async Task DropAsync(TestDatabase database)
    {
        await ClearPoolAsync(database.ConnectionString);
        await ExecuteAsync($"DROP DATABASE IF EXISTS {database.Name} WITH (FORCE)");
    }

    private async Task<string> PrepareAsync(string name, Func<string, Task> prepare)
    {
        await using var connection = await OpenAsync();
        // Another program may be preparing the same one; the lock ends with the connection.
        await ExecuteAsync($"SELECT pg_advisory_lock(hashtext('{name}'))", connection);
        await using (var known = new NpgsqlCommand($"SELECT datistemplate FROM pg_database WHERE datname = '{name}'", connection))
        {
            if (await known.ExecuteScalarAsync() is true)
                return name;
        }
        // What is not a template was left half prepared.
        await ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", connection);
        await ExecuteAsync($"CREATE DATABASE {name}", connection);
        await prepare(Connection(name));
        await ClearPoolAsync(Connection(name));
        // A session that the preparation left open would keep the template from being copied.
        await ExecuteAsync($"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true", connection);
        await ExecuteAsync($"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'", connection);
        return name;
    }

    private static async Task ClearPoolAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await ExecuteAsync(sql, connection);
    }

    private static async Task ExecuteAsync(string sql, NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    private string Connection(string database) =>
        new NpgsqlConnectionStringBuilder(ConnectionString) { Database = database, MaxPoolSize = 10 }.ConnectionString;

    private static async Task<TestDatabaseServer> FindAsync()
    {
        var named = Environment.GetEnvironmentVariable(ServerVariable);
        var server = string.IsNullOrEmpty(named) ? await ThrowAwayServer.StartAsync() : named;
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        return new TestDatabaseServer(server, connection.PostgreSqlVersion);
    }
}
