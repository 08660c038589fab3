using System.Globalization;
using System.Text;

namespace Almagest.Sky;

/// <summary>
/// A part of the sky as whole HEALPix cells of several orders (MOC 2.0, https://www.ivoa.net/documents/MOC/20220727/), in its normal form:
/// no cell twice, and four cells that make up a coarser one written as that. Immutable.
/// </summary>
public sealed class SkyCoverage
{
    private readonly (int Order, long Cell)[] _cells;

    private SkyCoverage(int order, (int Order, long Cell)[] cells) => (Order, _cells) = (order, cells);

    /// <summary>The finest order that it may have: its resolution, 0 … 29.</summary>
    public int Order { get; }

    /// <summary>By order, then by number; that is also the order of their NUNIQ numbers.</summary>
    public IReadOnlyList<(int Order, long Cell)> Cells => _cells;

    /// <summary>Part of the sky that is covered, 0 to 1.</summary>
    public double Fraction => _cells.Sum(c => 1.0 / Healpix.CellCount(c.Order));

    /// <summary>The coverage of nested cells of one order.</summary>
    /// <param name="order">0 … 29</param>
    /// <param name="cells">ascending; a cell may come again</param>
    /// <exception cref="ArgumentException">a cell is out of range or out of order</exception>
    public static SkyCoverage Of(int order, IEnumerable<long> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var count = Healpix.CellCount(order);
        var level = new List<long>();
        foreach (var cell in cells)
        {
            if (cell < 0 || cell >= count)
                throw new ArgumentException($"order {order} has the cells 0 to {count - 1}, not {cell}", nameof(cells));
            if (level.Count > 0 && cell < level[^1])
                throw new ArgumentException("cells are given in ascending order", nameof(cells));
            if (level.Count == 0 || cell != level[^1])
                level.Add(cell);
        }
        var kept = new List<List<(int, long)>>();
        for (var at = order; at >= 0; at--)
        {
            var (stay, parents) = (new List<(int, long)>(), new List<long>());
            for (var i = 0; i < level.Count; i++)
            {
                if (at > 0 && level[i] % 4 == 0 && i + 3 < level.Count && level[i + 3] == level[i] + 3)
                {
                    parents.Add(level[i] / 4);
                    i += 3;
                }
                else
                    stay.Add((at, level[i]));
            }
            kept.Add(stay);
            level = parents;
        }
        kept.Reverse();
        return new SkyCoverage(order, [.. kept.SelectMany(c => c)]);
    }

    /// <summary>Whether a position is covered.</summary>
    public bool Contains(double raDeg, double decDeg)
    {
        var finest = Healpix.AngToPix(Order, raDeg, decDeg);
        for (var order = 0; order <= Order; order++)
            if (Array.BinarySearch(_cells, (order, finest >> (2 * (Order - order)))) >= 0)
                return true;
        return false;
    }

    /// <summary>A cell's number among those of all orders: 4 × 4^order + cell (MOC 2.0, section 4.3.1).</summary>
    public static long Nuniq(int order, long cell) => (4L << (2 * order)) + cell;

    /// <summary>The ASCII form (MOC 2.0, section 4.2.2), e.g. <c>3/5-7,12 4/200</c>; a finest order without cells stands empty at the end.
    /// With commas, as readers of MOC 1.1 want it.</summary>
    public string ToAscii()
    {
        var text = new StringBuilder();
        for (var i = 0; i < _cells.Length; )
        {
            var (order, first) = _cells[i];
            var last = first;
            var begins = i == 0 || _cells[i - 1].Order != order;
            while (++i < _cells.Length && _cells[i] == (order, last + 1))
                last++;
            if (text.Length > 0)
                text.Append(begins ? ' ' : ',');
            if (begins)
                text.Append(CultureInfo.InvariantCulture, $"{order}/");
            text.Append(CultureInfo.InvariantCulture, $"{first}");
            if (last > first)
                text.Append(CultureInfo.InvariantCulture, $"-{last}");
        }
        if (_cells.Length == 0 || _cells[^1].Order != Order)
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? " " : "")}{Order}/");
        return text.ToString();
    }

    /// <summary>The JSON form (MOC 2.0, section 4.2.1), e.g. <c>{"3": [5, 6, 7], "4": []}</c>: cells by order; the finest order is always
    /// there.</summary>
    public string ToJson()
    {
        var parts = _cells
            .GroupBy(c => c.Order)
            .Select(g => $"\"{g.Key}\": [{string.Join(", ", g.Select(c => c.Cell.ToString(CultureInfo.InvariantCulture)))}]")
            .ToList();
        if (_cells.Length == 0 || _cells[^1].Order != Order)
            parts.Add($"\"{Order}\": []");
        return $"{{{string.Join(", ", parts)}}}";
    }
}
