using System.Text;
using Almagest.Catalog.Input;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.FixedWidth;

/// <summary>
/// The header of an IPAC table (https://irsa.ipac.caltech.edu/applications/DDGEN/Doc/ipac_tbl.html): keywords behind backslashes, then up
/// to four lines between bars with the names, types, units and marks of missing values. The bars of the first line are the columns' edges.
/// </summary>
internal static class IpacHeader
{
    public static FixedTable Read(CatalogInput input, CatalogOpenOptions options)
    {
        var lines = new LineReader(new MemoryStream(input.Sample.ToArray(), writable: false), options.MaxRowBytes);
        var bars = new List<byte[]>();
        var metadata = new Dictionary<string, string>();
        var offset = 0;
        long next = 1;
        while (lines.Read())
        {
            var line = lines.Current;
            if (line.Length > 0 && line[0] == '|')
                bars.Add(line.ToArray());
            else if (bars.Count > 0 || (line.Length > 0 && line[0] != '\\'))
                break;
            else if (line.IndexOf((byte)'=') is > 1 and var equals && metadata.Count < 200)
                metadata.TryAdd(
                    Cell.Text(line[1..equals]).Trim(),
                    RejectedRow.Clip(Cell.Text(line[(equals + 1)..]).Trim().Trim('"', '\''))
                );
            offset = (int)lines.Consumed;
            next = lines.Number + 1;
        }
        if (bars.Count is 0 or > 4)
            throw Wrong($"{bars.Count} lines between bars; expected names, types, and perhaps units and nulls");
        var edges = bars[0].Select((b, i) => (b, i)).Where(x => x.b == '|').Select(x => x.i).ToArray();
        if (edges.Length < 2)
            throw Wrong("the line of names has no second bar");
        var columns = new List<FixedColumn>();
        for (var c = 0; c + 1 < edges.Length; c++)
        {
            string Part(int line) =>
                line >= bars.Count || edges[c] + 1 >= bars[line].Length
                    ? ""
                    : Cell.Text(bars[line].AsSpan(edges[c] + 1, Math.Min(edges[c + 1], bars[line].Length) - edges[c] - 1)).Trim(' ', '-');
            var type = Part(1).ToLowerInvariant() switch
            {
                "int" or "integer" or "i" or "long" or "l" => ColumnType.Int64,
                "double" or "d" or "float" or "f" or "real" or "r" => ColumnType.Double,
                "" when bars.Count < 2 => ColumnType.Text,
                _ => ColumnType.Text,
            };
            var unit = Part(2);
            var missing =
                bars.Count > 3
                    ? Encoding
                        .UTF8.GetString(
                            bars[3]
                                .AsSpan(
                                    Math.Min(edges[c] + 1, bars[3].Length),
                                    Math.Max(0, Math.Min(edges[c + 1], bars[3].Length) - edges[c] - 1)
                                )
                        )
                        .Trim()
                    : null;
            columns.Add(
                new FixedColumn(
                    Part(0),
                    edges[c],
                    edges[c + 1],
                    type,
                    unit.Length > 0 ? unit : null,
                    null,
                    missing is { Length: > 0 } ? missing : null
                )
            );
        }
        return new FixedTable("IPAC table", columns, offset, next) { Metadata = metadata };
    }

    private static CatalogFormatException Wrong(string what) => new($"The IPAC table's header cannot be read: {what}.");
}
