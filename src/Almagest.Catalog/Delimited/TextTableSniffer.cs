using System.Text;
using Almagest.Catalog.Input;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.Delimited;

/// <summary>
/// Finds the delimiter, the header and the first data row of a text table without being told: title lines above the header, a header
/// in a comment, units and ruler rows below it, an unnamed index column, a delimiter at the end of each line.
/// </summary>
internal static class TextTableSniffer
{
    private const int MaxLinesAboveHeader = 30;
    private static readonly byte[] s_candidates = [(byte)',', (byte)'\t', (byte)';', (byte)'|', RecordTokenizer.Whitespace];

    /// <exception cref="CatalogFormatException">the lines share no number of fields</exception>
    public static TextTable Sniff(CatalogInput input, CatalogOpenOptions options)
    {
        var candidates = s_candidates;
        if (options.Delimiter is { } wanted)
        {
            if (wanted > 127 || wanted is '"' or '#' or '\r' or '\n')
                throw new CatalogFormatException(
                    $"'{wanted}' cannot be a delimiter. Expected one ASCII character such as , ; | or a tab; a blank stands for any "
                        + $"run of blanks."
                );
            candidates = [(byte)wanted];
        }
        if (options.Delimiter is null && SExtractorHeader.TryRead(input, options) is { } numbered)
            return numbered;
        var probes = candidates.Select(d => Probe.Run(input.Sample, input.SampleIsAll, d, options.MaxRowBytes)).ToArray();
        foreach (var probe in probes)
            if (DashedHeaderTable.TryRead(probe) is { } ruled)
                return ruled;

        var best = probes.Where(p => p.Rows.Count > 0 && (p.Fields > 1 || options.Delimiter is not null)).MaxBy(Score);
        if (best is null || best.Agreement < 0.5)
        {
            best = probes[0];
            if (best.Rows.Count == 0)
                throw ContentSniffer.Refuse(input, "only comment lines, or a first line of more than 1 MiB", "");
            if (best.Agreement < 0.9 || best.Fields != 1)
                throw ContentSniffer.Refuse(
                    input,
                    "text whose lines have no common number of fields",
                    $"The first line reads: {RejectedRow.Clip(string.Join(' ', best.Rows[0].Fields))}"
                );
        }
        return Describe(best);
    }

    private static double Score(Probe probe)
    {
        var first = probe.Rows.Find(r => r.Fields.Length == probe.Fields);
        var headed =
            first is not null
            && (IsHeader(probe, probe.Rows.IndexOf(first)) || CommentedHeader(probe, probe.Rows.IndexOf(first)) is not null);
        // Blanks split nearly any text; they count only where nothing else fits.
        var penalty = probe.Delimiter == RecordTokenizer.Whitespace ? 0.3 : 0;
        return probe.Agreement + (headed ? 0.5 : 0) - penalty + Math.Min(probe.Fields, 100) * 1e-4;
    }

    private static TextTable Describe(Probe probe)
    {
        var rows = probe.Rows;
        var first = rows.FindIndex(r => r.Fields.Length == probe.Fields);
        var metadata = new Dictionary<string, string> { ["delimiter"] = DelimiterName(probe.Delimiter) };
        var warnings = new List<string>();
        string[] names;
        var data = first;
        var above = first;
        if (IsHeader(probe, first))
        {
            names = rows[first].Fields;
            data = first + 1;
        }
        else if (CommentedHeader(probe, first) is { } commented)
        {
            names = commented;
            metadata["header"] = "in a comment line";
        }
        else if (first > 0 && Neighbouring(rows[first - 1], probe) is { } adjusted)
        {
            names = adjusted;
            above = first - 1;
        }
        else
        {
            names = Enumerable.Repeat("", probe.Fields).ToArray();
            metadata["header"] = "none";
            warnings.Add(
                $"No header line was found above line {rows[first].Line}, so the columns are called column_1 to column_{probe.Fields}."
            );
        }
        if (above > MaxLinesAboveHeader)
            warnings.Add($"{above} lines above the header were skipped.");
        else if (above > 0)
            warnings.Add(
                $"Skipped {above} line{(above == 1 ? "" : "s")} above the header: "
                    + $"{string.Join(" / ", rows.Take(above).Select(r => RejectedRow.Clip(string.Join(' ', r.Fields))))}"
            );

        var below = new HeaderRows(rows, data, names.Length);
        data = metadata.GetValueOrDefault("header") == "none" ? data : below.Data;

        // A delimiter at the end of every line makes a last column without a name or a value.
        if (
            names.Length > 1
            && names[^1].Length == 0
            && metadata.GetValueOrDefault("header") != "none"
            && rows.Skip(data).All(r => r.Fields.Length < names.Length || r.Fields[names.Length - 1].Length == 0)
        )
            names = names[..^1];

        var hasData = data < rows.Count;
        var previous = data > 0 ? rows[data - 1] : null;
        var comma = HasDecimalComma(probe, data);
        if (comma)
            warnings.Add("Numbers are written with a decimal comma: 1,5 was read as 1.5.");
        if (data > 0 && below.Said is { } said && metadata.GetValueOrDefault("header") != "none")
            warnings.Add(said);
        var columns = ColumnNames.Distinct(names).Select((n, i) => new TextColumn(n, below.Unit(i))).ToArray();
        if (metadata.GetValueOrDefault("header") != "none" && SlashedUnits.Split(columns) is { } split)
            warnings.Add(split);
        return new TextTable
        {
            Format = FormatName(probe.Delimiter),
            Delimiter = probe.Delimiter,
            Columns = columns,
            OuterBars = probe.OuterBars,
            Formulas = probe.Formulas,
            DecimalComma = comma,
            DataOffset = hasData ? rows[data].Start : previous!.End,
            DataLine = hasData ? rows[data].Line : previous!.NextLine,
            Metadata = metadata,
            Warnings = warnings,
        };
    }

