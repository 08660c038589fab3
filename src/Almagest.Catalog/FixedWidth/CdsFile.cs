using System.Globalization;
using System.Text;
using Almagest.Catalog.Input;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.FixedWidth;

/// <summary>
/// Tables of the CDS and of the AAS journals: the description is in the file itself, above the rows (MRT), or in a file <c>ReadMe</c>
/// in the same folder.
/// </summary>
internal static class CdsFile
{
    private const int MaxReadMe = 8 << 20;

    /// <summary>A table with its description above it.</summary>
    /// <exception cref="CatalogFormatException">it holds no rows, or no such table</exception>
    public static FixedTable Embedded(CatalogInput input, CatalogOpenOptions options)
    {
        var reader = new LineReader(new MemoryStream(input.Sample.ToArray(), writable: false), options.MaxRowBytes);
        var lines = new List<string>();
        var starts = new List<int>();
        while (reader.Read())
        {
            starts.Add((int)reader.Consumed);
            lines.Add(Cell.Text(reader.Current));
        }
        var tables = CdsDescription.Read(lines);
        var first = FirstRow(lines, tables);
        if (tables.Count == 0 || first < 0)
            throw NoRows(input, tables);
        if (
            tables.Count > 1
            && lines.Any(l => l.StartsWith("File Summary", StringComparison.Ordinal))
            && first >= 0
            && lines.Any(l => l.StartsWith("(End)", StringComparison.Ordinal))
            && !Fits(tables[0], lines[first])
        )
            throw NoRows(input, tables);
        var table = Choose(tables, options.Table, input.Name) ?? tables[0];
        var warnings = new List<string>();
        if (tables.Count > 1 && options.Table is null)
            warnings.Add($"The file describes {tables.Count} tables; its rows were read as the first ({Names(table)}).");
        // Notes belong above the last rule; some files have them below it.
        var data = first;
        if (lines[first].StartsWith("Note", StringComparison.Ordinal))
        {
            data = lines.FindIndex(first, l => Fits(table, l));
            if (data < 0)
                throw NoRows(input, tables);
            warnings.Add(
                $"Skipped {data - first} {(data - first == 1 ? "line" : "lines")} of notes above the first row (line {data + 1})."
            );
        }
        return new FixedTable("CDS/MRT table", table.Columns, data == 0 ? 0 : starts[data - 1], data + 1)
        {
            Metadata = Metadata(lines, table),
            Warnings = warnings,
        };
    }

    /// <summary>
    /// The line on which the rows begin; -1 where there is none. Behind the rule that closes the description, or, where notes follow it,
    /// behind the next whole rule. Rules among the rows are rows: one column of dashes may be all that they say.
    /// </summary>
    private static int FirstRow(List<string> lines, List<CdsTable> tables)
    {
        if (tables.Count == 0)
            return -1;
        var rule = tables[^1].End;
        while (true)
        {
            var first = lines.FindIndex(rule + 1, l => l.Trim().Length > 0 && !l.StartsWith("(End)", StringComparison.Ordinal));
            if (first < 0 || (!IsNote(lines[first]) && tables.Exists(t => Fits(t, lines[first]))))
                return first;
            var next = lines.FindIndex(first, l => CdsDescription.IsRule(l) && l.Trim().Length >= 20);
            if (next < 0)
                return first;
            rule = next;
        }
    }

