using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Export;

/// <summary>The rows of a query as the cells of a table to be written, as they come from the server: a batch is in memory, never the
/// whole.</summary>
public static class QueryRows
{
    private const int BatchRows = 5_000;

    /// <summary>Opens a connection when the first batch is asked for, and holds it to the last.</summary>
    /// <param name="prepare">sets the text and parameters of the command</param>
    public static async IAsyncEnumerable<IReadOnlyList<object?[]>> ReadAsync(
        LedgerDatabase ledger,
        Action<NpgsqlCommand> prepare,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        await using var connection = await ledger.ConnectAsync(cancellationToken);
        // However long the client takes to receive them.
        await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 0 };
        prepare(command);
        await using var reader = await DatabaseBoundary.AskAsync(() => command.ExecuteReaderAsync(cancellationToken));
        var batch = new List<object?[]>(BatchRows);
        while (await DatabaseBoundary.AskAsync(() => reader.ReadAsync(cancellationToken)))
        {
            var row = new object?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
                row[i] = reader.IsDBNull(i) ? null : Cell(reader.GetValue(i));
            batch.Add(row);
            if (batch.Count < BatchRows)
                continue;
            yield return batch;
            batch = new List<object?[]>(BatchRows);
        }
        if (batch.Count > 0)
            yield return batch;
    }

    /// <summary>Whole numbers as long, other numbers as double, times as ISO 8601, arrays as JSON, everything else as text.</summary>
    private static object Cell(object value) =>
        value switch
        {
            long or double or bool or string => value,
            int whole => (long)whole,
            short whole => (long)whole,
            float number => (double)number,
            decimal number => (double)number,
            DateTime time => Iso(time),
            DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            long[] or Guid[] or string[] => JsonSerializer.Serialize(value, value.GetType()),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };

    public static string Iso(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}
