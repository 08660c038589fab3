using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Catalog;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Npgsql;

namespace Almagest.Ledger.Export;

/// <summary>A dataset's stars, all or those of a selection, as a table to be written, streamed.</summary>
public sealed class SelectionExport(LedgerDatabase ledger)
{
    /// <param name="extra">with the other columns of the source table, under their names</param>
    /// <param name="limit">most stars; null = all</param>
    public async Task<ExportTable> TableAsync(
        Dataset dataset,
        StarFilter? filter = null,
        bool extra = false,
        long? limit = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(dataset);
        filter ??= StarFilter.All;
        filter.Validate();
        var columns = StarColumns.All.Select(Said(dataset)).ToList();
        var beside = extra ? await BesideAsync(dataset, cancellationToken) : [];
        var sql = new FileColumnSql();
        var selected = columns
            .Select(c => c.Name)
            .Concat(beside.Select(b => string.Format(CultureInfo.InvariantCulture, Selected(sql, b.Kind, b.Of), "s")))
            .ToList();
        var provenance = Provenance.Of(
            $"Stars of {dataset.Name}",
            $"{(limit is { } n ? $"the first {n} of " : "")}{filter.Describe()}, by star_id",
            dataset
        );
        provenance["selection"] = filter.Describe();
        provenance["filter"] = JsonNode.Parse(filter.ToJson());
        provenance["selection_hash"] = SelectionHash.Of([dataset], filter);
        var table = ColumnTable.Of(
            "stars",
            columns,
            provenance,
            QueryRows.ReadAsync(
                ledger,
                command =>
                {
                    var where = StarFilterSql.Where(command, dataset.DatasetId, filter);
                    var from = string.Format(CultureInfo.InvariantCulture, sql.Selected, [.. sql.Values.Select(v => Bind(command, v))]);
                    command.CommandText =
                        $"select {string.Join(", ", selected)} from (select {from} from public.stars s) s where {where} order by star_id";
                    if (limit is not { } most)
                        return;
                    command.CommandText += $" limit {Bind(command, most)}";
                },
                cancellationToken
            )
        );
        return table with
        {
            Columns = [.. table.Columns, .. beside.Select(b => b.OfTable)],
            AsInFile = beside.Select(b => b.OfTable.Name).ToHashSet(),
            Unicode = table.Unicode.Concat(beside.Where(b => b.Kind == ColumnType.Text).Select(b => b.OfTable.Name)).ToHashSet(),
            Narrow = (FileColumns.Of(dataset) ?? [])
                .Where(c => c.IsNarrow)
                .Select(c => c.Field!)
                .Concat(beside.Where(b => b.Of.Report.Type == FileColumn.Narrow).Select(b => b.OfTable.Name))
                .ToHashSet(),
            IntegerIds = await IntegerIds.ColumnsAsync(ledger, [dataset.DatasetId], cancellationToken),
        };
    }

    private sealed record Beside(ColumnType Kind, FileColumn Of, CatalogColumn OfTable);

    private async Task<List<Beside>> BesideAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        string[] ours = [.. StarColumns.All.Select(c => c.Name)];
        var file = await TableColumns.OfAsync(ledger, dataset, ours, cancellationToken);
        return
        [
            .. file.Where(c => c.Column.Field is null)
                .Select(c => new Beside(
                    Kind(c.Column.Report),
                    c.Column,
                    new CatalogColumn(
                        c.Name,
                        Kind(c.Column.Report),
                        c.Column.Report.Unit,
                        c.Column.OwnUcd?.Replace(";meta.main", "", StringComparison.Ordinal),
                        c.Column.Report.Description
                    )
                )),
        ];
    }

    private static ColumnType Kind(ColumnReport report) =>
        report.Type switch
        {
            "int64" => ColumnType.Int64,
            "double" or FileColumn.Narrow => ColumnType.Double,
            // With other texts among them, all are kept as texts.
            "boolean" when report.Odd == 0 => ColumnType.Boolean,
            _ => ColumnType.Text,
        };

    private static string Selected(FileColumnSql sql, ColumnType kind, FileColumn column) =>
        kind switch
        {
            ColumnType.Int64 => sql.Whole(column.Report.Name, column.Report.Odd > 0),
            ColumnType.Double => sql.Number(column.Report.Name),
            ColumnType.Boolean => sql.Truth(column.Report.Name),
            _ => sql.Text(column.Report.Name),
        };

    private static string Bind(NpgsqlCommand command, object value)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return string.Create(CultureInfo.InvariantCulture, $"${command.Parameters.Count}");
    }

    // The band is known to the file alone: our own word for a magnitude says that it is one.
    private static Func<Column, Column> Said(Dataset dataset)
    {
        var own = (FileColumns.Of(dataset) ?? [])
            .Where(c => c is { Field: StarField.Magnitude or StarField.Color, OwnUcd: not null })
            .ToDictionary(c => c.Field!, c => c.OwnUcd!);
        return column => own.TryGetValue(column.Name, out var ucd) ? column with { Ucd = ucd } : column;
    }
}
