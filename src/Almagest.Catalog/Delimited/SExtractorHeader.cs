using System.Globalization;
using System.Text.RegularExpressions;
using Almagest.Catalog.Input;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.Delimited;

/// <summary>
/// SExtractor's ASCII_HEAD (https://sextractor.readthedocs.io, "Output catalog"): a comment line a column, such as
/// <c># 5 ALPHA_J2000 text [deg]</c>. Numbers that are left out, and fields beyond the last, are further values of the column before.
/// </summary>
internal static partial class SExtractorHeader
{
    private const int MaxColumns = 20_000;

    /// <summary>Bytes of a line that describes a column; a longer one is another comment.</summary>
    private const int MaxLine = 4000;

    /// <returns>null where the comments above the first row are not such lines</returns>
    public static TextTable? TryRead(CatalogInput input, CatalogOpenOptions options)
    {
        if (!input.Sample.Span.StartsWith("#"u8))
            return null;
        var tokens = new RecordTokenizer(
            new MemoryStream(input.Sample.ToArray(), writable: false),
            RecordTokenizer.Whitespace,
            maxRecordBytes: options.MaxRowBytes
        );
        var columns = new List<TextColumn>();
        var numbers = new List<int>();
        RecordKind kind;
        long start = 0;
        while ((kind = tokens.Read()) is RecordKind.Comment or RecordKind.Blank)
        {
            start = tokens.Consumed;
            if (
                kind == RecordKind.Blank
                || tokens.Field(0).Length > MaxLine
                || Line().Match(Cell.Text(tokens.Field(0))) is not { Success: true } m
            )
                continue;
            if (
                !int.TryParse(m.Groups["n"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number > MaxColumns
            )
                return null;
            // The first is column 1, and they ascend.
            if (numbers.Count == 0 ? number != 1 : number <= numbers[^1])
                return null;
            numbers.Add(number);
            var (text, unit) = Split(m.Groups["rest"].Value.Trim());
            columns.Add(new TextColumn(m.Groups["name"].Value, unit, Description: text));
        }
        if (columns.Count < 2 || kind != RecordKind.Row || tokens.FieldCount < numbers[^1] || tokens.FieldCount > MaxColumns)
            return null;
        var all = new List<TextColumn>();
        for (var i = 0; i < columns.Count; i++)
        {
            var behind = i + 1 < numbers.Count ? numbers[i + 1] : tokens.FieldCount + 1;
            for (var k = numbers[i]; k < behind; k++)
                all.Add(k == numbers[i] ? columns[i] : columns[i] with { Name = $"{columns[i].Name}_{k - numbers[i]}" });
        }
        var names = ColumnNames.Distinct(all.Select(c => c.Name).ToArray());
        return new TextTable
        {
            Format = "SExtractor ASCII_HEAD",
            Delimiter = RecordTokenizer.Whitespace,
            Columns = all.Select((c, i) => c with { Name = names[i] }).ToArray(),
            DataOffset = (int)start,
            DataLine = tokens.RecordLine,
            Metadata = new Dictionary<string, string> { ["header"] = "in comment lines" },
        };
    }

    /// <summary>The words of a line, and the unit between the brackets at its end.</summary>
    private static (string? Text, string? Unit) Split(string rest)
    {
        var open = rest.Length;
        if (rest.EndsWith(']'))
        {
            var depth = 0;
            do depth +=
                rest[--open] == ']' ? 1
                : rest[open] == '[' ? -1
                : 0;
            while (depth > 0 && open > 0);
            if (depth > 0)
                open = rest.Length;
        }
        var text = rest[..open].Trim();
        var unit = open < rest.Length ? rest[(open + 1)..^1].Trim() : "";
        return (text.Length > 0 ? text : null, unit.Length > 0 ? unit : null);
    }

    [GeneratedRegex(@"^#\s*(?<n>[0-9]{1,6})\s+(?<name>\S+)(?<rest>.*)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
