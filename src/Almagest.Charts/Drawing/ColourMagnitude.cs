using System.Globalization;
using Almagest.Discovery.Features;

namespace Almagest.Charts.Drawing;

/// <summary>The colour–magnitude diagram: brightness upwards, blue to the left; density first, single stars on top.</summary>
/// <param name="IsAbsolute">whether magnitudes are absolute, from the parallax; else as the catalogue has them</param>
/// <param name="Rule">which stars have a distance; where no star has a parallax error, every positive parallax is one, and the axis says
/// so</param>
public sealed record ColourMagnitude(PointCloud Cloud, bool IsAbsolute, DistanceRule Rule)
{
    /// <summary>Absolute where at least half the stars with colour and magnitude have a distance (the others are not drawn then); null
    /// where no star has both.</summary>
    public static ColourMagnitude? Of(
        IReadOnlyList<double> color,
        IReadOnlyList<double> magnitude,
        IReadOnlyList<double> parallaxMas,
        IReadOnlyList<double> parallaxErrorMas
    )
    {
        ArgumentNullException.ThrowIfNull(color);
        ArgumentNullException.ThrowIfNull(magnitude);
        ArgumentNullException.ThrowIfNull(parallaxMas);
        ArgumentNullException.ThrowIfNull(parallaxErrorMas);
        var both = Enumerable.Range(0, color.Count).Where(i => double.IsFinite(color[i]) && double.IsFinite(magnitude[i])).ToList();
        if (both.Count == 0)
            return null;
        var rule = DistanceRule.Usual with { WithoutErrors = !parallaxErrorMas.Any(e => e >= DistanceRule.LeastErrorMas) };
        var isAbsolute = both.Count(i => rule.Holds(parallaxMas[i], parallaxErrorMas[i])) * 2 >= both.Count;
        var (x, y) = (new float[color.Count], new float[color.Count]);
        for (var i = 0; i < color.Count; i++)
            (x[i], y[i]) = ((float)color[i], (float)Height(magnitude[i], parallaxMas[i], parallaxErrorMas[i], isAbsolute, rule));
        var placed = both.Where(i => float.IsFinite(y[i])).ToList();
        if (placed.Count == 0)
            return null;
        var (left, right) = Scale.Inner([.. placed.Select(i => x[i])]);
        var (bright, faint) = Scale.Inner([.. placed.Select(i => y[i])]);
        return new ColourMagnitude(new PointCloud(x, y, new ChartWindow(left, right, faint, bright)), isAbsolute, rule);
    }

    /// <summary>Where a star is on the axis of magnitudes; NaN where it has no place there.</summary>
    public double HeightOf(double? magnitude, double? parallaxMas, double? parallaxErrorMas) =>
        Height(magnitude ?? double.NaN, parallaxMas ?? double.NaN, parallaxErrorMas ?? double.NaN, IsAbsolute, Rule);

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
            !IsAbsolute ? "magnitude"
                : Rule.WithoutErrors ? "absolute magnitude (parallaxes of unknown error)"
                : string.Create(CultureInfo.InvariantCulture, $"absolute magnitude (parallax over error ≥ {Rule.MinParallaxOverError})"),
            description,
            window,
            pointed,
            height: 520
        );

    private static double Height(double magnitude, double parallaxMas, double parallaxErrorMas, bool isAbsolute, DistanceRule rule) =>
        !isAbsolute ? magnitude
        : rule.Holds(parallaxMas, parallaxErrorMas) ? magnitude + 5 + 5 * Math.Log10(parallaxMas / 1000)
        : double.NaN;
}
