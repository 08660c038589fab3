namespace Almagest.Charts.Drawing;

/// <summary>Stars over two linear axes, such as a colour–magnitude diagram or proper motions.</summary>
internal static class ScatterPlot
{
    /// <param name="window">null = the whole</param>
    /// <param name="pointed">a place to point at</param>
    public static (string Svg, StarLayer.Drawn Drawn) Draw(
        PointCloud cloud,
        StarLayer stars,
        string xName,
        string yName,
        string description,
        ChartWindow? window = null,
        ChartPoint? pointed = null,
        double width = 560,
        double height = 420
    )
    {
        ArgumentNullException.ThrowIfNull(cloud);
        ArgumentNullException.ThrowIfNull(stars);
        // Outliers that the whole leaves out are found by zooming out.
        var w = window?.Within(cloud.Whole, 20) ?? cloud.Whole;
        var plot = new Plot(width, height, description, (w.Left, w.Right), (w.Bottom, w.Top), xName, yName);
        var (inside, tall) = (width - Plot.Left - Plot.Right, height - Plot.Top - Plot.Bottom);
        var drawn = stars.Draw(plot.Canvas, cloud, w, (Plot.Left, Plot.Top, inside, tall), ((int)(inside / 3), (int)(tall / 3)));
        if (pointed is { } p && w.Contains(p.X, p.Y))
            plot.Canvas.Circle(plot.X.At(p.X), plot.Y.At(p.Y), 5, "flag", p.Tip, p.StarId, p.Fill);
        return (plot.ToString(), drawn);
    }
}
