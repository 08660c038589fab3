using System.Globalization;
using Almagest.Discovery.Features;
using Almagest.Sky;

namespace Almagest.Charts.Drawing;

/// <summary>A star beside the one of a finder chart.</summary>
/// <param name="SeparationArcsec">from that star</param>
/// <param name="AngleDeg">position angle, from north through east</param>
public readonly record struct Neighbour(int Place, long StarId, double SeparationArcsec, double AngleDeg);

/// <summary>The sky around a star: its neighbours by brightness, and where they move. North is up and east to the left.</summary>
public static class FinderChart
{
    /// <summary>Words in an arrow's scale: years for which motions are drawn.</summary>
    private static readonly double[] s_years = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000];

    /// <summary>The stars of a field by their distance from one of them, the nearest first; that one is left out.</summary>
    public static IReadOnlyList<Neighbour> Neighbours(StarColumns field, long starId, double raDeg, double decDeg)
    {
        ArgumentNullException.ThrowIfNull(field);
        var plane = new TangentPlane(raDeg, decDeg, 1);
        var found = new List<Neighbour>();
        for (var i = 0; i < field.Count; i++)
        {
            if (field.StarId[i] == starId || plane.Project(field.RaDeg[i], field.DecDeg[i]) is not { } place)
                continue;
            found.Add(
                new Neighbour(
                    i,
                    field.StarId[i],
                    3600 * SkyCoordinates.SeparationDeg(raDeg, decDeg, field.RaDeg[i], field.DecDeg[i]),
                    (Math.Atan2(-place.X, place.Y) * 180 / Math.PI + 360) % 360
                )
            );
        }
        return [.. found.OrderBy(n => n.SeparationArcsec)];
    }

    /// <param name="field">stars around it, itself among them</param>
    /// <param name="radiusDeg">half the width of the chart</param>
    /// <param name="epoch">Julian year for which the positions hold; null = not known</param>
    /// <returns>the picture, and what its arrows are; null where no star has a motion</returns>
    public static (string Svg, string? Arrows) Draw(
        StarColumns field,
        long starId,
        double raDeg,
        double decDeg,
        double radiusDeg,
        double? epoch = null,
        double width = 560
    )
    {
        ArgumentNullException.ThrowIfNull(field);
        var plane = new TangentPlane(raDeg, decDeg, 1);
        // Offsets in the unit that makes short numbers.
        var (unit, per) =
            radiusDeg > 1.5 ? ("°", 1.0)
            : radiusDeg > 0.02 ? ("arcmin", 60.0)
            : ("arcsec", 3600.0);
        var half = radiusDeg * per;
        LegendEntry[] legend = [new("flag", MarkShape.Circle, "this star"), new("star", MarkShape.Circle, "others, larger = brighter")];
        var height = width - 14;
        var plot = new Plot(
            width,
            height,
            "Finder chart",
            (half, -half),
            (-half, half),
            $"Δα cos δ ({unit})",
            $"Δδ ({unit})",
            Legend.Height(legend, width - 80) + Words,
            14
        );
        var (left, top, wide, tall) = plot.Box;
        Legend.Draw(plot.Canvas, left, 4, width - 80, legend);
        plot.Canvas.Text(left + wide, top - 6, $"ICRS, {EpochText(epoch)}; N up, E left", "end", "note");
        plot.Canvas.OpenView(left, top, wide, tall, new ChartWindow(half, -half, -half, half), true);
        var shown = Enumerable
            .Range(0, field.Count)
            .Select(i => (Star: i, Place: plane.Project(field.RaDeg[i], field.DecDeg[i])))
            .Where(s => s.Place is { } p && Math.Abs(p.X) <= radiusDeg && Math.Abs(p.Y) <= radiusDeg)
            .Select(s => (s.Star, X: -s.Place!.Value.X * per, Y: s.Place.Value.Y * per))
            .ToList();
        var magnitudes = shown.Select(s => field.Magnitude[s.Star]).Where(double.IsFinite).ToList();
        var (bright, faint) = magnitudes.Count == 0 ? (0, 1) : (magnitudes.Min(), Math.Max(magnitudes.Max(), magnitudes.Min() + 1));
        var years = YearsOf(
            shown.Select(s => Speed(field, s.Star)),
            shown.Where(s => field.StarId[s.Star] == starId).Select(s => Speed(field, s.Star)).FirstOrDefault(double.NaN),
            radiusDeg
        );
        var cut = 0;
        foreach (var (star, x, y) in shown)
        {
            var (u, v) = (plot.X.At(x), plot.Y.At(y));
            if (years is { } t && double.IsFinite(field.PmraMasYr[star] + field.PmdecMasYr[star]))
                cut += Arrow(
                    plot.Canvas,
                    u,
                    v,
                    plot.X.At(x + field.PmraMasYr[star] * t / 3.6e6 * per),
                    plot.Y.At(y + field.PmdecMasYr[star] * t / 3.6e6 * per),
                    plot.Box
                )
                    ? 0
                    : 1;
            var magnitude = field.Magnitude[star];
            var radius = double.IsFinite(magnitude) ? 2 + 4.5 * (faint - magnitude) / (faint - bright) : 2;
            // The star that is looked for is found however faint it is.
            var isIt = field.StarId[star] == starId;
            if (isIt)
                Crosshair(plot.Canvas, u, v);
            plot.Canvas.Circle(u, v, isIt ? Math.Max(4.5, radius) : radius, isIt ? "flag" : "star", star: field.StarId[star]);
        }
        plot.Canvas.CloseView();
        return (plot.ToString(), years is { } length ? Sentence(length, cut) : null);
    }

    // Room for a line of words above the plot.
    private const double Words = 16;

    /// <summary>E.g. <c>epoch J2016.0</c>.</summary>
    public static string EpochText(double? epoch) =>
        epoch is { } year ? string.Create(CultureInfo.InvariantCulture, $"epoch J{year:0.0##}") : "epoch not known";

    private static string Sentence(double years, int cut) =>
        string.Create(CultureInfo.InvariantCulture, $"Arrows: proper motion in {years:N0} years")
        + (
            cut == 0
                ? "."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"; {cut:N0} without a head {(cut == 1 ? "leads" : "lead")} out of the field."
                )
        );

    // Four strokes that leave the star itself free, as finder charts have them.
    private static void Crosshair(SvgCanvas canvas, double x, double y)
    {
        const double From = 11,
            To = 24;
        foreach (var (dx, dy) in new[] { (1, 0), (-1, 0), (0, 1), (0, -1) })
            canvas.Path(
                FormattableString.Invariant($"M{x + dx * From:0.##} {y + dy * From:0.##}L{x + dx * To:0.##} {y + dy * To:0.##}"),
                "mark"
            );
    }

    private static double Speed(StarColumns field, int star) => Math.Sqrt(Square(field.PmraMasYr[star]) + Square(field.PmdecMasYr[star]));

    // So long that the fastest of them cross some part of the chart, and the star in its middle stays in it.
    private static double? YearsOf(IEnumerable<double> motions, double own, double radiusDeg)
    {
        var known = motions.Where(m => double.IsFinite(m) && m > 0).Order().ToArray();
        if (known.Length == 0)
            return null;
        var wanted = 0.3 * radiusDeg * 3.6e6 / known[(int)(0.9 * (known.Length - 1))];
        if (own > 0)
            wanted = Math.Min(wanted, 0.85 * radiusDeg * 3.6e6 / own);
        return s_years.LastOrDefault(t => t <= wanted, s_years[0]);
    }

    // False where it leads out of the field: it then ends at the edge, without a head, lest its length tell something wrong.
    private static bool Arrow(
        SvgCanvas canvas,
        double x,
        double y,
        double toX,
        double toY,
        (double Left, double Top, double Width, double Height) box
    )
    {
        var (dx, dy) = (toX - x, toY - y);
        if (Math.Sqrt(dx * dx + dy * dy) is not (>= 2 and var length))
            return true;
        var stays = Math.Min(Inside(x, dx, box.Left, box.Left + box.Width), Inside(y, dy, box.Top, box.Top + box.Height));
        if (stays < 1)
        {
            canvas.Line(x, y, x + stays * dx, y + stays * dy, "err");
            return false;
        }
        canvas.Arrow(x, y, toX, toY, "err", head: Math.Min(5, length / 2));
        return true;
    }

    // Which part of a way from a place inside stays inside.
    private static double Inside(double from, double way, double low, double high) =>
        way > 0 ? (high - from) / way
        : way < 0 ? (low - from) / way
        : double.PositiveInfinity;

    private static double Square(double value) => value * value;
}
