namespace Almagest.Charts.Drawing;

/// <summary>A rising curve, such as distances to neighbours in ascending order.</summary>
internal static class Curve
{
    /// <param name="mark">a height to point at</param>
    public static string Draw(
        IReadOnlyList<double> values,
        double? mark,
        string xName,
        string yName,
        string description,
        double width = 560,
        double height = 280
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        // The last per mille of distances is of lonely stars and would flatten the bend that one looks for.
        var top = values.Count == 0 ? 1 : Math.Max(values[(int)((values.Count - 1) * 0.995)], mark ?? 0) * 1.1;
        var plot = new Plot(width, height, description, (0, Math.Max(1, values.Count)), (0, top > 0 ? top : 1), xName, yName);
        plot.Canvas.Polyline(values.Select((v, i) => (plot.X.At(i), plot.Y.At(Math.Min(v, top)))), "line");
        if (mark is { } at)
            plot.Canvas.Line(plot.Box.Left, plot.Y.At(at), plot.Box.Left + plot.Box.Width, plot.Y.At(at), "mark");
        return plot.ToString();
    }
}
