namespace Almagest.Charts.Drawing;

/// <summary>The colour–magnitude diagram: brightness upwards, blue to the left; density first, single stars on top.</summary>
/// <param name="IsAbsolute">whether magnitudes are absolute, from the parallax; else as the catalogue has them</param>
public sealed record ColourMagnitude(PointCloud Cloud, bool IsAbsolute)
{
    /// <summary>Absolute where at least half the stars with colour and magnitude have a parallax; null where no star has both.</summary>
    public static ColourMagnitude? Of(IReadOnlyList<double> color, IReadOnlyList<double> magnitude, IReadOnlyList<double> parallaxMas)
    {
        ArgumentNullException.ThrowIfNull(color);
        ArgumentNullException.ThrowIfNull(magnitude);
        ArgumentNullException.ThrowIfNull(parallaxMas);
        var both = Enumerable.Range(0, color.Count).Where(i => double.IsFinite(color[i]) && double.IsFinite(magnitude[i])).ToList();
        if (both.Count == 0)
            return null;
        var isAbsolute = both.Count(i => parallaxMas[i] > 0) * 2 >= both.Count;
        var (x, y) = (new float[color.Count], new float[color.Count]);
        for (var i = 0; i < color.Count; i++)
            (x[i], y[i]) = ((float)color[i], (float)Height(magnitude[i], parallaxMas[i], isAbsolute));
        var placed = both.Where(i => float.IsFinite(y[i])).ToList();
        if (placed.Count == 0)
            return null;
        var (left, right) = Scale.Inner([.. placed.Select(i => x[i])]);
        var (bright, faint) = Scale.Inner([.. placed.Select(i => y[i])]);
        return new ColourMagnitude(new PointCloud(x, y, new ChartWindow(left, right, faint, bright)), isAbsolute);
    }

    public double HeightOf(double? magnitude, double? parallaxMas) =>
        Height(magnitude ?? double.NaN, parallaxMas ?? double.NaN, IsAbsolute);

    /// <param name="window">null = the whole</param>
    /// <param name="pointed">a place to point at</param>
    public (string Svg, StarLayer.Drawn Drawn) Draw(
        StarLayer stars,
        string description,
        ChartWindow? window = null,
        ChartPoint? pointed = null
    ) =>
        ScatterPlot.Draw(
            Cloud,
            stars,
            "colour (mag)",
            IsAbsolute ? "absolute magnitude" : "magnitude",
            description,
            window,
            pointed,
            height: 520
        );

    private static double Height(double magnitude, double parallaxMas, bool isAbsolute) =>
        !isAbsolute ? magnitude
        : parallaxMas > 0 ? magnitude + 5 + 5 * Math.Log10(parallaxMas / 1000)
        : double.NaN;
}
