namespace Almagest.Charts.Drawing;

/// <summary>A canvas with two linear axes, their ticks and their names. The names keep clear of the longest of the ticks' words.</summary>
internal sealed class Plot
{
    /// <summary>Words of ticks as large as a phone shows them.</summary>
    private const double TickSize = 15;

    /// <summary>Figures of the widest faces that browsers take, DejaVu and Verdana, over those that widths are reckoned by.</summary>
    private const double Widest = 1.13;

    /// <param name="above">room above the plot, for a legend</param>
    /// <param name="beside">room to its right, for a colour bar</param>
    /// <param name="columns">words at places of the lower axis; null = numbers</param>
    public Plot(
        double width,
        double height,
        string description,
        (double From, double To) x,
        (double From, double To) y,
        string xName,
        string yName,
        double above = 0,
        double beside = 0,
        IReadOnlyList<(double Place, string Label)>? columns = null
    )
    {
        Canvas = new SvgCanvas(width, height, description);
        var (top, bottom) = (10 + above, height - 50);
        var ticks = new Scale(y.From, y.To, bottom, top).Ticks(Math.Max(3, (int)((bottom - top) / 44)));
        var labels = Scale.Labels(ticks);
        var left = LeftOf(labels, yName);
        Box = (left, top, width - 14 - beside - left, bottom - top);
        X = new Scale(x.From, x.To, left, left + Box.Width);
        Y = new Scale(y.From, y.To, bottom, top);
        if (columns is null)
        {
            var places = X.Ticks(Math.Max(2, (int)(Box.Width / 76)));
            columns = [.. Scale.Labels(places).Select((tick, i) => (places[i], tick))];
        }
        foreach (var (place, tick) in columns)
        {
            var at = X.At(place);
            Canvas.Line(at, top, at, bottom, "grid").Line(at, bottom, at, bottom + 4, "axis").Text(at, bottom + 18, tick);
        }
        foreach (var (i, tick) in labels.Index())
        {
            var at = Y.At(ticks[i]);
            Canvas.Line(left, at, left + Box.Width, at, "grid").Line(left - 4, at, left, at, "axis").Text(left - 7, at + 4, tick, "end");
        }
        Canvas.Text(left + Box.Width / 2, height - 7, xName, css: "title").Text(15, top + Box.Height / 2, yName, css: "title", turn: -90);
    }

    public SvgCanvas Canvas { get; }
    public Scale X { get; }
    public Scale Y { get; }

    /// <summary>The plot inside its frame.</summary>
    public (double Left, double Top, double Width, double Height) Box { get; }

    /// <summary>Where a plot begins whose axis has these words at its ticks, and this name.</summary>
    public static double LeftOf(IEnumerable<string> ticks, string name) =>
        10 + (name.Length > 0 ? 22 : 4) + Widest * ticks.Select(t => TextWidth.Of(t, TickSize)).DefaultIfEmpty(0).Max();

    /// <summary>Closes with the frame, on top of what was drawn.</summary>
    public override string ToString() => Canvas.Rect(Box.Left, Box.Top, Box.Width, Box.Height, "axis").ToString();
}
