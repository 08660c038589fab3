using System.Globalization;
using System.Text.RegularExpressions;
using Almagest.Contract.Errors;

namespace Almagest.Charts.Export;

/// <summary>How wide a figure is printed, so that its words have the size that they should have there.</summary>
/// <param name="Units">its width in the units of drawings, of which 12 are the size of words</param>
/// <param name="Points">its printed width, 72 to the inch</param>
/// <param name="Pixels">its width as PNG</param>
public sealed partial record FigureSize(double Units, double Points, int Pixels)
{
    private const double PointsPerMm = 72 / 25.4,
        // Words of 8 points, as captions of journals have them.
        UnitsPerPoint = 12.0 / 8,
        PrintDpi = 300,
        Narrowest = 300,
        Widest = 1200;

    /// <summary>What a width can be written as.</summary>
    public const string Forms = "column (88 mm), two-columns (180 mm), slide (1920 px), or millimetres or pixels such as 120mm, 1600px";

    /// <summary>One and two columns of a journal's page (A&amp;A: 88 and 180 mm), a slide of 16 to 9 shown at 1920 pixels.</summary>
    public static FigureSize Column { get; } = Millimetres(88);

    /// <inheritdoc cref="Column"/>
    public static FigureSize TwoColumns { get; } = Millimetres(180);

    /// <inheritdoc cref="Column"/>
    public static FigureSize Slide { get; } = new(800, 960, 1920);

    /// <summary>Where no width is wanted: one chart as pages show it, several on a sheet of two columns.</summary>
    internal static FigureSize Usual(double units) => new(units, units / UnitsPerPoint, (int)Math.Ceiling(2 * units));

    /// <summary>As a chart is drawn already.</summary>
    public static FigureSize Of(string svg) => Usual(SvgPainter.SizeOf(svg).Width);

    /// <exception cref="LedgerException">it is no width</exception>
    public static FigureSize Parse(string text, string field = "width")
    {
        ArgumentNullException.ThrowIfNull(text);
        switch (text.Trim().ToLowerInvariant())
        {
            case "column":
                return Column;
            case "two-columns":
                return TwoColumns;
            case "slide":
                return Slide;
        }
        if (
            Measure().Match(text.Trim()) is not { Success: true } measure
            || !double.TryParse(measure.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        )
            throw LedgerException.Invalid(field, $"{field} is '{text}', expected {Forms}");
        var isMm = measure.Groups[2].Value.Equals("mm", StringComparison.OrdinalIgnoreCase);
        var (least, most) = isMm ? (40, 600) : (240, 8000);
        if (number < least || number > most)
            throw LedgerException.Invalid(
                field,
                $"{field} is '{text}', expected {least} to {most} {(isMm ? "mm" : "px")}",
                "A figure for a poster is best made as PDF or SVG, which have no pixels."
            );
        return isMm
            ? Millimetres(number)
            : new FigureSize(Math.Clamp(number / 2, Narrowest, Widest), number * 0.75, (int)Math.Round(number));
    }

    private static FigureSize Millimetres(double mm) =>
        new(Math.Clamp(mm * PointsPerMm * UnitsPerPoint, Narrowest, Widest), mm * PointsPerMm, (int)Math.Round(mm / 25.4 * PrintDpi));

    [GeneratedRegex(@"^([0-9]+(?:\.[0-9]+)?)\s*(mm|px)$", RegexOptions.IgnoreCase)]
    private static partial Regex Measure();
}
