namespace Almagest.Charts.Drawing;

/// <summary>
/// All stars of a selection as points of one plane, in the order of their ids; a star without a place there is NaN. Whatever part is looked
/// at is counted anew from all of them, which takes some milliseconds for a million: densities are as fine close in as far out. Immutable.
/// </summary>
public sealed class PointCloud(float[] x, float[] y, ChartWindow whole)
{
    public ChartWindow Whole => whole;

    /// <summary>Stars that have a place.</summary>
    public int Placed { get; } = Enumerable.Range(0, x.Length).Count(i => float.IsFinite(x[i]) && float.IsFinite(y[i]));

    /// <summary>Standard errors along both axes, NaN where they are not known; null where no star has one.</summary>
    public float[]? ErrorX { get; init; }

    /// <inheritdoc cref="ErrorX"/>
    public float[]? ErrorY { get; init; }

    public (float X, float Y) this[int star] => (x[star], y[star]);

    /// <summary>The stars in a part of the plane.</summary>
    public List<int> Within(ChartWindow window)
    {
        var found = new List<int>();
        var (x0, x1) = (Math.Min(window.Left, window.Right), Math.Max(window.Left, window.Right));
        var (y0, y1) = (Math.Min(window.Bottom, window.Top), Math.Max(window.Bottom, window.Top));
        for (var i = 0; i < x.Length; i++)
        {
            if (x[i] >= x0 && x[i] <= x1 && y[i] >= y0 && y[i] <= y1)
                found.Add(i);
        }
        return found;
    }

    /// <summary>The whole, widened to hold these stars, too; no axis to twice its length, lest a wild one squeeze all the
    /// others.</summary>
    public ChartWindow Holding(IReadOnlyList<int> stars)
    {
        ArgumentNullException.ThrowIfNull(stars);
        var placed = stars.Where(i => float.IsFinite(x[i]) && float.IsFinite(y[i])).ToList();
        var (left, right) = Widened(whole.Left, whole.Right, [.. placed.Select(i => (double)x[i])]);
        var (bottom, top) = Widened(whole.Bottom, whole.Top, [.. placed.Select(i => (double)y[i])]);
        return new ChartWindow(left, right, bottom, top);
    }

    // The nearest of what lies outside first, on either side, as long as there is room.
    private static (double From, double To) Widened(double from, double to, double[] values)
    {
        var (low, high) = (Math.Min(from, to), Math.Max(from, to));
        var (most, room) = (1.9 * (high - low), 0.03 * (high - low));
        var (least, greatest) = (low, high);
        foreach (var v in values.Where(v => v < least || v > greatest).OrderBy(v => Math.Max(least - v, v - greatest)))
        {
            var (l, h) = (Math.Min(low, v - room), Math.Max(high, v + room));
            if (h - l <= most)
                (low, high) = (l, h);
        }
        return from <= to ? (low, high) : (high, low);
    }

    /// <summary>The part around some stars, with room on all sides, along the axes' directions; null where none of them has a
    /// place.</summary>
    /// <param name="room">on each side, as a share of what the stars take</param>
    /// <param name="keepShape">whether both axes keep their ratio, as on a map</param>
    public ChartWindow? Around(IReadOnlyList<int> stars, double room, bool keepShape)
    {
        ArgumentNullException.ThrowIfNull(stars);
        var placed = stars.Where(i => float.IsFinite(x[i]) && float.IsFinite(y[i])).ToList();
        if (placed.Count == 0)
            return null;
        var (left, right) = Scale.Inner([.. placed.Select(i => x[i])]);
        var (bottom, top) = Scale.Inner([.. placed.Select(i => y[i])]);
        var (wide, tall) = ((right - left) * (1 + 2 * room), (top - bottom) * (1 + 2 * room));
        var (wholeWide, wholeTall) = (Math.Abs(whole.Right - whole.Left), Math.Abs(whole.Top - whole.Bottom));
        if (keepShape)
        {
            var share = Math.Max(wide / wholeWide, tall / wholeTall);
            (wide, tall) = (share * wholeWide, share * wholeTall);
        }
        if (keepShape && wide >= wholeWide)
            return whole;
        var (signX, signY) = (Math.Sign(whole.Right - whole.Left), Math.Sign(whole.Top - whole.Bottom));
        var (middleX, middleY) = ((left + right) / 2, (bottom + top) / 2);
        var around = new ChartWindow(
            middleX - signX * wide / 2,
            middleX + signX * wide / 2,
            middleY - signY * tall / 2,
            middleY + signY * tall / 2
        );
        if (keepShape)
            return around;
        // Room where no star is at all shows nothing: magnitudes below the brightest or beyond the limit of the catalogue.
        var (x0, x1) = Within(around.Left, around.Right, whole.Left, whole.Right, left, right);
        var (y0, y1) = Within(around.Bottom, around.Top, whole.Bottom, whole.Top, bottom, top);
        return new ChartWindow(x0, x1, y0, y1);
    }

    // The ends of the first where they lie in the second or are needed for the third; else the nearer of these.
    private static (double From, double To) Within(double from, double to, double all0, double all1, double needed0, double needed1)
    {
        var low = Math.Max(Math.Min(from, to), Math.Min(Math.Min(all0, all1), Math.Min(needed0, needed1)));
        var high = Math.Min(Math.Max(from, to), Math.Max(Math.Max(all0, all1), Math.Max(needed0, needed1)));
        return from <= to ? (low, high) : (high, low);
    }
}
