using System.Collections.Concurrent;
using Almagest.Adql.Schema;
using Almagest.Catalog.Mapping;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Server.VirtualObservatory.Catalogue;

/// <summary>
/// The schema <c>dataset</c>: each dataset's stars as a table of its name, our columns first, then the file's own under their names, in
/// their units. What is written about a dataset hardly ever changes, so what its columns are is found out once.
/// </summary>
internal sealed class DatasetTables(LedgerDatabase ledger)
{
    public const string Schema = "dataset";

    /// <summary>Behind the name of a column of the file that is one of ours, or differs from another of the file by case alone.</summary>
    private const string OfFile = "_file";

    // Of a file whose load left no report: enough to know what its columns hold; a value that does not fit is null.
    private const int LookedAt = 500;
    private const int MostColumns = 600;
    private const int LongestName = 100;

    private readonly ConcurrentDictionary<long, DatasetTable> _known = [];

    /// <exception cref="NpgsqlException">the database has trouble</exception>
    public async Task<DatasetTable> OfAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        if (
            _known.TryGetValue(dataset.DatasetId, out var table)
            && (table.Of.Name, table.Of.ColumnMapping, table.Of.Source) == (dataset.Name, dataset.ColumnMapping, dataset.Source)
        )
            return table;
        var integers = await IntegerIds.OfAsync(ledger, [dataset], cancellationToken);
        var published = FileColumns.Of(dataset) is { } file
            ? Table(dataset, integers, file)
            : Table(dataset, integers, await BesideAsync(dataset.DatasetId, cancellationToken));
        return _known[dataset.DatasetId] = new DatasetTable(
            dataset,
            integers,
            published with
            {
                Somewhere = await SomewhereAsync(dataset.DatasetId, cancellationToken),
            }
        );
    }

    private static PublishedTable Table(Dataset dataset, bool integers, IReadOnlyList<FileColumn> file)
    {
        var sql = new FileColumnSql(dataset.DatasetId);
        var columns = LedgerTables.StarColumns(integers ? [dataset.DatasetId] : null).ToList();
        var ours = columns.ToDictionary(c => c.Name);
        var names = new HashSet<string>(ours.Keys, StringComparer.OrdinalIgnoreCase);
        foreach (var column in file)
        {
            if (columns.Count == MostColumns || !CanBeNamed(column.Report.Name))
                continue;
            if (column.Field is { } field && ours.TryGetValue(field, out var same) && column.Unit.Factor == 1)
            {
                // One of ours under another name, and nothing new under its own.
                if (!column.Report.Name.Equals(field, StringComparison.OrdinalIgnoreCase))
                    columns.Add(
                        same with
                        {
                            Name = Free(names, column.Report.Name),
                            SameAs = field,
                            Ucd = (column.OwnUcd ?? same.Ucd)?.Replace(";meta.main", "", StringComparison.Ordinal),
                            Description =
                                $"{column.Report.Description ?? same.Description}: {field} under the name that the file has for it",
                            Principal = false,
                        }
                    );
                continue;
            }
            columns.Add(Own(sql, names, column));
        }
        return Of(dataset, sql.Rows, columns);
    }

    private static PublishedColumn Own(FileColumnSql sql, HashSet<string> names, FileColumn column)
    {
        var report = column.Report;
        var (type, value) = (column.Field, report.Type) switch
        {
            (not null, _) => (PublishedType.Double, sql.Field(column)),
            (_, "int64") => (PublishedType.Integer, sql.Whole(report.Name, report.Odd > 0)),
            (_, "double" or "float") => (PublishedType.Double, sql.Number(report.Name)),
            _ => (PublishedType.Text, sql.Text(report.Name)),
        };
        return new PublishedColumn(
            Free(names, report.Name),
            type,
            value,
            report.Unit,
            column.OwnUcd?.Replace(";meta.main", "", StringComparison.Ordinal),
            report.Description ?? (column.Field is { } field ? $"{field} in the unit of the file" : "as the file has it")
        )
        {
            MayHaveUnicode = type == PublishedType.Text,
            IsTruth = type == PublishedType.Text && report.Type == "boolean",
        };
    }

    private static PublishedTable Table(Dataset dataset, bool integers, List<Beside> beside)
    {
        var sql = new FileColumnSql(dataset.DatasetId);
        var columns = LedgerTables.StarColumns(integers ? [dataset.DatasetId] : null).ToList();
        var names = columns.Select(c => c.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, isNumber, isTruth) in beside.Where(b => CanBeNamed(b.Key)).Take(MostColumns - columns.Count))
            columns.Add(
                new PublishedColumn(
                    Free(names, key),
                    isNumber ? PublishedType.Double : PublishedType.Text,
                    isNumber ? sql.Number(key) : sql.Text(key),
                    Description: "as the source table has it"
                )
                {
                    MayHaveUnicode = !isNumber,
                    IsTruth = isTruth,
                }
            );
        return Of(dataset, sql.Rows, columns);
    }

    private static PublishedTable Of(Dataset dataset, PublishedRows rows, IReadOnlyList<PublishedColumn> columns) =>
        new(
            Schema,
            dataset.Name,
            $"The stars of the dataset {dataset.Name}",
            rows,
            columns,
            new SkyIndex(StarField.RaDeg, StarField.DecDeg, LedgerTables.Cell)
        );

    private static bool CanBeNamed(string name) => name.Length is > 0 and <= LongestName && !name.Any(char.IsControl);

    private static string Free(HashSet<string> names, string name)
    {
        var free = names.Contains(name) ? name + OfFile : name;
        for (var i = 2; !names.Add(free); i++)
            free = $"{name}{OfFile}_{i}";
        return free;
    }

    private sealed record Beside(string Key, bool IsNumber, bool IsTruth);

    private async Task<(double, double)?> SomewhereAsync(long datasetId, CancellationToken cancellationToken)
    {
        await using var connection = await ledger.ConnectAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "select ra_deg, dec_deg from public.stars where dataset_id = $1 order by healpix_29 limit 1",
            connection
        )
        {
            Parameters = { new() { Value = datasetId } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetDouble(0), reader.GetDouble(1)) : null;
    }

    private async Task<List<Beside>> BesideAsync(long datasetId, CancellationToken cancellationToken)
    {
        await using var connection = await ledger.ConnectAsync(cancellationToken);
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
        var found = new List<Beside>();
        while (await reader.ReadAsync(cancellationToken))
            found.Add(new Beside(reader.GetString(0), reader.GetBoolean(1), reader.GetBoolean(2)));
        return found;
    }
}

/// <summary>A dataset as it is published.</summary>
/// <param name="HasIntegerIds">its source_id is a whole number</param>
internal sealed record DatasetTable(Dataset Of, bool HasIntegerIds, PublishedTable Table);
