namespace Almagest.Dashboard.Charts;

/// <summary>
/// All stars of a selection as points of one plane, in the order of their ids; a star without a place there is NaN. Whatever part is looked at is
/// counted anew from all of them, which takes some milliseconds for a million: densities are as fine close in as far out. Immutable.
/// </summary>
public sealed class StarCloud(float[] x, float[] y, ChartWindow whole)
{
    public ChartWindow Whole => whole;

    public (float X, float Y) this[int star] => (x[star], y[star]);

    public DensityGrid Density(ChartWindow window, int columns, int rows)
    {
        var grid = new DensityGrid(columns, rows, (window.Left, window.Right), (window.Bottom, window.Top));
        for (var i = 0; i < x.Length; i++) grid.Add(x[i], y[i]);
        return grid;
    }

    /// <summary>The stars in a part of the plane.</summary>
    public List<int> Within(ChartWindow window)
    {
        var found = new List<int>();
        var (x0, x1) = (Math.Min(window.Left, window.Right), Math.Max(window.Left, window.Right));
        var (y0, y1) = (Math.Min(window.Bottom, window.Top), Math.Max(window.Bottom, window.Top));
        for (var i = 0; i < x.Length; i++)
        {
            if (x[i] >= x0 && x[i] <= x1 && y[i] >= y0 && y[i] <= y1) found.Add(i);
        }
        return found;
    }
}
