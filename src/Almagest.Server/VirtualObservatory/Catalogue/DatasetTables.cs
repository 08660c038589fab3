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

    private readonly ConcurrentDictionary<long, DatasetTable> _known = [];

    /// <exception cref="NpgsqlException">the database has trouble</exception>
    public async Task<DatasetTable> OfAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        if (
            _known.TryGetValue(dataset.DatasetId, out var table)
            && (table.Of.Name, table.Of.ColumnMapping, table.Of.Source, table.Of.ReferenceEpoch)
                == (dataset.Name, dataset.ColumnMapping, dataset.Source, dataset.ReferenceEpoch)
        )
            return table;
        var integers = await IntegerIds.OfAsync(ledger, [dataset], cancellationToken);
        var columns = LedgerTables.StarColumns(integers ? [dataset.DatasetId] : null, dataset.ReferenceEpoch).ToList();
        var file = await TableColumns.OfAsync(ledger, dataset, columns.ConvertAll(c => c.Name), cancellationToken);
        var published = Table(dataset, columns, file);
        return _known[dataset.DatasetId] = new DatasetTable(
            dataset,
            integers,
            published with
            {
                Somewhere = await SomewhereAsync(dataset.DatasetId, cancellationToken),
            }
        );
    }

    private static PublishedTable Table(Dataset dataset, List<PublishedColumn> columns, IReadOnlyList<TableColumn> file)
    {
        var sql = new FileColumnSql();
        var ours = columns.ToDictionary(c => c.Name);
        foreach (var (name, column, isOurs) in file)
            columns.Add(isOurs ? Same(ours[column.Field!], name, column) : Own(sql, name, column, dataset.ReferenceEpoch));
        object[] values = [.. sql.Values, dataset.DatasetId];
        return new PublishedTable(
            Schema,
            dataset.Name,
            $"The stars of the dataset {dataset.Name}",
            new PublishedRows($"(select {sql.Selected} from public.stars s where s.dataset_id = {{{values.Length - 1}}})", values),
            columns,
            new SkyIndex(StarField.RaDeg, StarField.DecDeg, LedgerTables.Cell)
        );
    }

    // One of ours under another name.
    private static PublishedColumn Same(PublishedColumn ours, string name, FileColumn column) =>
        ours with
        {
            Name = name,
            SameAs = ours.Name,
            Ucd = (column.OwnUcd ?? ours.Ucd)?.Replace(";meta.main", "", StringComparison.Ordinal),
            Description = $"{column.Report.Description ?? ours.Description}: {ours.Name} under the name that the file has for it",
            Principal = false,
        };

    private static PublishedColumn Own(FileColumnSql sql, string name, FileColumn column, double? epoch)
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
            name,
            type,
            value,
            report.Unit,
            column.OwnUcd?.Replace(";meta.main", "", StringComparison.Ordinal),
            report.Description ?? (column.Field is { } field ? $"{field} in the unit of the file" : "as the file has it")
        )
        {
            Epoch = column.Field is null ? null : epoch,
            IsAsInFile = column.Field is null,
            MayHaveUnicode = type == PublishedType.Text,
            IsTruth = type == PublishedType.Text && report.Type == "boolean",
        };
    }

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
}

/// <summary>A dataset as it is published.</summary>
/// <param name="HasIntegerIds">its source_id is a whole number</param>
internal sealed record DatasetTable(Dataset Of, bool HasIntegerIds, PublishedTable Table);
