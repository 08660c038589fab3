using System.Globalization;

namespace Almagest.Charts.Drawing;

/// <summary>One bar, with parts stacked on one another.</summary>
public readonly record struct Bar(string Name, double First, double Second = 0, string? Fill = null);

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
        var canvas = new SvgCanvas(width, height, description);
        var most = Math.Max(1, bars.Select(b => b.First + b.Second).DefaultIfEmpty().Max());
        var y = new Scale(0, most * 1.08, height - 58, 24);
        foreach (var tick in y.Ticks(4))
            canvas
                .Line(Plot.Left, y.At(tick), width - Plot.Right, y.At(tick), "grid")
                .Text(Plot.Left - 7, y.At(tick) + 4, Scale.Label(tick), "end");
        var step = (width - Plot.Left - Plot.Right) / Math.Max(1, bars.Count);
        var every = Math.Max(1, (int)Math.Ceiling(bars.Count * 62 / (width - Plot.Left)));
        for (var i = 0; i < bars.Count; i++)
        {
            var b = bars[i];
            var (x, w) = (Plot.Left + i * step + step * 0.12, Math.Min(step * 0.76, 70));
            x += (step * 0.76 - w) / 2;
            var tip =
                string.Create(CultureInfo.InvariantCulture, $"{b.Name}: ")
                + (
                    legend is { } l
                        ? string.Create(CultureInfo.InvariantCulture, $"{b.First:N0} {l.First}, {b.Second:N0} {l.Second}")
                        : b.First.ToString("N0", CultureInfo.InvariantCulture)
                );
            canvas.Rect(x, y.At(b.First), w, y.At(0) - y.At(b.First), b.Fill is null ? "bar" : "cell", tip, b.Fill);
            if (b.Second > 0)
                canvas.Rect(x, y.At(b.First + b.Second), w, y.At(b.First) - y.At(b.First + b.Second), "bar2", tip);
            if (i % every == 0)
                canvas.Text(x + w / 2, height - 40, b.Name);
        }
        canvas.Line(Plot.Left, y.At(0), width - Plot.Right, y.At(0), "axis");
        canvas.Text((Plot.Left + width) / 2, height - 10, xName, css: "title").Text(15, (height - 40) / 2, yName, css: "title", turn: -90);
        if (legend is { } names)
        {
            canvas.Rect(Plot.Left, 6, 10, 10, "bar").Text(Plot.Left + 15, 15, names.First, "start");
            canvas.Rect(Plot.Left + 110, 6, 10, 10, "bar2").Text(Plot.Left + 125, 15, names.Second, "start");
        }
        return canvas.ToString();
    }
}
