using System.Globalization;

namespace Almagest.Charts.Drawing;

/// <summary>One bar, with parts stacked on one another.</summary>
/// <param name="Css">the class of its colour; null = the common one</param>
public readonly record struct Bar(string Name, double First, double Second = 0, string? Css = null);

/// <summary>Bars side by side, with words below them.</summary>
public static class Bars
{
    public static string Draw(
        IReadOnlyList<Bar> bars,
        string xName,
        string yName,
        string description,
        double width = 560,
        double height = 260,
        (string First, string Second)? legend = null
    )
    {
        ArgumentNullException.ThrowIfNull(bars);
        LegendEntry[] entries = legend is { } both ? [new("bar", null, both.First), new("bar2", null, both.Second)] : [];
        var (top, bottom) = (10 + Legend.Height(entries, width - 60), height - 58);
        var most = Math.Max(1, bars.Select(b => b.First + b.Second).DefaultIfEmpty().Max());
        var y = new Scale(0, most * 1.08, bottom, top);
        // Of things that are counted, no tick lies between two numbers.
        var ticks = y.Ticks(4).Where(t => t == Math.Round(t)).ToList();
        var labels = Scale.Labels(ticks);
        var left = Plot.LeftOf(labels, yName);
        var right = width - 14;
        var canvas = new SvgCanvas(width, height, description);
        foreach (var (i, label) in labels.Index())
            canvas.Line(left, y.At(ticks[i]), right, y.At(ticks[i]), "grid").Text(left - 7, y.At(ticks[i]) + 4, label, "end");
        Legend.Draw(canvas, left, 4, width - 60, entries);
        var step = (right - left) / Math.Max(1, bars.Count);
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
                        ? string.Create(CultureInfo.InvariantCulture, $"{b.First:N0} {l.First}, {b.Second:N0} {l.Second}")
                        : b.First.ToString("N0", CultureInfo.InvariantCulture)
                );
            canvas.Rect(x, y.At(b.First), w, y.At(0) - y.At(b.First), b.Css ?? "bar", tip);
            if (b.Second > 0)
                canvas.Rect(x, y.At(b.First + b.Second), w, y.At(b.First) - y.At(b.First + b.Second), "bar2", tip);
            if (i % every == 0)
                canvas.Text(x + w / 2, height - 40, b.Name);
        }
        return canvas
            .Line(left, y.At(0), right, y.At(0), "axis")
            .Text((left + right) / 2, height - 10, xName, css: "title")
            .Text(15, (top + bottom) / 2, yName, css: "title", turn: -90)
            .ToString();
    }
}
