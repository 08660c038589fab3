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
        return new ChartWindow(
            middleX - signX * wide / 2,
            middleX + signX * wide / 2,
            middleY - signY * tall / 2,
            middleY + signY * tall / 2
        );
    }
}
