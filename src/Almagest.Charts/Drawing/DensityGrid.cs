namespace Almagest.Charts.Drawing;

/// <summary>Points counted in the cells of a rectangle: what is drawn of a million stars instead of a million marks.</summary>
internal sealed class DensityGrid(int columns, int rows, (double From, double To) x, (double From, double To) y)
{
    private readonly int[] _counts = new int[columns * rows];

    public (double From, double To) X => x;
    public (double From, double To) Y => y;
    public int Most { get; private set; }
    public long Total { get; private set; }

    public void Add(double valueX, double valueY)
    {
        var (u, v) = ((valueX - x.From) / (x.To - x.From), (valueY - y.From) / (y.To - y.From));
        if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1))
            return;
        var at = Math.Min((int)(v * rows), rows - 1) * columns + Math.Min((int)(u * columns), columns - 1);
        Most = Math.Max(Most, ++_counts[at]);
        Total++;
    }

    /// <summary>The logarithm of the counts in colour, empty cells clear; the first row of cells at the bottom.</summary>
    /// <param name="isGrey">a ground for marks, instead of viridis</param>
    public Raster Paint(bool isGrey)
    {
        var raster = new Raster(columns, rows);
        var scale = Math.Log(Math.Max(2, Most));
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                if (_counts[row * columns + column] is > 0 and var n)
                    raster.Set(column, rows - 1 - row, isGrey ? Palette.Grey(Math.Log(n) / scale) : ColourMap.At(Math.Log(n) / scale));
            }
        }
        return raster;
    }
}
