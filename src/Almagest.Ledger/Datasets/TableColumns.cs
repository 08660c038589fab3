using Almagest.Catalog.Stars;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Ledger.Datasets;

/// <summary>A column of a dataset's file in a table of its stars.</summary>
/// <param name="Name">the file's own, or one like it where ours has that</param>
/// <param name="IsOurs">it holds what the column of ours holds that <see cref="FileColumn.Field"/> names</param>
public sealed record TableColumn(string Name, FileColumn Column, bool IsOurs);

/// <summary>How tables of a dataset's stars name the columns of its file, behind ours: the same in TAP and in exports.</summary>
public static class TableColumns
{
    /// <summary>Most columns of a table, ours included.</summary>
    private const int Most = 600;

    /// <summary>Behind the name of a column of the file that is one of ours, or differs from another of the file by case alone.</summary>
    private const string OfFile = "_file";

    // Of a file whose load left no report: enough to know what its columns hold; a value that does not fit is null.
    private const int LookedAt = 500;
    private const int LongestName = 100;

    /// <param name="ours">the names of our columns</param>
    public static async Task<IReadOnlyList<TableColumn>> OfAsync(
        LedgerDatabase ledger,
        Dataset dataset,
        IReadOnlyCollection<string> ours,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(dataset);
        var file = FileColumns.Of(dataset) ?? await BesideAsync(ledger, dataset.DatasetId, cancellationToken);
        return [.. Named(file, ours).Take(Most - ours.Count)];
    }

    private static IEnumerable<TableColumn> Named(IReadOnlyList<FileColumn> file, IReadOnlyCollection<string> ours)
    {
        var names = new HashSet<string>(ours, StringComparer.OrdinalIgnoreCase);
        foreach (var column in file.Where(c => CanBeNamed(c.Report.Name)))
        {
            var isOurs = column.Field is { } field && column.Unit.Factor == 1 && ours.Contains(field);
            // One of ours under our name is there already.
            if (!isOurs || !column.Report.Name.Equals(column.Field, StringComparison.OrdinalIgnoreCase))
                yield return new TableColumn(Free(names, column.Report.Name), column, isOurs);
        }
    }

    private static bool CanBeNamed(string name) => name.Length is > 0 and <= LongestName && !name.Any(char.IsControl);

    private static string Free(HashSet<string> names, string name)
    {
        var free = names.Contains(name) ? name + OfFile : name;
        for (var i = 2; !names.Add(free); i++)
            free = $"{name}{OfFile}_{i}";
        return free;
    }

    private static Task<List<FileColumn>> BesideAsync(LedgerDatabase ledger, long datasetId, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select e.key, bool_and(jsonb_typeof(e.value) = 'number' and abs((case when jsonb_typeof(e.value) = 'number'
                      then e.value end)::numeric) < 9e15), bool_and(jsonb_typeof(e.value) = 'boolean')
                    from (select extra from public.stars where dataset_id = $1 order by star_id limit $2) s, jsonb_each(s.extra) e
                    where jsonb_typeof(s.extra) = 'object' and jsonb_typeof(e.value) <> 'null'
                    group by e.key order by e.key
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = datasetId },
                        new() { Value = LookedAt },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var found = new List<FileColumn>();
                while (await reader.ReadAsync(cancellationToken))
                {
                    var type =
                        reader.GetBoolean(1) ? "double"
                        : reader.GetBoolean(2) ? "boolean"
                        : "text";
                    found.Add(
                        new FileColumn(new ColumnReport(reader.GetString(0), type, null, null, null, 0, 0, null, null), null, default)
                    );
                }
                return found;
            },
            cancellationToken
        );
}
