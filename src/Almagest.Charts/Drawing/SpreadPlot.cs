namespace Almagest.Charts.Drawing;

/// <summary>Runs of one setting: where they stand, their mean and how far they spread.</summary>
/// <param name="Spread">standard deviation; null of one run</param>
/// <param name="Family">what it shares with the settings that it is joined to</param>
internal readonly record struct SpreadPoint(double X, double Mean, double? Spread, string Family, string Tip);

/// <summary>A number against a parameter, with the spread of the seeds.</summary>
internal static class SpreadPlot
{
    /// <param name="labels">words at places of the lower axis; null = numbers</param>
    public static string Draw(
        IReadOnlyList<SpreadPoint> points,
        IReadOnlyList<(double Place, string Label)>? labels,
        string xName,
        string yName,
        string description,
        double width = 560,
        double height = 340
    )
    {
        ArgumentNullException.ThrowIfNull(points);
        var isSpread = points.Any(p => p.Spread is not null);
        var families = points.GroupBy(p => p.Family).Where(f => f.Select(p => p.X).Distinct().Count() > 1).ToList();
        List<LegendEntry> legend = [new("dot", MarkShape.Circle, isSpread ? "mean over seeds, bars: standard deviation" : "run")];
        if (families.Count > 0)
            legend.Add(new LegendEntry("", null, "lines: all other parameters alike"));
        var plot = new Plot(
            width,
            height,
            description,
            Scale.Around(points.Select(p => p.X), 0.07),
            Scale.Around(points.SelectMany(p => new[] { p.Mean - (p.Spread ?? 0), p.Mean + (p.Spread ?? 0) }), 0.07),
            xName,
            yName,
            Legend.Height(legend, width - 80),
            columns: labels
        );
        Legend.Draw(plot.Canvas, plot.Box.Left, 4, width - 80, legend);
        foreach (var family in families)
            plot.Canvas.Polyline(family.OrderBy(p => p.X).Select(p => (plot.X.At(p.X), plot.Y.At(p.Mean))), "way");
        foreach (var p in points)
        {
            var x = plot.X.At(p.X);
            if (p.Spread is > 0 and var spread)
                plot.Canvas.Line(x, plot.Y.At(p.Mean - spread), x, plot.Y.At(p.Mean + spread), "err");
            plot.Canvas.Circle(x, plot.Y.At(p.Mean), points.Count > 200 ? 2.2 : 3.2, "dot", p.Tip);
        }
        return plot.ToString();
    }
}
