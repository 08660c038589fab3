using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Almagest.Catalog.Writing;

/// <summary>
/// Writes a table as VOTable 1.4 (https://www.ivoa.net/documents/VOTable/20191021/), as TABLEDATA or as BINARY2: one RESOURCE of type
/// <c>results</c> with QUERY_STATUS (DALI 1.1, section 4.4), the provenance as INFOs, and one TABLE. Missing numbers and truths are empty
/// cells, masked in BINARY2; only BINARY2 keeps a missing text apart from an empty one.
/// </summary>
internal static class VoTableWriter
{
    private const int DrainBytes = 1 << 16;

    // 48 bytes are 64 characters of base64; lines of 4096.
    private const int LineBytes = 3072;

    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<long> WriteAsync(
        ExportTable table,
        Stream stream,
        bool binary,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        var xml = new ByteSink();
        Open(table, xml);
        xml.Add("<DATA>\n"u8);
        xml.Add(binary ? "<BINARY2>\n<STREAM encoding=\"base64\">\n"u8 : "<TABLEDATA>\n"u8);
        await xml.DrainAsync(stream, cancellationToken);
        var row = new VoTableRow(table);
        var raw = new ByteSink();
        long rows = 0;
        await foreach (var batch in table.Batches.WithCancellation(cancellationToken))
        {
            foreach (var values in batch)
            {
                if (binary)
                    row.AddBinary(values, raw);
                else
                    row.AddCells(values, xml);
                if (raw.Length >= DrainBytes)
                    AddLines(raw, xml);
                if (xml.Length >= DrainBytes)
                    await xml.DrainAsync(stream, cancellationToken);
            }
            AddLines(raw, xml);
            await xml.DrainAsync(stream, cancellationToken);
            rows += batch.Count;
            progress?.Report(rows);
        }
        if (raw.Length > 0)
            AddLine(raw.Written, xml);
        xml.Add(binary ? "</STREAM>\n</BINARY2>\n"u8 : "</TABLEDATA>\n"u8);
        xml.Add("</DATA>\n</TABLE>\n"u8);
        for (var i = 0; i < row.Changed.Length; i++)
        {
            if (row.Changed[i] == 0)
                continue;
            var loss =
                $"{table.Columns[i].Name}: {row.Changed[i]} texts had characters beyond ASCII, which char of BINARY2 does not know; "
                + $"each is written as ?";
            table.Losses.Add(loss);
            Info(xml, "warning", loss);
        }
        if (table.IsCutOff?.Invoke() == true)
            Info(xml, "QUERY_STATUS", "OVERFLOW", "The table was cut off at the limit of rows that was asked for or allowed.");
        xml.Add("</RESOURCE>\n</VOTABLE>\n"u8);
        await xml.DrainAsync(stream, cancellationToken);
        return rows;
    }

    /// <summary>A document with the columns and metadata, without rows.</summary>
    public static string Describe(ExportTable table)
    {
        var xml = new ByteSink();
        Open(table, xml);
        xml.Add("</TABLE>\n</RESOURCE>\n</VOTABLE>\n"u8);
        return Encoding.UTF8.GetString(xml.Written);
    }

    private static void Open(ExportTable table, ByteSink xml)
    {
        xml.Add(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"
              xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
              xsi:schemaLocation="http://www.ivoa.net/xml/VOTable/v1.3 http://www.ivoa.net/xml/VOTable/v1.3">
            <RESOURCE type="results">

            """u8
        );
        Info(xml, "QUERY_STATUS", "OK");
        foreach (var (name, value) in table.Provenance)
        {
            if (value is not null)
                Info(xml, name, value is JsonValue v && v.TryGetValue(out string? text) ? text : value.ToJsonString(s_readable));
        }
        if (table.System is { } system)
        {
            xml.Add("<COOSYS ID=\"icrs\""u8);
            Attribute(xml, "system", system.Name);
            Attribute(xml, "epoch", system.Epoch);
            xml.Add("/>\n"u8);
        }
        xml.Add("<TABLE name=\""u8);
        xml.AddXml(table.Name);
        xml.Add("\">\n"u8);
        if (table.Provenance["title"] is JsonValue title && title.TryGetValue(out string? words))
            Description(xml, words);
        foreach (var column in table.Columns)
            Field(table, column, xml);
    }

    private static void Field(ExportTable table, CatalogColumn column, ByteSink xml)
    {
        xml.Add("<FIELD"u8);
        Attribute(xml, "name", column.Name);
        var size = table.ArraySizes.GetValueOrDefault(column.Name);
        xml.Add(
            column.Type switch
            {
                ColumnType.Int64 => table.Int32.Contains(column.Name) ? " datatype=\"int\""u8 : " datatype=\"long\""u8,
                ColumnType.Double => " datatype=\"double\""u8,
                ColumnType.Boolean => " datatype=\"boolean\""u8,
                _ when size is not null => " datatype=\"double\""u8,
                _ => table.Unicode.Contains(column.Name)
                    ? " datatype=\"unicodeChar\" arraysize=\"*\""u8
                    : " datatype=\"char\" arraysize=\"*\""u8,
            }
        );
        Attribute(xml, "arraysize", size);
        Attribute(xml, "xtype", table.XTypes.GetValueOrDefault(column.Name));
        Attribute(xml, "unit", column.Unit);
        Attribute(xml, "ucd", column.Ucd);
        if (table.IsOnSky(column))
            Attribute(xml, "ref", "icrs");
        if (column.Description is not { } words)
        {
            xml.Add("/>\n"u8);
            return;
        }
        xml.Add(">\n"u8);
        Description(xml, words);
        xml.Add("</FIELD>\n"u8);
    }

    private static void Attribute(ByteSink xml, string name, string? value)
    {
        if (value is null)
            return;
        xml.Add((byte)' ');
        xml.AddText(name);
        xml.Add("=\""u8);
        xml.AddXml(value);
        xml.Add((byte)'"');
    }

    private static void Description(ByteSink xml, string words)
    {
        xml.Add("<DESCRIPTION>"u8);
        xml.AddXml(words);
        xml.Add("</DESCRIPTION>\n"u8);
    }

    private static void Info(ByteSink xml, string name, string value, string? content = null)
    {
        xml.Add("<INFO"u8);
        Attribute(xml, "name", name);
        Attribute(xml, "value", value);
        xml.Add((byte)'>');
        xml.AddXml(content);
        xml.Add("</INFO>\n"u8);
    }

    private static void AddLines(ByteSink raw, ByteSink xml)
    {
        var whole = raw.Length / LineBytes * LineBytes;
        for (var at = 0; at < whole; at += LineBytes)
            AddLine(raw.Written.Slice(at, LineBytes), xml);
        raw.DropFirst(whole);
    }

    private static void AddLine(ReadOnlySpan<byte> bytes, ByteSink xml)
    {
        Base64.EncodeToUtf8(bytes, xml.Zeros(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out _);
        xml.Add((byte)'\n');
    }
}
