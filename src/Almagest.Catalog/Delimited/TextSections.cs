using System.Globalization;
using Almagest.Catalog.Input;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.Delimited;

/// <summary>
/// One table of a text file. VizieR writes several into one TSV, each below a line <c>#Table NAME:</c>; any other text holds one, and
/// another one that is asked for is not silently replaced by it.
/// </summary>
internal static class TextSections
{
    public static DelimitedReader Open(CatalogInput input, TextTable table, CatalogOpenOptions options)
    {
        var first = table.Metadata.GetValueOrDefault("table", "1");
        if (options.Table is not { } wanted || wanted == "1" || wanted == first || wanted == table.Metadata.GetValueOrDefault("name"))
            return new DelimitedReader(input, table, options);
        if (!table.EndsAtNextTable)
            throw new CatalogFormatException(
                $"Table '{wanted}' of '{input.Name}' cannot be chosen: a text file of this kind holds one table."
            );
        return Find(input, wanted, options);
    }

    /// <summary>Every table of a file that VizieR wrote.</summary>
    public static IEnumerable<CatalogTable> Tables(CatalogInput input)
    {
        using var content = input.OpenContent();
        var lines = new LineReader(content, CatalogOpenOptions.Default.MaxRowBytes);
        var number = 0;
        while (lines.Read())
            if (lines.Current.StartsWith("#Table"u8))
                yield return new CatalogTable(++number, NameOf(lines.Current), null);
    }

    private static string NameOf(ReadOnlySpan<byte> line) => Cell.Text(line["#Table".Length..]).Trim('\t', ' ', ':');

    private static DelimitedReader Find(CatalogInput input, string wanted, CatalogOpenOptions options)
    {
        var seen = new List<string>();
        byte[] system = [];
        var content = input.OpenContent();
        var lines = new LineReader(content, options.MaxRowBytes);
        while (lines.Read())
        {
            var line = lines.Current;
            if (line.StartsWith("#Coosys"u8))
                system = [.. line, (byte)'\n'];
            if (!line.StartsWith("#Table"u8))
                continue;
            seen.Add(NameOf(line));
            if (seen[^1] != wanted && seen.Count.ToString(CultureInfo.InvariantCulture) != wanted)
                continue;
            byte[] head = [.. system, .. line, (byte)'\n'];
            var number = lines.Number;
            var rest = input.Continue(head, lines.Rest(), content);
            var table = TextTableSniffer.Sniff(rest, options);
            // The lines are those of the whole file.
            var above = number - (system.Length > 0 ? 2 : 1);
            return new DelimitedReader(rest, table with { DataLine = table.DataLine + above }, options);
        }
        throw new CatalogFormatException(
            $"'{input.Name}' has no table '{wanted}'. Its tables are: "
                + $"{string.Join(", ", seen.Take(50).Select((t, i) => $"{i + 1} {RejectedRow.Clip(t)}"))}."
        );
    }
}
