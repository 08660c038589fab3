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
    /// <returns>the picture, and what its arrows are; null where no star has a motion</returns>
    public static (string Svg, string? Arrows) Draw(
        StarColumns field,
        long starId,
        double raDeg,
        double decDeg,
        double radiusDeg,
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
        var height = width - 30;
        var plot = new Plot(
            width,
            height,
            "Finder chart",
            (half, -half),
            (-half, half),
            $"Δα cos δ ({unit})",
            $"Δδ ({unit})",
            Legend.Height(legend, width - 80),
            14
        );
        var (left, top, wide, tall) = plot.Box;
        Legend.Draw(plot.Canvas, left, 4, width - 80, legend);
        plot.Canvas.OpenView(left, top, wide, tall, new ChartWindow(half, -half, -half, half), true);
        var shown = Enumerable
            .Range(0, field.Count)
            .Select(i => (Star: i, Place: plane.Project(field.RaDeg[i], field.DecDeg[i])))
            .Where(s => s.Place is { } p && Math.Abs(p.X) <= radiusDeg && Math.Abs(p.Y) <= radiusDeg)
            .Select(s => (s.Star, X: -s.Place!.Value.X * per, Y: s.Place.Value.Y * per))
            .ToList();
        var magnitudes = shown.Select(s => field.Magnitude[s.Star]).Where(double.IsFinite).ToList();
        var (bright, faint) = magnitudes.Count == 0 ? (0, 1) : (magnitudes.Min(), Math.Max(magnitudes.Max(), magnitudes.Min() + 1));
        var years = YearsOf(shown.Select(s => Math.Sqrt(Square(field.PmraMasYr[s.Star]) + Square(field.PmdecMasYr[s.Star]))), radiusDeg);
        foreach (var (star, x, y) in shown)
        {
            var (u, v) = (plot.X.At(x), plot.Y.At(y));
            if (years is { } t && double.IsFinite(field.PmraMasYr[star] + field.PmdecMasYr[star]))
                Arrow(
                    plot.Canvas,
                    u,
                    v,
                    plot.X.At(x + field.PmraMasYr[star] * t / 3.6e6 * per),
                    plot.Y.At(y + field.PmdecMasYr[star] * t / 3.6e6 * per)
                );
            var magnitude = field.Magnitude[star];
            var radius = double.IsFinite(magnitude) ? 1.3 + 4.5 * (faint - magnitude) / (faint - bright) : 1.3;
            // The star that is looked for is found however faint it is.
            var isIt = field.StarId[star] == starId;
            plot.Canvas.Circle(u, v, isIt ? Math.Max(4, radius) : radius, isIt ? "flag" : "star", star: field.StarId[star]);
        }
        plot.Canvas.CloseView();
        return (
            plot.ToString(),
            years is { } length ? string.Create(CultureInfo.InvariantCulture, $"Arrows: proper motion in {length:N0} years.") : null
        );
    }

    // So long that the fastest of them cross some part of the chart.
    private static double? YearsOf(IEnumerable<double> motions, double radiusDeg)
    {
        var known = motions.Where(m => double.IsFinite(m) && m > 0).Order().ToArray();
        if (known.Length == 0)
            return null;
        var wanted = 0.3 * radiusDeg * 3.6e6 / known[(int)(0.9 * (known.Length - 1))];
        return s_years.LastOrDefault(t => t <= wanted, s_years[0]);
    }

    private static void Arrow(SvgCanvas canvas, double x, double y, double toX, double toY)
    {
        var (dx, dy) = (toX - x, toY - y);
        var length = Math.Sqrt(dx * dx + dy * dy);
        if (length < 2)
            return;
        var (ux, uy) = (dx / length, dy / length);
        var head = Math.Min(5, length / 2);
        canvas
            .Line(x, y, toX, toY, "err")
            .Line(toX, toY, toX - head * (ux + 0.5 * uy), toY - head * (uy - 0.5 * ux), "err")
            .Line(toX, toY, toX - head * (ux - 0.5 * uy), toY - head * (uy + 0.5 * ux), "err");
    }

    private static double Square(double value) => value * value;
}
