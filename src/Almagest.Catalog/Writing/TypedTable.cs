using System.Globalization;
using System.Runtime.CompilerServices;

namespace Almagest.Catalog.Writing;

/// <summary>A table as files have it whose columns have types: ids that are whole numbers as 64-bit integers, flags as truths.</summary>
internal static class TypedTable
{
    /// <returns>the same table where nothing in it is to be changed; else one whose rows are those of the first, read once</returns>
    public static ExportTable Of(ExportTable table)
    {
        var types = table.Columns.Select(c => TypeIn(table, c)).ToArray();
        var changed = Enumerable.Range(0, types.Length).Where(i => types[i] != table.Columns[i].Type).ToArray();
        return changed.Length == 0
            ? table
            : table with
            {
                Columns = [.. table.Columns.Select((c, i) => c with { Type = types[i] })],
                Batches = BatchesAsync(table, changed),
            };
    }

    private static ColumnType TypeIn(ExportTable table, CatalogColumn column) =>
        column.Type switch
        {
            ColumnType.Text when table.IntegerIds.Contains(column.Name) => ColumnType.Int64,
            ColumnType.Int64 when table.Flags.Contains(column.Name) => ColumnType.Boolean,
            var type => type,
        };

    private static async IAsyncEnumerable<IReadOnlyList<object?[]>> BatchesAsync(
        ExportTable table,
        int[] changed,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        await foreach (var batch in table.Batches.WithCancellation(cancellationToken))
        {
            var rows = new object?[batch.Count][];
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = (object?[])batch[i].Clone();
                foreach (var column in changed)
                    rows[i][column] = Value(table.Columns[column].Name, rows[i][column]);
            }
            yield return rows;
        }
    }

    private static object? Value(string column, object? value) =>
        value switch
        {
            null => null,
            string text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? id
                : throw new InvalidCastException($"column {column} holds '{text}' among whole numbers"),
            0L => false,
            1L => true,
            _ => throw new InvalidCastException($"column {column} holds {value}, neither 0 nor 1"),
        };
}
