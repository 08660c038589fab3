using Npgsql;

namespace Almagest.Runs.Lifecycle;

/// <summary>Reads columns of stars that are known by their ids.</summary>
internal static class StarLookup
{
    private const int ChunkSize = 65_536;

    // A stretch of ids is read whole, which costs less a row, where at least this part of it is wanted.
    private const int Sparse = 4;

    /// <summary>Rows in ascending order of star_id, the first column; stars beside those that are wanted may be among them.</summary>
    /// <param name="columns">of <c>stars</c>, as SQL</param>
    /// <param name="starIds">ascending</param>
    public static async Task ReadAsync(
        NpgsqlConnection connection,
        string columns,
        ReadOnlyMemory<long> starIds,
        Action<NpgsqlDataReader> row,
        CancellationToken cancellationToken
    )
    {
        for (var first = 0; first < starIds.Length; first += ChunkSize)
        {
            await using var command = Command(connection, columns, starIds.Span[first..Math.Min(starIds.Length, first + ChunkSize)]);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                row(reader);
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string columns, ReadOnlySpan<long> starIds)
    {
        var dense = starIds[^1] - starIds[0] < (long)Sparse * starIds.Length;
        var wanted = dense ? "star_id between $1 and $2" : "star_id = any($1)";
        var command = new NpgsqlCommand($"select star_id, {columns} from public.stars where {wanted} order by star_id", connection)
        {
            CommandTimeout = 3600,
        };
        if (dense)
        {
            command.Parameters.Add(new() { Value = starIds[0] });
            command.Parameters.Add(new() { Value = starIds[^1] });
        }
        else
            command.Parameters.Add(new() { Value = starIds.ToArray() });
        return command;
    }
}
