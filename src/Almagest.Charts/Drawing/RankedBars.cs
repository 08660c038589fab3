using System.Globalization;

namespace Almagest.Charts.Drawing;

/// <summary>One row of <see cref="RankedBars"/>.</summary>
/// <param name="Share">0 to 1; null = nothing can be said</param>
/// <param name="Words">beside its bar</param>
internal readonly record struct RankedBar(string Name, double? Share, string Words);

/// <summary>Shares as bars that lie below each other, with words beside them.</summary>
internal static class RankedBars
{
    private const double Row = 30;

    public static string Draw(IReadOnlyList<RankedBar> bars, string name, string description, double width = 560)
    {
        ArgumentNullException.ThrowIfNull(bars);
        var left = 16 + bars.Select(b => TextWidth.Of(b.Name, 15)).DefaultIfEmpty(0).Max();
        var words = 12 + bars.Select(b => TextWidth.Of(b.Words, 15)).DefaultIfEmpty(0).Max();
        var bottom = 10 + Row * bars.Count;
        var canvas = new SvgCanvas(width, bottom + 50, description);
        var x = new Scale(0, 1, left, Math.Max(left + 60, width - words));
        foreach (var tick in new[] { 0, 0.5, 1 })
            canvas
                .Line(x.At(tick), 10, x.At(tick), bottom, "grid")
                .Text(x.At(tick), bottom + 18, string.Create(CultureInfo.InvariantCulture, $"{100 * tick:0} %"));
        foreach (var (i, bar) in bars.Index())
        {
            var y = 10 + i * Row;
            canvas.Text(left - 8, y + Row / 2 + 4, bar.Name, "end");
            if (bar.Share is { } share)
                canvas.Rect(left, y + 7, Math.Max(1, x.At(share) - left), Row - 14, "bar", $"{bar.Name}: {bar.Words}");
            canvas.Text(x.At(bar.Share ?? 0) + 7, y + Row / 2 + 4, bar.Words, "start", "onsky");
        }
        return canvas.Line(left, 10, left, bottom, "axis").Text((x.FromPixel + x.ToPixel) / 2, bottom + 42, name, css: "title").ToString();
    }
}
