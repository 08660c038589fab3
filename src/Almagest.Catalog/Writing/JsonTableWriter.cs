using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Almagest.Catalog.Binary;

namespace Almagest.Catalog.Writing;

/// <summary>Writes a table as one JSON object: <c>provenance</c>, <c>columns</c> (name, type, what a text holds as
/// <c>xtype</c>: <c>timestamp</c>, <c>json</c>, or <c>int64</c> for ids that are whole numbers; unit, ucd, description) and
/// <c>rows</c>, one object each; <c>truncated</c> where it was cut off.</summary>
internal static class JsonTableWriter
{
    public static async Task<long> WriteAsync(
        ExportTable table,
        Stream stream,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WritePropertyName("provenance");
        table.Provenance.WriteTo(json);
        json.WriteStartArray("columns");
        foreach (var column in table.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("type", column.Type.ToString().ToLowerInvariant());
            json.WriteString("xtype", XType(table, column.Name));
            json.WriteString("unit", column.Unit);
            json.WriteString("ucd", column.Ucd);
            json.WriteString("description", column.Description);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("rows");
        var names = table.Columns.Select(c => JsonEncodedText.Encode(c.Name)).ToArray();
        var narrow = table.Columns.Select(c => table.Narrow.Contains(c.Name)).ToArray();
        long rows = 0;
        await foreach (var batch in table.Batches.WithCancellation(cancellationToken))
        {
            foreach (var row in batch)
            {
                json.WriteStartObject();
                for (var i = 0; i < names.Length; i++)
                    Write(json, names[i], row[i], narrow[i]);
                json.WriteEndObject();
            }
            await DrainAsync(json, buffer, stream, cancellationToken);
            rows += batch.Count;
            progress?.Report(rows);
        }
        json.WriteEndArray();
        if (table.IsCutOff?.Invoke() == true)
            json.WriteBoolean("truncated", true);
        json.WriteEndObject();
        await DrainAsync(json, buffer, stream, cancellationToken);
        await stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
        return rows;
    }

    private static string? XType(ExportTable table, string column) =>
        table.JsonTexts.Contains(column) ? "json"
        : table.IntegerIds.Contains(column) ? "int64"
        : table.XTypes.GetValueOrDefault(column);

    private static void Write(Utf8JsonWriter json, JsonEncodedText name, object? value, bool isNarrow)
    {
        switch (value)
        {
            case string text:
                json.WriteString(name, text);
                break;
            case long whole:
                json.WriteNumber(name, whole);
                break;
            case double number when isNarrow && NarrowFloat.Is(number):
                json.WriteNumber(name, (float)number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            case bool truth:
                json.WriteBoolean(name, truth);
                break;
            default:
                json.WriteNull(name);
                break;
        }
    }

    private static async Task DrainAsync(
        Utf8JsonWriter json,
        ArrayBufferWriter<byte> buffer,
        Stream stream,
        CancellationToken cancellationToken
    )
    {
        json.Flush();
        await stream.WriteAsync(buffer.WrittenMemory, cancellationToken);
        buffer.ResetWrittenCount();
    }
}
