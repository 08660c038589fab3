using System.Text.RegularExpressions;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.Delimited;

/// <summary>
/// Tables with a row of dashes below the names: VizieR's TSV output (names, units, dashes; <c>#Column</c> lines describe the columns)
/// and Starlink's tab-separated tables (names, dashes).
/// </summary>
internal static partial class DashedHeaderTable
{
    /// <returns>null where the rows have no ruler</returns>
    public static TextTable? TryRead(Probe probe)
    {
        var rows = probe.Rows;
        var ruler = rows.FindIndex(r => r.IsRuler);
        if (ruler < 1)
            return null;
        var fields = rows[ruler].Fields.Length;
        if (rows[ruler - 1].Fields.Length != fields)
            return null;
        var hasUnits =
            ruler >= 2
            && rows[ruler - 2].Fields.Length == fields
            && rows[ruler - 2].Fields.All(f => f.Length > 0)
            && rows[ruler - 2].Line == rows[ruler - 1].Line - 1;
        var header = ruler - (hasUnits ? 2 : 1);
        // Dashes amid another table's rows are not a ruler: the names are the first row of their width, and the rows below have it, too.
        // VizieR's next table has rows of its own.
        var next = probe.Comments.FirstOrDefault(c => c.BeforeRow > ruler && c.Text.StartsWith("#Table", StringComparison.Ordinal));
        var below = rows.Take(next?.BeforeRow ?? rows.Count).Skip(ruler + 1).ToList();
        if (rows.FindIndex(r => r.Fields.Length == fields) != header || 2 * below.Count(r => r.Fields.Length == fields) < below.Count)
            return null;
        var names = rows[header].Fields;
        var units = hasUnits ? rows[ruler - 1].Fields : null;

        var vizier = probe.Comments.Any(c =>
            c.Text.StartsWith("#Column", StringComparison.Ordinal) || c.Text.StartsWith("#RESOURCE", StringComparison.Ordinal)
        );
        var described = Describe(probe.Comments.Where(c => c.BeforeRow <= ruler));
        var systems = Systems(probe.Comments.Where(c => c.BeforeRow <= ruler));
        var columns = ColumnNames
            .Distinct(names)
            .Select(
                (name, i) =>
                {
                    described.TryGetValue(names[i], out var about);
                    return new TextColumn(
                        name,
                        units is null || units[i].Length == 0 ? null : units[i],
                        about?.Type,
                        about?.Ucd,
                        about?.Description,
                        SystemOf(names[i], systems)
                    );
                }
            );
        var metadata = new Dictionary<string, string> { ["delimiter"] = TextTableSniffer.DelimiterName(probe.Delimiter) };
        foreach (var comment in probe.Comments.Where(c => c.BeforeRow <= ruler))
            if (Property().Match(comment.Text) is { Success: true } m)
                metadata[m.Groups[1].Value.ToLowerInvariant()] = m.Groups[2].Value.Trim().TrimEnd(':');

        var hasData = ruler + 1 < rows.Count;
        return new TextTable
        {
            Format = vizier ? "VizieR TSV" : "TST",
            Delimiter = probe.Delimiter,
            Columns = columns.ToArray(),
            DataOffset = hasData ? rows[ruler + 1].Start : rows[ruler].End,
            DataLine = hasData ? rows[ruler + 1].Line : rows[ruler].NextLine,
            EndsAtNextTable = vizier,
            EndsAtEod = !vizier,
            Metadata = metadata,
        };
    }

    /// <summary>VizieR's <c>#Coosys NAME_EPOCH: SYSTEM EQUINOX</c> lines, in their order.</summary>
    private static List<(string Id, CoordinateSystem System)> Systems(IEnumerable<ProbedComment> comments)
    {
        var systems = new List<(string, CoordinateSystem)>();
        foreach (var comment in comments)
        {
            if (Coosys().Match(comment.Text) is not { Success: true } m)
                continue;
            var id = m.Groups["id"].Value;
            var underscore = id.IndexOf('_', StringComparison.Ordinal);
            systems.Add(
                (
                    id,
                    new CoordinateSystem(
                        m.Groups["system"].Value,
                        m.Groups["equinox"].Success ? m.Groups["equinox"].Value : null,
                        underscore >= 0 ? id[(underscore + 1)..] : null
                    )
                )
            );
        }
        return systems;
    }

    /// <summary>The system that the column's name names; else the last one declared, which is the table's.</summary>
    private static CoordinateSystem? SystemOf(string column, List<(string Id, CoordinateSystem System)> systems)
    {
        if (systems.Count == 0)
            return null;
        foreach (var word in new[] { "ICRS", "J2000", "B1950", "B1900", "B1875" })
        {
            if (!column.Contains(word, StringComparison.OrdinalIgnoreCase))
                continue;
            var at = systems.FindLastIndex(s =>
                s.Id.StartsWith(word, StringComparison.OrdinalIgnoreCase)
                || s.System.Name.Contains(word, StringComparison.OrdinalIgnoreCase)
            );
            return at >= 0 ? systems[at].System : null;
        }
        return systems[^1].System;
    }

    private static Dictionary<string, TextColumn> Describe(IEnumerable<ProbedComment> comments)
    {
        var columns = new Dictionary<string, TextColumn>(StringComparer.Ordinal);
        foreach (var comment in comments)
        {
            if (Column().Match(comment.Text) is not { Success: true } m)
                continue;
            var name = m.Groups["name"].Value;
            // Characters in a field that may look like numbers (a zone, a flag) stay text; the rest is inferred.
            ColumnType? type = m.Groups["format"].Value is ['A' or 'a', ..] ? ColumnType.Text : null;
            var ucd = m.Groups["ucd"].Value;
            columns.TryAdd(name, new TextColumn(name, null, type, ucd.Length > 0 ? ucd : null, m.Groups["text"].Value.Trim()));
        }
        return columns;
    }

    [GeneratedRegex(
        @"^#Column\t(?<name>[^\t]+)\t\((?<format>[^)]*)\)\t(?<text>[^\t]*)(\t\[ucd=(?<ucd>[^\]]*)\])?",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex Column();

    [GeneratedRegex(
        @"^#Coosys\s+(?<id>[^\s:]+):?\s+(?<system>\S+)(\s+(?<equinox>\S+))?",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant
    )]
    private static partial Regex Coosys();

    [GeneratedRegex(@"^#(Table|Name|Title|Coosys)[:\t]\s*(.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Property();
}
