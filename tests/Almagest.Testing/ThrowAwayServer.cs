using Almagest.Postgres;
using Npgsql;

namespace Almagest.Testing;

/// <summary>A PostgreSQL server that lives as long as this process, in memory where there is room.</summary>
public static class ThrowAwayServer
{
    /// <summary>Starts it; its files are deleted when the process ends.</summary>
    /// <param name="connections">that the server admits</param>
    /// <returns>the connection string of its own database</returns>
    public static async Task<string> StartAsync(int connections = 100)
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
        var lease = await EmbeddedServer.StartAsync(options);
        await SetAsync(Administrator(lease.ConnectionString), connections);
        if (connections > 100)
        {
            await lease.DisposeAsync();
            lease = await EmbeddedServer.StartAsync(options);
        }
        return Administrator(lease.ConnectionString);
    }

    // Tests make databases, and reach behind the guards of the ledger.
    private static string Administrator(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Username = "almagest" }.ConnectionString;

    // Databases that live for seconds need no cleaning in the background, nor a small log.
    private static async Task SetAsync(string connectionString, int connections)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        foreach (
            var statement in new[]
            {
                $"ALTER SYSTEM SET max_connections = {connections}",
                "ALTER SYSTEM SET autovacuum = off",
                "ALTER SYSTEM SET wal_compression = off",
                "SELECT pg_reload_conf()",
            }
        )
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
