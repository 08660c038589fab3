namespace Almagest.Charts.Drawing;

/// <summary>One axis of many: a place from 0 at its foot to 1, and words at some.</summary>
internal sealed record ParallelAxis(string Name, IReadOnlyList<(double Place, string Label)> Ticks);

/// <summary>One line across all axes.</summary>
/// <param name="Places">on each axis, 0 to 1; NaN = it has no value there, and the line is broken</param>
/// <param name="Colour">0 to 1</param>
internal sealed record ParallelLine(IReadOnlyList<double> Places, double Colour, string Tip, bool IsBest = false);

/// <summary>Runs as lines across their parameters and what they found (Inselberg 1985).</summary>
internal static class ParallelCoordinates
{
    private const double Row = 19;

    public static string Draw(
        IReadOnlyList<ParallelAxis> axes,
        IReadOnlyList<ParallelLine> lines,
        string description,
        LegendEntry best,
        double width = 560,
        double height = 340
    )
    {
        ArgumentNullException.ThrowIfNull(axes);
        ArgumentNullException.ThrowIfNull(lines);
        LegendEntry[] legend = [best];
        // Words of the first axis stand left of it, all others right.
        var left = 12 + axes[0].Ticks.Select(t => TextWidth.Of(t.Label, 15)).DefaultIfEmpty(0).Max();
        var right = width - 14 - axes[^1].Ticks.Select(t => TextWidth.Of(t.Label, 15)).DefaultIfEmpty(0).Max();
        var (top, bottom) = (14 + Legend.Height(legend, width - 40), height - 16 - 2 * Row);
        double X(int axis) => axes.Count == 1 ? left : left + axis * (right - left) / (axes.Count - 1);
        double Y(double place) => bottom + place * (top - bottom);
        var canvas = new SvgCanvas(width, height, description);
        Legend.Draw(canvas, left, 4, width - 40, legend);
        foreach (var line in lines.OrderBy(l => l.IsBest))
        {
            var piece = new List<(double X, double Y)>();
            for (var i = 0; i <= axes.Count; i++)
            {
                if (i < axes.Count && double.IsFinite(line.Places[i]))
                {
                    piece.Add((X(i), Y(line.Places[i])));
                    continue;
                }
                // Of the map of colours the part that stands out from white pages and from dark ones.
                if (piece.Count > 1)
                    canvas.Polyline(
                        piece,
                        line.IsBest ? "best" : "way",
                        line.IsBest ? null : ColourMap.At(0.2 + 0.65 * Math.Clamp(line.Colour, 0, 1)).ToString(),
                        line.Tip
                    );
                piece = [];
            }
        }
        for (var i = 0; i < axes.Count; i++)
        {
            canvas.Line(X(i), top, X(i), bottom, "axis");
            foreach (var (place, label) in axes[i].Ticks)
            {
                canvas.Line(X(i) - 3, Y(place), X(i) + 3, Y(place), "axis");
                canvas.Text(i == 0 ? X(i) - 7 : X(i) + 7, Y(place) + 4, label, i == 0 ? "end" : "start", "onsky");
            }
            // In turn on two rows, so that neighbours do not run into each other.
            var half = TextWidth.Of(axes[i].Name, 19) / 2;
            canvas.Text(
                Math.Clamp(X(i), Math.Min(half + 4, width / 2), Math.Max(width - half - 4, width / 2)),
                bottom + 12 + Row * (1 + i % 2),
                axes[i].Name,
                css: "title"
            );
        }
        return canvas.ToString();
    }
}
