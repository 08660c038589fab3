using Almagest.Sky;

namespace Almagest.Charts.Drawing;

/// <summary>HEALPix cells of the whole sky, coloured, in the Mollweide projection.</summary>
public static class CellMap
{
    private const int Columns = 720,
        Rows = 360;

    /// <param name="cells">0 to 1 of each cell that has a value</param>
    public static string Draw(IReadOnlyDictionary<long, double> cells, int order, string description)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var raster = new Raster(Columns, Rows);
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                if (
                    Mollweide.At(2 * (column + 0.5) / Columns - 1, 1 - 2 * (row + 0.5) / Rows) is { } place
                    && cells.TryGetValue(Healpix.AngToPix(order, place.RaDeg, place.DecDeg), out var value)
                )
                    raster.Set(column, row, ColourMap.At(value));
            }
        }
        return SkyMap.Draw(new Mollweide(), raster, description);
    }
}
