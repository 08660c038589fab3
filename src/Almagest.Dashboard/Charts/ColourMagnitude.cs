namespace Almagest.Dashboard.Charts;

/// <summary>The colour–magnitude diagram: brightness upwards, blue to the left; density first, single stars on top.</summary>
/// <param name="IsAbsolute">whether magnitudes are absolute, from the parallax; else as the catalogue has them</param>
public sealed record ColourMagnitude(DensityGrid Density, bool IsAbsolute)
{
    const int Columns = 160, Rows = 130;

    /// <summary>Absolute where at least half the stars with colour and magnitude have a parallax; null where no star has both.</summary>
    public static ColourMagnitude? Of(IReadOnlyList<double> color, IReadOnlyList<double> magnitude, IReadOnlyList<double> parallaxMas)
    {
        ArgumentNullException.ThrowIfNull(color);
        ArgumentNullException.ThrowIfNull(magnitude);
        ArgumentNullException.ThrowIfNull(parallaxMas);
        var both = Enumerable.Range(0, color.Count).Where(i => double.IsFinite(color[i]) && double.IsFinite(magnitude[i])).ToList();
        if (both.Count == 0) return null;
        var isAbsolute = both.Count(i => parallaxMas[i] > 0) * 2 >= both.Count;
        var places = both.Select(i => (X: color[i], Y: Height(magnitude[i], parallaxMas[i], isAbsolute))).Where(p => double.IsFinite(p.Y)).ToList();
        var (left, right) = Inner([.. places.Select(p => p.X)]);
        var (bright, faint) = Inner([.. places.Select(p => p.Y)]);
        var density = new DensityGrid(Columns, Rows, (left, right), (faint, bright));
        foreach (var (x, y) in places) density.Add(x, y);
        return new ColourMagnitude(density, isAbsolute);
    }

    public double HeightOf(double? magnitude, double? parallaxMas) => Height(magnitude ?? double.NaN, parallaxMas ?? double.NaN, IsAbsolute);

    public string Draw(IEnumerable<ChartPoint> stars, string description, double width = 560, double height = 520)
    {
        ArgumentNullException.ThrowIfNull(stars);
        var plot = new Plot(width, height, description, Density.X, Density.Y, "colour (mag)", IsAbsolute ? "absolute magnitude" : "magnitude");
        plot.Canvas.Image(Plot.Left, Plot.Top, width - Plot.Left - Plot.Right, height - Plot.Top - Plot.Bottom, Density.Paint());
        foreach (var s in stars)
        {
            if (plot.X.Contains(s.X) && plot.Y.Contains(s.Y)) plot.Canvas.Circle(plot.X.At(s.X), plot.Y.At(s.Y), 3, "flag", s.Tip, s.StarId, s.Fill);
        }
        return plot.ToString();
    }

    static double Height(double magnitude, double parallaxMas, bool isAbsolute) =>
        !isAbsolute ? magnitude : parallaxMas > 0 ? magnitude + 5 + 5 * Math.Log10(parallaxMas / 1000) : double.NaN;

    // A few wild values must not squeeze the rest into a corner.
    static (double Low, double High) Inner(double[] values)
    {
        Array.Sort(values);
        var (low, high) = (values[values.Length / 2000], values[^(values.Length / 2000 + 1)]);
        return Scale.Around([low, high], 0.06);
    }
}
