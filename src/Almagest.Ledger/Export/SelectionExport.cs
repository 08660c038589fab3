using System.Text.Json.Nodes;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;

namespace Almagest.Ledger.Export;

/// <summary>A dataset's stars, all or those of a selection, as a table to be written, streamed.</summary>
public sealed class SelectionExport(LedgerDatabase ledger)
{
    /// <param name="extra">with the other columns of the source table, as one column of JSON</param>
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
        var columns = (extra ? [.. StarColumns.All, StarColumns.Extra] : StarColumns.All).Select(Said(dataset)).ToList();
        var provenance = Provenance.Of(
            $"Stars of {dataset.Name}",
            $"{(limit is { } n ? $"the first {n} of " : "")}{filter.Describe()}, by star_id",
            dataset
        );
        provenance["selection"] = filter.Describe();
        provenance["filter"] = JsonNode.Parse(filter.ToJson());
        provenance["selection_hash"] = SelectionHash.Of([dataset], filter);
        return ColumnTable.Of(
            "stars",
            columns,
            provenance,
            QueryRows.ReadAsync(
                ledger,
                command =>
                {
                    var where = StarFilterSql.Where(command, dataset.DatasetId, filter);
                    command.CommandText =
                        $"select {string.Join(", ", columns.Select(c => c.Name))} from public.stars where {where} order by star_id";
                    if (limit is not { } most)
                        return;
                    command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = most });
                    command.CommandText += $" limit ${command.Parameters.Count}";
                },
                cancellationToken
            )
        ) with
        {
            Narrow = (FileColumns.Of(dataset) ?? []).Where(c => c.IsNarrow).Select(c => c.Field!).ToHashSet(),
            IntegerIds = await IntegerIds.ColumnsAsync(ledger, [dataset.DatasetId], cancellationToken),
        };
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