    /// <summary>A header with one field less or more than the rows: an unnamed index column, or delimiters at the ends of lines.</summary>
    private static string[]? Neighbouring(ProbedRow header, Probe probe)
    {
        if (!header.LooksLikeHeader)
            return null;
        var full = probe.Rows.Where(r => r.Fields.Length == probe.Fields).ToArray();
        if (header.Fields.Length == probe.Fields + 1 && header.Fields[^1].Length == 0)
            return header.Fields[..^1];
        if (header.Fields.Length != probe.Fields - 1)
            return null;
        return full.All(r => r.Fields[^1].Length == 0) ? [.. header.Fields, ""] : ["", .. header.Fields];
    }

    /// <summary>The comment above the rows with as many words as they have columns: that with known names, else the first.</summary>
    private static string[]? CommentedHeader(Probe probe, int row)
    {
        string[]? best = null;
        var most = -1;
        foreach (var comment in probe.Comments.Where(c => c.BeforeRow <= row))
        {
            var text = Encoding.UTF8.GetBytes(comment.Text.TrimStart('#', ' ') + "\n");
            var parsed = Probe.Run(text, sampleIsAll: true, probe.Delimiter, int.MaxValue);
            if (parsed.Rows is not [var header] || header.Fields.Length != probe.Fields || !header.LooksLikeHeader)
                continue;
            // Words of a sentence are seldom names of columns; units are none.
            var known =
                header.Fields.Count(KnownNames.Contains)
                - (header.Fields.Count(UnitWords.IsUnitOrBlank) > header.Fields.Length / 2 ? 100 : 0);
            if (known > most)
                (best, most) = (header.Fields, known);
        }
        return best;
    }

    /// <summary>Names rather than values; numbers may be among them where the rows below show by their numbers that it is no row.</summary>
    private static bool IsHeader(Probe probe, int row)
    {
        var rows = probe.Rows;
        if (rows[row].LooksLikeHeader)
            return true;
        var names = rows[row].Fields;
        var below = rows.Skip(row + 1).Where(r => r.Fields.Length == names.Length).Take(50).ToArray();
        if (below.Length == 0 || names.Distinct(StringComparer.Ordinal).Count() < names.Length)
            return false;
        var words = 0;
        for (var i = 0; i < names.Length; i++)
        {
            if (ProbedRow.IsValue(names[i]))
                continue;
            var numbers = below.Count(r => ProbedRow.IsValue(r.Fields[i]));
            if (
                numbers > 0
                && 2 * numbers >= below.Length
                && names[i].Length > 0
                && char.IsAsciiLetter(names[i][0])
                && !KnownNames.IsMissing(names[i])
            )
                words++;
        }
        return words >= 2;
    }

    /// <summary>Where commas part no fields, at least two columns have them in their numbers, and no number has a point.</summary>
    private static bool HasDecimalComma(Probe probe, int data)
    {
        if (probe.Delimiter == ',')
            return false;
        var columns = new HashSet<int>();
        foreach (var row in probe.Rows.Skip(data))
            for (var i = 0; i < row.Fields.Length; i++)
            {
                var text = Encoding.UTF8.GetBytes(row.Fields[i]);
                if (SpreadsheetField.IsCommaNumber(text))
                    columns.Add(i);
                else if (row.Fields[i].Contains('.', StringComparison.Ordinal) && Cell.TryDouble(text, out _))
                    return false;
            }
        return columns.Count >= 2;
    }

    private static string FormatName(byte delimiter) =>
        delimiter switch
        {
            (byte)',' => "CSV",
            (byte)'\t' => "TSV",
            RecordTokenizer.Whitespace => "blank-separated text",
            _ => $"text separated by {(char)delimiter}",
        };

    internal static string DelimiterName(byte delimiter) =>
        delimiter switch
        {
            (byte)'\t' => "tab",
            RecordTokenizer.Whitespace => "blanks",
            _ => ((char)delimiter).ToString(),
        };
}
