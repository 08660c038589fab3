using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>Statements whose answer is a number or nothing, on a connection that the caller holds. Without a time limit: they load, compute
/// or wait their turn.</summary>
internal static class ConnectionCommands
{
    /// <returns>rows changed</returns>
    public static async Task<int> ExecuteAsync(
        this NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken,
        params object[] parameters
    )
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in parameters)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
