using System.Globalization;
using Almagest.Discovery.Features;
using Almagest.Sky;

namespace Almagest.Charts.Drawing;

/// <summary>The colour–magnitude diagram: brightness upwards, blue to the left; density first, single stars on top.</summary>
/// <param name="IsAbsolute">whether magnitudes are absolute, from the parallax; else as the catalogue has them</param>
/// <param name="Rule">which stars have a distance: as the run has it; the others have no place among absolute magnitudes</param>
/// <param name="Bands">what is on the axes</param>
public sealed record ColourMagnitude(PointCloud Cloud, bool IsAbsolute, DistanceRule Rule, Bands Bands)
{
    /// <summary>Absolute where at least half the stars with colour and magnitude have a distance (the others are not drawn then); null
    /// where no star has both.</summary>
    public static ColourMagnitude? Of(
        IReadOnlyList<double> color,
        IReadOnlyList<double> magnitude,
        IReadOnlyList<double> parallaxMas,
        IReadOnlyList<double> parallaxErrorMas,
        Bands? bands = null,
        DistanceRule? rule = null
    )
    {
        ArgumentNullException.ThrowIfNull(color);
        ArgumentNullException.ThrowIfNull(magnitude);
        ArgumentNullException.ThrowIfNull(parallaxMas);
        ArgumentNullException.ThrowIfNull(parallaxErrorMas);
        var both = Enumerable.Range(0, color.Count).Where(i => double.IsFinite(color[i]) && double.IsFinite(magnitude[i])).ToList();
        if (both.Count == 0)
            return null;
        rule ??= DistanceRule.Usual;
        var near = both.Count(i => HasDistance(parallaxMas[i], parallaxErrorMas[i], rule));
        // As a run takes no distances where less than half of its stars have one.
        var isAbsolute = near >= RecipeChoice.LeastUsable * both.Count;
        var (x, y) = (new float[color.Count], new float[color.Count]);
        for (var i = 0; i < color.Count; i++)
            (x[i], y[i]) = ((float)color[i], (float)Height(magnitude[i], parallaxMas[i], parallaxErrorMas[i], isAbsolute, rule));
        var placed = both.Where(i => float.IsFinite(y[i])).ToList();
        if (placed.Count == 0)
            return null;
        var (left, right) = Scale.Inner([.. placed.Select(i => x[i])]);
        var (bright, faint) = Scale.Inner([.. placed.Select(i => y[i])]);
        // What the error of the parallax makes of the absolute magnitude; errors of magnitudes are not kept.
        var errors =
            isAbsolute && parallaxErrorMas.Any(e => e >= DistanceRule.LeastErrorMas)
                ? Enumerable
                    .Range(0, color.Count)
                    .Select(i => (float)(5 / Math.Log(10) * parallaxErrorMas[i] / parallaxMas[i]))
                    .Select((e, i) => float.IsFinite(y[i]) && e >= 0 ? e : float.NaN)
                    .ToArray()
                : null;
        return new ColourMagnitude(
            new PointCloud(x, y, new ChartWindow(left, right, faint, bright)) { ErrorY = errors },
            isAbsolute,
            rule,
            bands ?? Bands.Unknown
        )
        {
            WhyApparent =
                isAbsolute || !both.Any(i => double.IsFinite(parallaxMas[i]))
                    ? null
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"Magnitudes are apparent: {near:N0} of {both.Count:N0} stars {(near == 1 ? "has" : "have")} a distance "
                            + $"(a parallax of {rule.Words})."
                    ),
        };
    }

    /// <summary>Why magnitudes are as the catalogue has them, though it has parallaxes; null where they are absolute, or it has
    /// none.</summary>
    public string? WhyApparent { get; private init; }

    /// <summary>Where a star is on the axis of magnitudes; NaN where it has no place there.</summary>
    public double HeightOf(double? magnitude, double? parallaxMas, double? parallaxErrorMas) =>
        Height(magnitude ?? double.NaN, parallaxMas ?? double.NaN, parallaxErrorMas ?? double.NaN, IsAbsolute, Rule);

    /// <param name="window">null = the whole</param>
    /// <param name="pointed">a place to point at</param>
    public (string Svg, StarLayer.Drawn Drawn) Draw(
        StarLayer stars,
        string description,
        ChartWindow? window = null,
        ChartPoint? pointed = null,
        double width = 560
    ) =>
        ScatterPlot.Draw(
            Cloud,
            stars,
            Bands.ColorAxis,
            Bands.MagnitudeAxis(IsAbsolute),
            description,
            window,
            pointed,
            width,
            Math.Clamp(width * 0.93, 300, 560)
        );

    /// <summary>Which stars have a place in it, in words that follow a number of stars.</summary>
    public string Needs => IsAbsolute ? $"a colour, a magnitude and a parallax of {Rule.Words}" : "a colour and a magnitude";

    // A mark of missing values is no distance, whatever error stands beside it.
    private static bool HasDistance(double parallaxMas, double parallaxErrorMas, DistanceRule rule) =>
        rule.Holds(parallaxMas, parallaxErrorMas) && KnownStars.CanBeParallax(parallaxMas);

    private static double Height(double magnitude, double parallaxMas, double parallaxErrorMas, bool isAbsolute, DistanceRule rule) =>
        !isAbsolute ? magnitude
        : HasDistance(parallaxMas, parallaxErrorMas, rule) ? magnitude + 5 + 5 * Math.Log10(parallaxMas / 1000)
        : double.NaN;
}
