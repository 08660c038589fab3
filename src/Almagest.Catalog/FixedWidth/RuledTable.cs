using System.Text;
using Almagest.Catalog.Delimited;
using Almagest.Catalog.Input;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.FixedWidth;

/// <summary>
/// Tables whose columns stand above and below the groups of a line of dashes or equals signs, with blanks between: what astropy writes as
/// fixed_width_two_line and rst, and VizieR as plain text (names, units, rule). An empty cell is blanks there, so that no run of blanks
/// tells one column from the next.
/// </summary>
internal static class RuledTable
{
    private const int MaxLinesAbove = 200;
    private const int MaxRows = 2000;

    /// <returns>null where there is no such line, or the rows below do not keep to it</returns>
    public static FixedTable? TryRead(CatalogInput input, CatalogOpenOptions options)
    {
        if (options.Delimiter is not null)
            return null;
        var lines = Lines(input, options);
        var rule = lines.FindIndex(l => Groups(l.Text) is not null);
        if (rule < 0 || rule > MaxLinesAbove)
            return null;
        // reStructuredText has the same line above the names, too, and below the last row.
        string? end = null;
        var top = rule;
        if (lines.FindIndex(rule + 1, Math.Min(6, lines.Count - rule - 1), l => l.Text == lines[rule].Text) is > 0 and var second)
        {
            if (second < rule + 2)
                return null;
            (end, rule, top) = (lines[rule].Text, second, rule + 1);
        }
        else
        {
            while (top > 0 && rule - top < 2 && lines[top - 1].Text.Trim() is { Length: > 0 } above && above[0] != '#')
                top--;
        }
        if (top == rule || Groups(lines[rule].Text) is not { } groups)
            return null;
        var heads = lines[top..rule].ConvertAll(l => Cells(l.Text, groups));
        if (heads[^1] is not { } names)
            return null;
        string[]? units = null;
        // A title may stand above the names.
        if (heads.Count > 1 && heads[^2] is { } above2 && names.Any(c => !UnitWords.IsBlank(c)) && names.All(UnitWords.IsUnitOrBlank))
            (names, units) = (above2, names);
        if (names.Any(n => n.Length == 0 || ProbedRow.IsValue(n)))
            return null;

        var counts = new TypeInference.Counts[groups.Count];
        var rows = 0;
        foreach (var line in lines.Skip(rule + 1).Take(MaxRows))
        {
            if (line.Text == end)
                break;
            if (line.Text.Trim().Length == 0 || line.Text[0] == '#')
                continue;
            if (Cells(line.Text, groups) is not { } cells)
                return null;
            for (var i = 0; i < cells.Length; i++)
                counts[i].Add(Encoding.UTF8.GetBytes(cells[i]));
            rows++;
        }
        if (rows == 0)
            return null;
        var columns = groups.Select(
            (g, i) =>
                new FixedColumn(
                    names[i],
                    g.Start,
                    g.End,
                    counts[i].Type,
                    units is null || UnitWords.IsBlank(units[i]) ? null : units[i].Trim('[', ']')
                )
        );
        return new FixedTable("text in ruled columns", [.. columns], lines[rule].EndOffset, lines[rule].Number + 1)
        {
            HasBlankGaps = true,
            EndLine = end,
        };
    }

    private sealed record Line(string Text, long Number, int EndOffset);

    // A character is a byte here: columns are counted in bytes, as the reader of the rows does.
    private static List<Line> Lines(CatalogInput input, CatalogOpenOptions options)
    {
        var reader = new LineReader(new MemoryStream(input.Sample.ToArray(), writable: false), options.MaxRowBytes);
        var lines = new List<Line>();
        while (lines.Count < MaxLinesAbove + MaxRows && reader.Read())
        {
            // The last line of a sample may be cut.
            if (!input.SampleIsAll && reader.Consumed >= input.Sample.Length)
                break;
            lines.Add(new Line(Encoding.Latin1.GetString(reader.Current).TrimEnd(), reader.Number, (int)reader.Consumed));
        }
        return lines;
    }

    /// <summary>Where the groups stand; null where the line is not at least two of them with blanks between.</summary>
    private static List<(int Start, int End)>? Groups(string line)
    {
        var mark = line.TrimStart() is { Length: > 0 } text ? text[0] : ' ';
        if (mark is not ('-' or '=') || !line.All(c => c == mark || c == ' '))
            return null;
        var groups = new List<(int Start, int End)>();
        for (var at = 0; at < line.Length; )
        {
            if (line[at] == ' ')
            {
                at++;
                continue;
            }
            var start = at;
            while (at < line.Length && line[at] == mark)
                at++;
            groups.Add((start, at));
        }
        if (groups.Count < 2 || groups.TrueForAll(g => g.End - g.Start == 1))
            return null;
        // What goes on behind the last group is of the last column.
        groups[^1] = (groups[^1].Start, int.MaxValue);
        return groups;
    }

    /// <summary>What stands in each column; null where something stands between them.</summary>
    private static string[]? Cells(string line, List<(int Start, int End)> groups)
    {
        if (!FixedTable.IsBlankBetween(Encoding.Latin1.GetBytes(line), groups))
            return null;
        return groups
            .Select(g => g.Start >= line.Length ? "" : line[g.Start..Math.Min(g.End, line.Length)].Trim())
            .Select(c => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(c)))
            .ToArray();
    }
}
