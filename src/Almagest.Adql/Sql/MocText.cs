using System.Globalization;
using Almagest.Adql.Syntax;
using Almagest.Sky;

namespace Almagest.Adql.Sql;

/// <summary>Reads a coverage in its ASCII form (MOC 2.0, section 4.2.2), e.g. <c>3/5-7,12 4/200</c>.</summary>
internal static class MocText
{
    private static readonly char[] s_between = [' ', '\t', '\r', '\n', ','];

    /// <exception cref="SyntaxException">it is not a coverage</exception>
    public static MocShape Read(string text, int offset)
    {
        var ranges = new List<(long Low, long High)>();
        var order = -1;
        foreach (var word in text.Replace("/", "/ ", StringComparison.Ordinal).Split(s_between, StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.EndsWith('/'))
            {
                if (!TryWhole(word.AsSpan(0, word.Length - 1), out var next) || next > Healpix.MaxOrder)
                    throw new SyntaxException(offset, $"the MOC has the order '{word[..^1]}', expected 0 to {Healpix.MaxOrder}");
                order = (int)next;
                continue;
            }
            if (order < 0)
                throw new SyntaxException(offset, $"the MOC has '{word}' before an order, expected a text such as '3/5-7,12 4/200'");
            var dash = word.IndexOf('-', StringComparison.Ordinal);
            var last = 0L;
            if (
                !TryWhole(dash < 0 ? word : word.AsSpan(0, dash), out var first)
                || (dash >= 0 && !TryWhole(word.AsSpan(dash + 1), out last))
            )
                throw new SyntaxException(offset, $"the MOC has '{word}', expected a cell such as 12 or cells such as 5-7");
            if (dash < 0)
                last = first;
            var count = Healpix.CellCount(order);
            if (last < first || last >= count)
                throw new SyntaxException(offset, $"the MOC has the cells {word} of order {order}, which has 0 to {count - 1}");
            var finer = 2 * (Healpix.MaxOrder - order);
            ranges.Add((first << finer, (last + 1) << finer));
        }
        if (order < 0)
            throw new SyntaxException(offset, "the MOC is empty, expected a text such as '3/5-7,12 4/200'");
        return Of(ranges, offset);
    }

    private static MocShape Of(List<(long Low, long High)> ranges, int offset)
    {
        ranges.Sort();
        var bounds = new List<long>();
        foreach (var (low, high) in ranges)
        {
            if (bounds.Count > 0 && low <= bounds[^1])
                bounds[^1] = Math.Max(bounds[^1], high);
            else
                bounds.AddRange([low, high]);
        }
        var cells = bounds.Chunk(2).Sum(r => (double)(r[1] - r[0]));
        var sphere = 4 * Math.PI * Math.Pow(180 / Math.PI, 2);
        return new MocShape(bounds, sphere * cells / Healpix.CellCount(Healpix.MaxOrder), offset);
    }

    private static bool TryWhole(ReadOnlySpan<char> digits, out long value) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
