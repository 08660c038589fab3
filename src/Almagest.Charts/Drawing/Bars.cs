using System.Globalization;

namespace Almagest.Charts.Drawing;

/// <summary>One bar, with parts stacked on one another.</summary>
/// <param name="Css">the class of its colour; null = the common one</param>
internal readonly record struct Bar(string Name, double First, double Second = 0, string? Css = null);

/// <summary>Bars side by side, with words below them.</summary>
internal static class Bars
{
    public static string Draw(
        IReadOnlyList<Bar> bars,
        string xName,
        string yName,
        string description,
        double width = 560,
        double height = 260,
        (string First, string Second)? legend = null,
        bool isLogarithmic = false
    )
    {
        ArgumentNullException.ThrowIfNull(bars);
        LegendEntry[] entries = legend is { } both ? [new("bar", null, both.First), new("bar2", null, both.Second)] : [];
        var step = (width - 74) / Math.Max(1, bars.Count);
        // Each with its number, where the widest of them has room.
        var numbers = bars.Select(b => Scale.Label(b.First + b.Second)).ToList();
        var isNumbered = legend is null && numbers.Select(n => TextWidth.Of(n, TickSize)).DefaultIfEmpty(0).Max() + 3 <= step;
        var (top, bottom) = (10 + Legend.Height(entries, width - 60) + (isNumbered ? 14 : 0), height - 58);
        var most = Math.Max(1, bars.Select(b => b.First + b.Second).DefaultIfEmpty().Max());
        // On a logarithmic scale one thing has a bar, too.
        double Place(double count) => isLogarithmic ? Math.Log10(Math.Max(count, Lowest)) : count;
        var y = isLogarithmic
            ? new Scale(Math.Log10(Lowest), Math.Log10(most) + 0.06 * (Math.Log10(most) - Math.Log10(Lowest)), bottom, top)
            : new Scale(0, most * 1.08, bottom, top);
        // Of things that are counted, no tick lies between two numbers.
        var ticks = isLogarithmic ? Decades(most) : y.Ticks(4).Where(t => t == Math.Round(t)).ToList();
        var labels = isLogarithmic ? [.. ticks.Select(Scale.Label)] : Scale.Labels(ticks);
        var left = Plot.LeftOf(labels, yName);
        var right = width - 14;
        var canvas = new SvgCanvas(width, height, description);
        foreach (var (i, label) in labels.Index())
            canvas
                .Line(left, y.At(Place(ticks[i])), right, y.At(Place(ticks[i])), "grid")
                .Text(left - 7, y.At(Place(ticks[i])) + 4, label, "end");
        Legend.Draw(canvas, left, 4, width - 60, entries);
        step = (right - left) / Math.Max(1, bars.Count);
        var floor = y.From;
        var widest = bars.Select(b => TextWidth.Of(b.Name, 13.5)).DefaultIfEmpty(1).Max() + 10;
        var every = Math.Max(1, (int)Math.Ceiling(widest / step));
        for (var i = 0; i < bars.Count; i++)
        {
            var b = bars[i];
            var (x, w) = (left + i * step + step * 0.12, Math.Min(step * 0.76, 70));
            x += (step * 0.76 - w) / 2;
            var tip =
                string.Create(CultureInfo.InvariantCulture, $"{b.Name}: ")
                + (
                    legend is { } l
                        ? string.Create(CultureInfo.InvariantCulture, $"{l.First} {b.First:N0}, {l.Second} {b.Second:N0}")
                        : b.First.ToString("N0", CultureInfo.InvariantCulture)
                );
            canvas.Rect(x, y.At(Place(b.First)), w, y.At(floor) - y.At(Place(b.First)), b.Css ?? "bar", tip);
            if (b.Second > 0)
                canvas.Rect(x, y.At(Place(b.First + b.Second)), w, y.At(Place(b.First)) - y.At(Place(b.First + b.Second)), "bar2", tip);
            if (isNumbered)
                canvas.Text(x + w / 2, y.At(Place(b.First + b.Second)) - 4, numbers[i]);
            if (i % every == 0)
                canvas.Text(x + w / 2, height - 40, b.Name);
        }
        return canvas
            .Line(left, y.At(floor), right, y.At(floor), "axis")
            .Text((left + right) / 2, height - 10, xName, css: "title")
            .Text(15, (top + bottom) / 2, yName, css: "title", turn: -90)
            .ToString();
    }

    // As large as a phone shows them.
    private const double TickSize = 15,
        Lowest = 0.7;

    private static List<double> Decades(double most)
    {
        var decades = Math.Log10(most / Lowest);
        double[] parts =
            decades > 2.5 ? [1]
            : decades > 1.2 ? [1, 3]
            : [1, 2, 5];
        return [.. Enumerable.Range(0, 12).SelectMany(d => parts.Select(p => p * Math.Pow(10, d))).Where(t => t <= most * 1.05)];
    }
}
