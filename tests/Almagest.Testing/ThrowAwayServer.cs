using Almagest.Postgres;
using Npgsql;

namespace Almagest.Testing;

/// <summary>A PostgreSQL server that lives as long as this process, in memory where there is room.</summary>
public static class ThrowAwayServer
{
    private const string Memory = "/dev/shm";
    private const long RoomNeeded = 3L << 30;

    /// <summary>Starts it; its files are deleted when the process ends.</summary>
    /// <param name="connections">that the server admits</param>
    /// <returns>the connection string of its own database</returns>
    public static async Task<string> StartAsync(int connections = 100)
    {
        var folder = TestFolder.Create("cluster", HasRoom() ? Memory : null);
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
        if (connections > 100)
        {
            await SetAsync(Administrator(lease.ConnectionString), $"max_connections = {connections}");
            await lease.DisposeAsync();
            lease = await EmbeddedServer.StartAsync(options);
        }
        return Administrator(lease.ConnectionString);
    }

    // Tests make databases, and reach behind the guards of the ledger.
    private static string Administrator(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Username = "almagest" }.ConnectionString;

    private static async Task SetAsync(string connectionString, string setting)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"ALTER SYSTEM SET {setting}", connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Whether the files may lie in memory: all tests together need 1 GB of it.</summary>
    private static bool HasRoom()
    {
        try
        {
            return new DriveInfo(Memory) is { DriveFormat: "tmpfs" } drive
                && drive.AvailableFreeSpace > RoomNeeded
                && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 2 * RoomNeeded;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
