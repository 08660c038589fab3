namespace Almagest.Charts.Drawing;

/// <summary>Counts of values in equal steps.</summary>
public sealed record Histogram(double From, double To, IReadOnlyList<long> Counts)
{
    /// <summary>Values beyond the ends, which are not drawn.</summary>
    public long Beyond { get; private init; }

    /// <summary>
    /// Of the finite values, but for the outermost thousandth at an end where those few would squeeze all the others together: as the
    /// nearest stars do among parallaxes. Null where there are none.
    /// </summary>
    public static Histogram? OfMost(IReadOnlyList<double> values, int bins = 60)
    {
        ArgumentNullException.ThrowIfNull(values);
        var sorted = values.Where(double.IsFinite).Order().ToArray();
        var few = sorted.Length / 1000;
        if (few == 0)
            return Of(sorted, bins);
        var tail = (sorted[^1] - sorted[0]) / 4;
        var first = sorted[few] - sorted[0] > tail ? few : 0;
        var last = sorted.Length - (sorted[^1] - sorted[^(few + 1)] > tail ? few : 0);
        return Of(sorted[first..last], bins) is { } all ? all with { Beyond = sorted.Length - (last - first) } : null;
    }

    /// <summary>Of the finite values; null where there are none.</summary>
    public static Histogram? Of(IReadOnlyList<double> values, int bins = 60)
    {
        ArgumentNullException.ThrowIfNull(values);
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var v in values)
        {
            if (!double.IsFinite(v))
                continue;
            low = Math.Min(low, v);
            high = Math.Max(high, v);
        }
        if (low > high)
            return null;
        if (low == high)
            (low, high) = (low - 0.5, high + 0.5);
        var counts = new long[bins];
        foreach (var v in values)
        {
            if (double.IsFinite(v))
                counts[Math.Min((int)((v - low) / (high - low) * bins), bins - 1)]++;
        }
        return new Histogram(low, high, counts);
    }

    /// <param name="threshold">values below it are drawn as flagged, with a line at it</param>
    /// <param name="mark">a value to point at</param>
    /// <param name="canDrag">whether the threshold gets a handle</param>
    public string Draw(
        string name,
        string unit,
        double? threshold = null,
        double? mark = null,
        double width = 560,
        double height = 270,
        bool canDrag = false
    )
    {
        var most = Math.Max(1, Counts.Max());
        var plot = new Plot(
            width,
            height,
            $"Histogram of {name}",
            (From, To),
            (0, most * 1.06),
            unit.Length == 0 ? name : $"{name} ({unit})",
            "stars"
        );
        if (Beyond > 0)
            plot.Canvas.Text(
                plot.X.ToPixel - 6,
                Plot.Top + 16,
                FormattableString.Invariant($"{Beyond:N0} {(Beyond == 1 ? "star lies" : "stars lie")} beyond"),
                anchor: "end",
                css: "note"
            );
        var step = (To - From) / Counts.Count;
        for (var i = 0; i < Counts.Count; i++)
        {
            if (Counts[i] == 0)
                continue;
            var (a, b) = (plot.X.At(From + i * step), plot.X.At(From + (i + 1) * step));
            var flagged = threshold is { } t && From + (i + 0.5) * step < t;
            plot.Canvas.Rect(
                a + 0.3,
                plot.Y.At(Counts[i]),
                b - a - 0.6,
                plot.Y.At(0) - plot.Y.At(Counts[i]),
                flagged ? "bar2" : "bar",
                FormattableString.Invariant($"{From + i * step:G4} to {From + (i + 1) * step:G4}: {Counts[i]:N0}")
            );
        }
        foreach (var line in new[] { threshold, mark })
        {
            if (line is not { } wanted)
                continue;
            // What lies beyond is pointed at from the edge.
            var at = Beyond > 0 ? Math.Clamp(wanted, From, To) : wanted;
            if (plot.X.Contains(at))
                plot.Canvas.Line(plot.X.At(at), Plot.Top, plot.X.At(at), plot.Y.At(0), "mark");
        }
        if (canDrag && threshold is { } here)
            plot.Canvas.Handle(plot.X.At(Math.Clamp(here, From, To)), Plot.Top, plot.Y.At(0) - Plot.Top, plot.X);
        return plot.ToString();
    }
}
