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

    /// <summary>The environment variable with the connection string of a coordinator of Citus, in a database that knows its workers:
    /// ledgers of tests are distributed there. Off in CI.</summary>
    public const string CitusVariable = "ALMAGEST_TEST_CITUS";

    private static readonly Lazy<Task<TestDatabaseServer>> s_shared = new(FindAsync);

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _templates = new();
    private readonly Version _version;
    private readonly IReadOnlyList<string> _workers;
    private int _databases;

    private TestDatabaseServer(string connectionString, Version version, IReadOnlyList<string> workers)
    {
        ConnectionString = connectionString;
        _version = version;
        _workers = workers;
    }

    /// <summary>Whether it is the coordinator of Citus.</summary>
    public bool IsCitus => _workers.Count > 0;

    private IEnumerable<string> Machines => [ConnectionString, .. _workers];

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
        foreach (var machine in Machines)
            await ExecuteAsync(machine, $"CREATE DATABASE {name} TEMPLATE {template ?? "template1"}{strategy}");
        if (IsCitus && template is null)
            await JoinAsync(name);
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
            _ => new Lazy<Task<string>>(() => PrepareAsync(TemplateName(templateKey), prepare))
        );
        return await CreateDatabaseAsync(await template.Value);
    }

    // A Citus outlives the programs of the tests, and what is prepared there is of the program as it was: each prepares its own.
    private string TemplateName(string key) =>
        IsCitus ? string.Create(CultureInfo.InvariantCulture, $"template_{key}_{Environment.ProcessId}") : "template_" + key;

    internal async Task DropAsync(TestDatabase database)
    {
        await ClearPoolAsync(database.ConnectionString);
        foreach (var machine in Machines)
            await ExecuteAsync(machine, $"DROP DATABASE IF EXISTS {database.Name} WITH (FORCE)");
    }

    // The databases of one name on all machines become one.
    private async Task JoinAsync(string name)
    {
        foreach (var machine in Machines)
            await ExecuteAsync(Connection(machine, name), "CREATE EXTENSION citus");
        var own = new NpgsqlConnectionStringBuilder(ConnectionString);
        await ExecuteAsync(Connection(name), $"SELECT citus_set_coordinator_host('{own.Host}', {own.Port})");
        foreach (var worker in _workers.Select(w => new NpgsqlConnectionStringBuilder(w)))
            await ExecuteAsync(Connection(name), $"SELECT citus_add_node('{worker.Host}', {worker.Port})");
    }

    private async Task<string> PrepareAsync(string name, Func<string, Task> prepare)
    {
        // Another program may be preparing the same one. The lock ends with the connection, which is no pooled one: that would keep the
        // lock until somebody uses it again, and the other programs waiting.
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await ExecuteAsync($"SELECT pg_advisory_lock(hashtext('{name}'))", connection);
        await using (var known = new NpgsqlCommand($"SELECT datistemplate FROM pg_database WHERE datname = '{name}'", connection))
        {
            if (await known.ExecuteScalarAsync() is true)
                return name;
        }
        // What is not a template was left half prepared.
        foreach (var machine in Machines)
        {
            await ExecuteAsync(machine, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            await ExecuteAsync(machine, $"CREATE DATABASE {name}");
        }
        if (IsCitus)
            await JoinAsync(name);
        await prepare(Connection(name));
        await ClearPoolAsync(Connection(name));
        // A session that the preparation left open would keep the template from being copied.
        foreach (var machine in Machines.Reverse())
        {
            await ExecuteAsync(machine, $"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true");
            await ExecuteAsync(machine, $"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'");
        }
        return name;
    }

    private static async Task ClearPoolAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(connection);
    }

    private async Task ExecuteAsync(string machine, string sql)
    {
        // In a database of tests a session of its own, of which nothing is left there. Those of the server's own database are used again: a
        // new one costs as much as a small database.
        await using var connection = new NpgsqlConnection(Machines.Contains(machine) ? machine : machine + ";Pooling=false");
        await connection.OpenAsync();
        if (machine.Contains(CitusMark, StringComparison.Ordinal))
            await ExecuteAsync("SET citus.enable_create_database_propagation = off", connection);
        await ExecuteAsync(sql, connection);
    }

    private static async Task ExecuteAsync(string sql, NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync();
    }

    private string Connection(string database) => Connection(ConnectionString, database);

    private static string Connection(string machine, string database) =>
        new NpgsqlConnectionStringBuilder(machine) { Database = database, MaxPoolSize = 10 }.ConnectionString;

    // In the connection strings of its machines.
    private const string CitusMark = "tests on Citus";

    private static async Task<TestDatabaseServer?> FindCitusAsync()
    {
        var named = Environment.GetEnvironmentVariable(CitusVariable);
        if (string.IsNullOrEmpty(named))
            return null;
        var settings = new NpgsqlConnectionStringBuilder(named) { ApplicationName = CitusMark };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        var workers = new List<string>();
        await using (var command = new NpgsqlCommand("SELECT node_name, node_port FROM citus_get_active_worker_nodes()", connection))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                workers.Add(
                    new NpgsqlConnectionStringBuilder(settings.ConnectionString)
                    {
                        Host = reader.GetString(0),
                        Port = (int)reader.GetInt64(1),
                    }.ConnectionString
                );
        }
        if (workers.Count == 0)
            throw new InvalidOperationException($"the coordinator of {CitusVariable} knows no worker");
        foreach (var machine in workers.Prepend(settings.ConnectionString))
            await CitusLeftovers.DropAsync(machine);
        return new TestDatabaseServer(settings.ConnectionString, connection.PostgreSqlVersion, workers);
    }

    private static async Task<TestDatabaseServer> FindAsync()
    {
        if (await FindCitusAsync() is { } citus)
            return citus;
        var named = Environment.GetEnvironmentVariable(ServerVariable);
        var server = string.IsNullOrEmpty(named) ? await ThrowAwayServer.StartAsync() : named;
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        return new TestDatabaseServer(server, connection.PostgreSqlVersion, []);
    }
}
