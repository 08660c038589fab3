using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parquet;
using Parquet.Schema;

namespace Almagest.Catalog.Writing;

/// <summary>
/// Writes a table as Apache Parquet (https://parquet.apache.org/docs/file-format/): every column nullable, one row group for about
/// <see cref="GroupRows"/> rows. Each entry of the provenance is a key-value pair of the file, objects as JSON; <c>columns</c> holds the
/// columns' units, UCDs and descriptions as JSON, which are also metadata of each column chunk; <c>IVOA.VOTable-Parquet.content</c> holds
/// them as a VOTable without rows (https://www.ivoa.net/documents/Notes/VOParquet/).
/// </summary>
internal static class ParquetTableWriter
{
    /// <summary>What is in memory at once, and what a reader can skip or fetch at once.</summary>
    public const int GroupRows = 50_000;

    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<long> WriteAsync(
        ExportTable table,
        Stream stream,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        var fields = table.Columns.Select(Field).ToArray();
        // The library writes in small pieces and not always asynchronously; what it has written goes on after each row group.
        await using var buffered = new BufferedWriteStream(stream);
        long rows = 0;
        var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), buffered, cancellationToken: cancellationToken);
        await using (writer)
        {
            writer.CustomMetadata = Metadata(table);
            var group = new List<object?[]>();
            await foreach (var batch in table.Batches.WithCancellation(cancellationToken))
            {
                group.AddRange(batch);
                if (group.Count < GroupRows)
                    continue;
                await WriteGroupAsync(writer, table, fields, group, cancellationToken);
                await buffered.DrainAsync(cancellationToken);
                rows += group.Count;
                progress?.Report(rows);
                group.Clear();
            }
            if (group.Count > 0 || rows == 0)
            {
                await WriteGroupAsync(writer, table, fields, group, cancellationToken);
                rows += group.Count;
                progress?.Report(rows);
            }
            if (table.IsCutOff?.Invoke() == true)
                writer.CustomMetadata = new Dictionary<string, string>(writer.CustomMetadata) { ["truncated"] = "true" };
        }
        await buffered.DrainAsync(cancellationToken);
        return rows;
    }

    /// <summary>A file of the same columns and metadata without rows, as <c>_common_metadata</c> is.</summary>
    public static async Task WriteSchemaAsync(ExportTable table, Stream stream, CancellationToken cancellationToken)
    {
        await using var buffered = new BufferedWriteStream(stream);
        var schema = new ParquetSchema(table.Columns.Select(Field).ToArray());
        var writer = await ParquetWriter.CreateAsync(schema, buffered, cancellationToken: cancellationToken);
        await using (writer)
            writer.CustomMetadata = Metadata(table);
        await buffered.DrainAsync(cancellationToken);
    }

    private static async Task WriteGroupAsync(
        ParquetWriter writer,
        ExportTable table,
        DataField[] fields,
        List<object?[]> rows,
        CancellationToken cancellationToken
    )
    {
        using var group = writer.CreateRowGroup();
        for (var i = 0; i < fields.Length; i++)
        {
            var about = About(table.Columns[i]);
            switch (table.Columns[i].Type)
            {
                case ColumnType.Int64:
                    await group.WriteAsync<long>(fields[i], Values<long>(rows, i), null, about, cancellationToken);
                    break;
                case ColumnType.Double:
                    await group.WriteAsync<double>(fields[i], Values<double>(rows, i), null, about, cancellationToken);
                    break;
                case ColumnType.Boolean:
                    await group.WriteAsync<bool>(fields[i], Values<bool>(rows, i), null, about, cancellationToken);
                    break;
                default:
                    var column = i;
                    await group.WriteAsync(fields[i], rows.ConvertAll(r => (string?)r[column])!);
                    break;
            }
        }
    }

    private static ReadOnlyMemory<T?> Values<T>(List<object?[]> rows, int column)
        where T : struct
    {
        var values = new T?[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = (T?)rows[i][column];
        return values;
    }

    private static DataField Field(CatalogColumn column) =>
        column.Type switch
        {
            ColumnType.Int64 => new DataField<long?>(column.Name),
            ColumnType.Double => new DataField<double?>(column.Name),
            ColumnType.Boolean => new DataField<bool?>(column.Name),
            _ => new DataField<string>(column.Name),
        };

    internal static Dictionary<string, string> About(CatalogColumn column)
    {
        var about = new Dictionary<string, string>();
        if (column.Unit is { } unit)
            about["unit"] = unit;
        if (column.Ucd is { } ucd)
            about["ucd"] = ucd;
        if (column.Description is { } words)
            about["description"] = words;
        return about;
    }

    internal static Dictionary<string, string> Metadata(ExportTable table)
    {
        var pairs = table
            .Provenance.Where(p => p.Value is not null)
            .ToDictionary(
                p => p.Key,
                p => p.Value is JsonValue v && v.TryGetValue(out string? text) ? text : p.Value!.ToJsonString(s_readable)
            );
        var columns = new JsonArray([
            .. table.Columns.Select(c => new JsonObject
            {
                ["name"] = c.Name,
                ["unit"] = c.Unit,
                ["ucd"] = c.Ucd,
                ["description"] = c.Description,
            }),
        ]);
        pairs["columns"] = columns.ToJsonString(s_readable);
        pairs["IVOA.VOTable-Parquet.version"] = "1.0";
        pairs["IVOA.VOTable-Parquet.content"] = VoTableWriter.Describe(table);
        return pairs;
    }
}
