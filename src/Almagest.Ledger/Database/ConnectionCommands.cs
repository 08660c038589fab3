using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>Statements on a connection that the caller holds. Without a time limit: they load, compute or wait their turn.</summary>
public static class ConnectionCommands
{
    /// <returns>rows changed</returns>
    public static async Task<int> ExecuteAsync(
        this NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken,
        params object[] parameters
    )
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>the first column of the first row; null where there is none</returns>
    public static async Task<object?> ScalarAsync(
        this NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken,
        params object[] parameters
    )
    {
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <returns>the first column of all rows</returns>
    public static Task<List<T>> ListAsync<T>(
        this NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken,
        params object[] parameters
    ) => connection.RowsAsync(sql, static reader => reader.GetFieldValue<T>(0), cancellationToken, parameters);

    /// <returns>what <paramref name="read"/> makes of each row</returns>
    public static async Task<List<T>> RowsAsync<T>(
        this NpgsqlConnection connection,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        params object[] parameters
    )
    {
        ArgumentNullException.ThrowIfNull(read);
        var found = new List<T>();
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            found.Add(read(reader));
        return found;
    }

    // A value that is a parameter already has its type from whoever made it.
    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in parameters)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        return command;
    }
}
