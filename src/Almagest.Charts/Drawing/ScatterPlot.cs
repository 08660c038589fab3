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
        var w = window?.Within(cloud.Whole, 20) ?? (pointed is { } own ? cloud.Whole.Reaching(own.X, own.Y) : cloud.Whole);
        var sight = stars.Look(cloud, w);
        var legend = stars.Legend(sight);
        var bar = stars.Beside(cloud, sight);
        var plot = new Plot(
            width,
            height,
            description,
            (w.Left, w.Right),
            (w.Bottom, w.Top),
            xName,
            yName,
            Legend.Height(legend, width - 80),
            bar
        );
        var box = plot.Box;
        var drawn = stars.Draw(plot.Canvas, cloud, sight, w, box, ((int)(box.Width / 3), (int)(box.Height / 3)));
        if (pointed is { } p && w.Contains(p.X, p.Y))
            plot.Canvas.Circle(plot.X.At(p.X), plot.Y.At(p.Y), 5, "flag", p.Tip, p.StarId);
        Legend.Draw(plot.Canvas, box.Left, 4, width - 80, legend);
        if (!drawn.OneByOne)
            ColourBar.Counts(plot.Canvas, box.Left + box.Width, box.Top, box.Height, drawn.Fullest, stars.IsGround, "stars per cell");
        return (plot.ToString(), drawn);
    }
}
