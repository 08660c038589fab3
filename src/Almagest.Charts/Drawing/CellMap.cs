using Almagest.Sky;

namespace Almagest.Charts.Drawing;

/// <summary>HEALPix cells of the whole sky, coloured, in the Mollweide projection.</summary>
internal static class CellMap
{
    private const int Columns = 720,
        Rows = 360;

    /// <param name="values">of each cell that has one, 0 or more</param>
    /// <param name="isLogarithmic">for counts that span orders of magnitude; else from 0 on</param>
    /// <param name="name">what they are</param>
    public static string Draw(IReadOnlyDictionary<long, double> values, int order, bool isLogarithmic, string name, string description)
    {
        ArgumentNullException.ThrowIfNull(values);
        var highest = Math.Max(1, values.Count == 0 ? 1 : values.Values.Max());
        double Place(double v) => isLogarithmic ? Math.Log(1 + v) / Math.Log(1 + highest) : v / highest;
        double[] decades = [0, 1, .. Enumerable.Range(1, 9).Select(d => Math.Pow(10, d))];
        var ticks = isLogarithmic ? [.. decades.Where(d => d <= highest)] : Whole(highest);
        var cells = values.ToDictionary(v => v.Key, v => Place(v.Value));
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
        return SkyMap.Draw(new Mollweide(), raster, description, ticks.Select(t => (Place(t), Scale.Label(t))), name);
    }

    private static List<double> Whole(double highest) => [.. new Scale(0, highest, 0, 1).Ticks(5).Where(t => t == Math.Round(t))];
}
