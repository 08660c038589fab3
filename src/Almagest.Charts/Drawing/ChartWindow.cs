namespace Almagest.Charts.Drawing;

/// <summary>The part of a plane that a chart shows, in the chart's own units. Right may be below Left, and Top below Bottom: that axis then
/// runs the other way.</summary>
public readonly record struct ChartWindow(double Left, double Right, double Bottom, double Top)
{
    /// <summary>The smallest part that can be asked for, of the whole; closer in, single-precision places would show as a grid.</summary>
    private const double Closest = 1e-4;

    public bool Contains(double x, double y) =>
        x >= Math.Min(Left, Right) && x <= Math.Max(Left, Right) && y >= Math.Min(Bottom, Top) && y <= Math.Max(Bottom, Top);

    /// <summary>Wide enough to hold a place, which is then a little off the edge.</summary>
    public ChartWindow Reaching(double x, double y)
    {
        var (left, right) = Reaching(Left, Right, x);
        var (bottom, top) = Reaching(Bottom, Top, y);
        return new ChartWindow(left, right, bottom, top);
    }

    private static (double From, double To) Reaching(double from, double to, double value)
    {
        if (value >= Math.Min(from, to) && value <= Math.Max(from, to) || !double.IsFinite(value))
            return (from, to);
        var beyond = value + 0.04 * (value < Math.Min(from, to) ? value - Math.Max(from, to) : value - Math.Min(from, to));
        return beyond < Math.Min(from, to) == from < to ? (beyond, to) : (from, beyond);
    }

    /// <summary>This window where it can be shown: with numbers, with the axes' directions, not closer than makes sense, not wider than
    /// <paramref name="most"/> times the whole; else the whole.</summary>
    public ChartWindow Within(ChartWindow whole, double most)
    {
        var (width, height) = ((Right - Left) / (whole.Right - whole.Left), (Top - Bottom) / (whole.Top - whole.Bottom));
        if (!(width >= Closest && height >= Closest && width < most && height < most))
            return whole;
        var (middleX, middleY) = ((Left + Right) / 2, (Bottom + Top) / 2);
        // Something of the whole stays in sight.
        return whole.Contains(middleX, middleY) ? this : whole;
    }
}
