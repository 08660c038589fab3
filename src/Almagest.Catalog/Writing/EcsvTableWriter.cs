using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Almagest.Catalog.Writing;

/// <summary>
/// Writes a table as ECSV 1.0 with commas (APE 6, https://github.com/astropy/astropy-APEs/blob/main/APE6.rst): a CSV table behind comment
/// lines that hold a YAML document. astropy and TOPCAT read types, units and metadata from it. Without those lines it is plain CSV.
/// </summary>
internal static class EcsvTableWriter
{
    // JSON is YAML 1.2 in its flow style, as long as no character is written as a pair of surrogate escapes.
    private static readonly JsonSerializerOptions s_flow = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<long> WriteAsync(
        ExportTable table,
        Stream stream,
        bool bare,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        using var buffer = new MemoryStream();
        using var text = new StreamWriter(buffer, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 14) { NewLine = "\n" };
        using var csv = new CsvTableWriter(text, leaveOpen: true);
        if (!bare)
            WriteHeader(table, text);
        csv.WriteHeader(table.Columns.Select(c => c.Name).ToArray());
        await DrainAsync(text, buffer, stream, cancellationToken);
        var narrow = table.Columns.Select(c => table.Narrow.Contains(c.Name)).ToArray();
        long rows = 0;
        await foreach (var batch in table.Batches.WithCancellation(cancellationToken))
        {
            foreach (var row in batch)
            {
                for (var i = 0; i < narrow.Length; i++)
                {
                    var value = row[i];
                    if (value is string word)
                        csv.Write(word);
                    else if (value is double number)
                        csv.Write(number, narrow[i]);
                    else if (value is long whole)
                        csv.Write(whole);
                    // As astropy writes and reads them.
                    else
                        csv.Write(
                            value is bool truth
                                ? truth
                                    ? "True"
                                    : "False"
                                : null
                        );
                }
                csv.EndRow();
            }
            await DrainAsync(text, buffer, stream, cancellationToken);
            rows += batch.Count;
            progress?.Report(rows);
        }
        return rows;
    }

    private static void WriteHeader(ExportTable table, StreamWriter text)
    {
        text.WriteLine("# %ECSV 1.0");
        text.WriteLine("# ---");
        text.WriteLine("# delimiter: ','");
        text.WriteLine("# datatype:");
        foreach (var column in table.Columns)
        {
            var type = table.Narrow.Contains(column.Name) ? "float32" : TypeName(column.Type);
            var described = new List<string> { $"name: {Scalar(column.Name)}", $"datatype: {type}" };
            if (column.Unit is { } unit)
                described.Add($"unit: {Scalar(unit)}");
            if (column.Description is { } words)
                described.Add($"description: {Scalar(words)}");
            if (column.Ucd is { } ucd)
                described.Add($"meta: {{ucd: {Scalar(ucd)}}}");
            text.WriteLine($"# - {{{string.Join(", ", described)}}}");
        }
        // An ordered map without entries is not a map to astropy.
        var meta = table.Provenance.Concat(System(table)).ToList();
        if (meta.Count > 0)
            text.WriteLine("# meta: !!omap");
        foreach (var (name, value) in meta)
            text.WriteLine($"# - {name}: {Yaml(value)}");
        text.WriteLine("# schema: astropy-2.0");
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> System(ExportTable table)
    {
        if (table.System is not { } system)
            yield break;
        yield return new(CoordinateSystem.ReferenceFrame, system.Name);
        if (table.Epoch is { } year)
            yield return new(CoordinateSystem.ReferenceEpoch, year);
    }

    private static string Scalar(string text) => Yaml(JsonValue.Create(text));

    // YAML wants a blank after the colon of a pair; escaped surrogates it does not know.
    private static string Yaml(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return "null";
            case JsonObject pairs:
                return "{" + string.Join(", ", pairs.Select(p => $"{Scalar(p.Key)}: {Yaml(p.Value)}")) + "}";
            case JsonArray items:
                return "[" + string.Join(", ", items.Select(Yaml)) + "]";
            default:
                var json = node.ToJsonString(s_flow);
                // A number such as 1e-05 is text to YAML 1.1 unless it has a point.
                if (node.GetValueKind() == JsonValueKind.Number)
                    return YamlNumber(json);
                return json.Contains("\\u", StringComparison.Ordinal) ? Unescape(json) : json;
        }
    }

    private static string YamlNumber(string json)
    {
        var exponent = json.AsSpan().IndexOfAny('e', 'E');
        if (exponent < 0)
            return json;
        var sign = json[exponent + 1] is '+' or '-' ? "" : "+";
        return (json.AsSpan(0, exponent).Contains('.') ? json[..exponent] : json[..exponent] + ".0") + "e" + sign + json[(exponent + 1)..];
    }

    private static string Unescape(string json)
    {
        var text = new StringBuilder();
        foreach (var rune in JsonSerializer.Deserialize<string>(json)!.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\')
                text.Append('\\').Append((char)rune.Value);
            else if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 or 0xFEFF)
                text.Append($"\\u{rune.Value:X4}");
            else
                text.Append(rune.ToString());
        }
        return $"\"{text}\"";
    }

    private static string TypeName(ColumnType type) =>
        type switch
        {
            ColumnType.Int64 => "int64",
            ColumnType.Double => "float64",
            ColumnType.Boolean => "bool",
            _ => "string",
        };

    private static async Task DrainAsync(StreamWriter text, MemoryStream buffer, Stream stream, CancellationToken cancellationToken)
    {
        text.Flush();
        await stream.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken);
        buffer.SetLength(0);
    }
}
