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
        var (first, last) = (0, sorted.Length);
        // Once more, as the one end may have hidden by its length that the other is long, too.
        for (var again = 0; again < 2; again++)
        {
            var tail = (sorted[last - 1] - sorted[first]) / 4;
            if (first == 0 && sorted[few] - sorted[0] > tail)
                first = few;
            if (last == sorted.Length && sorted[^1] - sorted[^(few + 1)] > tail)
                last -= few;
        }
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

    /// <param name="name">of the axis, with its unit</param>
    /// <param name="threshold">values below it are drawn as flagged, with a line at it</param>
    /// <param name="mark">a value to point at</param>
    /// <param name="canDrag">whether the threshold gets a handle</param>
    public string Draw(
        string name,
        double? threshold = null,
        double? mark = null,
        double width = 560,
        double height = 270,
        bool canDrag = false,
        string? marked = null
    )
    {
        LegendEntry[] legend =
            threshold is not null ? [new("bar2", null, "below the threshold: flagged"), new("bar", null, "not flagged")]
            : mark is not null && marked is not null ? [new("bar", null, "stars of the dataset"), new("markkey", null, marked)]
            : [];
        var most = Math.Max(1, Counts.Max());
        var plot = new Plot(
            width,
            height,
            $"Histogram of {name}",
            (From, To),
            (0, most * 1.06),
            name,
            "stars per bin",
            Legend.Height(legend, width - 80)
        );
        var (left, top, wide, _) = plot.Box;
        Legend.Draw(plot.Canvas, left, 4, width - 80, legend);
        if (Beyond > 0)
            plot.Canvas.Text(
                left + wide - 6,
                top + 16,
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
                plot.Canvas.Line(plot.X.At(at), top, plot.X.At(at), plot.Y.At(0), "mark");
        }
        if (canDrag && threshold is { } here)
            plot.Canvas.Handle(plot.X.At(Math.Clamp(here, From, To)), top, plot.Y.At(0) - top, plot.X);
        return plot.ToString();
    }
}