    private static bool IsNote(string line) =>
        line.StartsWith("Note", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Global Note", StringComparison.OrdinalIgnoreCase);

    /// <summary>The table that a ReadMe beside the file describes; null where there is none that does.</summary>
    public static FixedTable? Beside(string path, CatalogOpenOptions options)
    {
        var file = Path.GetFileName(path);
        foreach (var readMe in options.ReadMe is { } named ? [named] : ReadMes(path))
        {
            var lines = ReadAll(readMe, options);
            var tables = CdsDescription.Read(lines);
            // A description that the user names, and that has one table only, is meant whatever the file is called.
            var table =
                options.Table is { } wanted && options.ReadMe is not null
                    ? Choose(tables, wanted, readMe)
                    : tables.Find(t => t.Describes(file)) ?? (options.ReadMe is not null && tables.Count == 1 ? tables[0] : null);
            if (table is not null)
                return new FixedTable("CDS table", table.Columns, 0, 1) { Metadata = Metadata(lines, table, Path.GetFileName(readMe)) };
            if (options.ReadMe is not null)
                throw new CatalogFormatException(
                    $"'{Path.GetFileName(readMe)}' has no byte-by-byte description of '{file}'. It describes: "
                        + $"{(tables.Count == 0 ? "nothing" : string.Join(", ", tables.SelectMany(t => t.Files).Take(50)))}."
                );
        }
        return null;
    }

    /// <summary>Every table that the file describes above its rows.</summary>
    public static IEnumerable<CatalogTable> Tables(CatalogInput input)
    {
        var reader = new LineReader(new MemoryStream(input.Sample.ToArray(), writable: false), CatalogOpenOptions.Default.MaxRowBytes);
        var lines = new List<string>();
        while (reader.Read())
            lines.Add(Cell.Text(reader.Current));
        return CdsDescription.Read(lines).Select((t, i) => new CatalogTable(i + 1, t.Files.Count == 1 ? t.Files[0] : null, null));
    }

    private static string[] ReadMes(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            return Directory
                .EnumerateFiles(folder, "ReadMe*", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive })
                .Where(f =>
                    Path.GetFileName(f).ToUpperInvariant() is "README" or "README.TXT"
                    && !string.Equals(Path.GetFullPath(f), Path.GetFullPath(path), StringComparison.Ordinal)
                )
                .OrderBy(f => f, StringComparer.Ordinal)
                .ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static List<string> ReadAll(string path, CatalogOpenOptions options)
    {
        using var stream = CatalogInput.OpenFile(path);
        if (stream.Length > MaxReadMe)
            throw new CatalogFormatException($"'{path}' takes {stream.Length:N0} bytes; expected a ReadMe of at most {MaxReadMe:N0}.");
        var reader = new LineReader(stream, options.MaxRowBytes);
        var lines = new List<string>();
        while (reader.Read())
            lines.Add(Cell.Text(reader.Current));
        return lines;
    }

    private static CdsTable? Choose(List<CdsTable> tables, string? wanted, string name)
    {
        if (wanted is null)
            return null;
        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= 1 && n <= tables.Count)
            return tables[n - 1];
        return tables.Find(t => t.Describes(wanted))
            ?? throw new CatalogFormatException(
                $"'{name}' describes no table '{wanted}'. It describes: "
                    + $"{string.Join(", ", tables.Select((t, i) => $"{i + 1} {Names(t)}"))}."
            );
    }

    private static string Names(CdsTable table) => table.Files.Count == 0 ? "(no name)" : string.Join(' ', table.Files);

    private static CatalogFormatException NoRows(CatalogInput input, List<CdsTable> tables)
    {
        var described = string.Join(", ", tables.SelectMany(t => t.Files).Distinct().Take(50));
        return tables.Count == 0
            ? new CatalogFormatException(
                $"'{input.Name}' mentions a byte-by-byte description, but none can be read in it. Expected lines of bytes, format, "
                    + $"unit and label below 'Byte-by-byte Description of file: NAME'."
            )
            : new CatalogFormatException(
                $"'{input.Name}' describes {(described.Length > 0 ? described : "a table")} byte by byte, but holds no rows. It is a "
                    + $"ReadMe: name the file with the rows instead; a ReadMe in its folder is found by itself."
            )
            {
                Code = CatalogFormatException.ReadMeWithoutRows,
            };
    }

    /// <summary>Every number where one should be, and at least one.</summary>
    private static bool Fits(CdsTable table, string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        var numbers = 0;
        foreach (var column in table.Columns)
        {
            if (column.Type == ColumnType.Text || column.Start >= bytes.Length)
                continue;
            var text = bytes.AsSpan(column.Start, Math.Min(column.End, bytes.Length) - column.Start).Trim((byte)' ');
            if (text.IsEmpty)
                continue;
            if (!FixedColumn.TryNumber(text, out _))
                return false;
            numbers++;
        }
        return numbers > 0 || table.Columns.All(c => c.Type == ColumnType.Text);
    }

    private static Dictionary<string, string> Metadata(List<string> lines, CdsTable table, string? readMe = null)
    {
        var metadata = new Dictionary<string, string>();
        if (table.Files.Count > 0)
            metadata["table"] = string.Join(' ', table.Files);
        if (readMe is not null)
            metadata["readme"] = readMe;
        var title =
            lines.Find(l => l.StartsWith("Title:", StringComparison.Ordinal))?[6..].Trim() ?? lines.Find(l => l.Trim().Length > 0)?.Trim();
        if (title is { Length: > 0 })
            metadata["title"] = RejectedRow.Clip(title);
        return metadata;
    }
}
