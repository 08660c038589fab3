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
            if (kind == RecordKind.Blank || Line().Match(Cell.Text(tokens.Field(0))) is not { Success: true } m)
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
            var text = m.Groups["text"].Value.Trim();
            columns.Add(
                new TextColumn(
                    m.Groups["name"].Value,
                    m.Groups["unit"].Success ? m.Groups["unit"].Value.Trim() : null,
                    Description: text.Length > 0 ? text : null
                )
            );
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

    [GeneratedRegex(
        @"^#\s*(?<n>[0-9]{1,6})\s+(?<name>\S+)(\s+(?<text>.*?))?\s*(\[(?<unit>[^\[\]]*(\[[^\]]*\])?[^\[\]]*)\])?\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex Line();
}
