namespace Almagest.Dashboard.Charts;

/// <summary>Stars as marks of their own, for a few thousand of them.</summary>
public static class Scatter
{
    public static string Draw(IReadOnlyList<ChartPoint> stars, string xName, string yName, string description, double width = 460, double height = 400)
    {
        ArgumentNullException.ThrowIfNull(stars);
        var plot = new Plot(width, height, description, Scale.Around(stars.Select(s => s.X)), Scale.Around(stars.Select(s => s.Y)), xName, yName);
        foreach (var s in stars)
        {
            if (plot.X.Contains(s.X) && plot.Y.Contains(s.Y)) plot.Canvas.Circle(plot.X.At(s.X), plot.Y.At(s.Y), 2.4, "flag", s.Tip, s.StarId, s.Fill);
        }
        return plot.ToString();
    }

    /// <summary>A rising curve with lines at some of its heights.</summary>
    public static string Curve(IReadOnlyList<double> values, double? mark, string xName, string yName, string description, double width = 560, double height = 280)
    {
        ArgumentNullException.ThrowIfNull(values);
        // The last per mille of distances is of lonely stars and would flatten the bend that one looks for.
        var top = values.Count == 0 ? 1 : Math.Max(values[(int)((values.Count - 1) * 0.995)], mark ?? 0) * 1.1;
        var plot = new Plot(width, height, description, (0, Math.Max(1, values.Count)), (0, top > 0 ? top : 1), xName, yName);
        plot.Canvas.Polyline(values.Select((v, i) => (plot.X.At(i), plot.Y.At(Math.Min(v, top)))), "line");
        if (mark is { } at) plot.Canvas.Line(Plot.Left, plot.Y.At(at), width - Plot.Right, plot.Y.At(at), "mark");
        return plot.ToString();
    }
}
