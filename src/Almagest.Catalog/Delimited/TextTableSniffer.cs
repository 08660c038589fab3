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
        var headed = first is not null && (first.LooksLikeHeader || CommentedHeader(probe, probe.Rows.IndexOf(first)) is not null);
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
        if (rows[first].LooksLikeHeader)
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
        return new TextTable
        {
            Format = FormatName(probe.Delimiter),
            Delimiter = probe.Delimiter,
            Columns = ColumnNames.Distinct(names).Select(n => new TextColumn(n)).ToArray(),
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

    private static string[]? CommentedHeader(Probe probe, int row)
    {
        var comment = probe.Comments.LastOrDefault(c => c.BeforeRow <= row);
        if (comment is null)
            return null;
        var text = Encoding.UTF8.GetBytes(comment.Text.TrimStart('#', ' ') + "\n");
        var parsed = Probe.Run(text, sampleIsAll: true, probe.Delimiter, int.MaxValue);
        return parsed.Rows is [var header] && header.Fields.Length == probe.Fields && header.LooksLikeHeader ? header.Fields : null;
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
