using System.Globalization;
using System.Text.RegularExpressions;

namespace Almagest.Catalog.FixedWidth;

/// <summary>One "Byte-by-byte Description" of a CDS ReadMe or of an AAS machine-readable table.</summary>
/// <param name="Files">the files it describes, as written; <c>*</c> and <c>?</c> are wildcards</param>
/// <param name="End">the line of the rule that closes it</param>
internal sealed record CdsTable(IReadOnlyList<string> Files, IReadOnlyList<FixedColumn> Columns, int End = 0)
{
    /// <summary>Does it describe a file of that name? A <c>.gz</c> at its end does not matter.</summary>
    public bool Describes(string file)
    {
        if (file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            file = file[..^3];
        return Files.Any(f => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(f, file, ignoreCase: true));
    }
}

/// <summary>
/// Reads the byte-by-byte descriptions of the "Standards for Astronomical Catalogues" of the CDS (version 2.0,
/// https://cds.unistra.fr/doc/catstd.htx): bytes, Fortran format, unit, label and explanation of each column, with the mark of missing
/// values (<c>?=-9.9</c>) at the explanation's head.
/// </summary>
internal static partial class CdsDescription
{
    private const int MaxColumns = 20_000;

    /// <exception cref="CatalogFormatException">a description says something that no table can have</exception>
    public static List<CdsTable> Read(IReadOnlyList<string> lines)
    {
        var tables = new List<CdsTable>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (Heading().Match(lines[i]) is not { Success: true } heading)
                continue;
            var names = new List<string>(Names(heading.Groups["files"].Value));
            // The list of files may go on in the next lines.
            while (++i < lines.Count && !IsRule(lines[i]))
                names.AddRange(Names(lines[i]));
            // A rule, the heads of the columns, and a rule again.
            var from = i + 1;
            while (from < lines.Count && !IsRule(lines[from]))
                from++;
            var to = from + 1;
            while (to < lines.Count && !IsRule(lines[to]))
                to++;
            if (from >= lines.Count)
                break;
            var columns = Columns(lines, from + 1, Math.Min(to, lines.Count));
            if (columns.Count > 0)
                tables.Add(new CdsTable(names, columns, Math.Min(to, lines.Count - 1)));
            i = to;
        }
        return tables;
    }

    /// <summary>A whole line of dashes, or of equals signs: not a null at the beginning of a row.</summary>
    public static bool IsRule(string line)
    {
        var text = line.AsSpan().Trim();
        return text.Length >= 6 && text[0] is '-' or '=' && text.IndexOfAnyExcept(text[0]) < 0;
    }

    private static IEnumerable<string> Names(string text) =>
        text.Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries).Where(n => n is not ("and" or "&"));

    private static List<FixedColumn> Columns(IReadOnlyList<string> lines, int from, int to)
    {
        var columns = new List<FixedColumn>();
        for (var i = from; i < to; i++)
        {
            if (Definition().Match(lines[i]) is not { Success: true } m)
                continue;
            var explanation = m.Groups["text"].Value.Trim();
            // What follows without bytes of its own continues the explanation.
            for (; i + 1 < to && !Definition().IsMatch(lines[i + 1]); i++)
                explanation = $"{explanation} {lines[i + 1].Trim()}".Trim();
            var end = int.Parse(m.Groups["end"].ValueSpan, CultureInfo.InvariantCulture);
            var start = m.Groups["start"].Success ? int.Parse(m.Groups["start"].ValueSpan, CultureInfo.InvariantCulture) : end;
            var label = m.Groups["label"].Value;
            if (start < 1 || end < start)
                throw new CatalogFormatException(
                    $"The byte-by-byte description gives column '{RejectedRow.Clip(label)}' the bytes {start}-{end}; expected a first "
                        + $"byte from 1 and a last one not before it."
                );
            if (columns.Count == MaxColumns)
                throw new CatalogFormatException($"The byte-by-byte description has more than {MaxColumns} columns.");
            var unit = m.Groups["unit"].Value;
            var missing =
                Missing().Match(explanation) is { Success: true } q && q.Groups["null"].Length > 0 ? q.Groups["null"].Value : null;
            var type = char.ToUpperInvariant(m.Groups["format"].Value.TrimStart('1', '2', '3', '4', '5', '6', '7', '8', '9', '0')[0]) switch
            {
                'I' => ColumnType.Int64,
                'F' or 'E' or 'D' or 'G' => ColumnType.Double,
                _ => ColumnType.Text,
            };
            columns.Add(
                new FixedColumn(
                    label,
                    start - 1,
                    end,
                    type,
                    unit is "---" or "--" or "-" ? null : unit,
                    explanation.Length > 0 ? explanation : null,
                    missing
                )
            );
        }
        return columns;
    }

    [GeneratedRegex(
        @"^\s*Byte-(by|per)-byte\s+Description\s+of\s+(the\s+)?(file|table)s?\s*(\([^)]*\))?\s*:?(?<files>.*)$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex Heading();

    [GeneratedRegex(
        @"^\s{0,200}((?<start>[0-9]{1,6})\s*-\s*)?(?<end>[0-9]{1,6})\s+"
            + @"(?<format>[0-9]{0,3}[AIFEDGaifedg][0-9]+(\.[0-9]+)?)\s+(?<unit>\S+)\s+(?<label>\S+)(\s+(?<text>\S.*))?\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex Definition();

    [GeneratedRegex(@"^([\[\]][^\[\]]*[\[\]])?\s*\?(=(?<null>\S*))?", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Missing();
}
