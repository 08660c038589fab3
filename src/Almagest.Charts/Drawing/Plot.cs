namespace Almagest.Charts.Drawing;

/// <summary>A canvas with two linear axes, their ticks and their names.</summary>
internal sealed class Plot
{
    public const double Left = 62,
        Right = 14,
        Top = 14,
        Bottom = 46;

    public Plot(
        double width,
        double height,
        string description,
        (double From, double To) x,
        (double From, double To) y,
        string xName,
        string yName,
        bool grid = true
    )
    {
        Canvas = new SvgCanvas(width, height, description);
        X = new Scale(x.From, x.To, Left, width - Right);
        Y = new Scale(y.From, y.To, height - Bottom, Top);
        foreach (var tick in X.Ticks(Math.Max(3, (int)(width / 90))))
        {
            if (grid)
                Canvas.Line(X.At(tick), Top, X.At(tick), height - Bottom, "grid");
            Canvas
                .Line(X.At(tick), height - Bottom, X.At(tick), height - Bottom + 4, "axis")
                .Text(X.At(tick), height - Bottom + 17, Scale.Label(tick));
        }
        foreach (var tick in Y.Ticks(Math.Max(3, (int)(height / 60))))
        {
            if (grid)
                Canvas.Line(Left, Y.At(tick), width - Right, Y.At(tick), "grid");
            Canvas.Line(Left - 4, Y.At(tick), Left, Y.At(tick), "axis").Text(Left - 7, Y.At(tick) + 4, Scale.Label(tick), "end");
        }
        Canvas
            .Text((Left + width - Right) / 2, height - 8, xName, css: "title")
            .Text(15, (Top + height - Bottom) / 2, yName, css: "title", turn: -90);
    }

    public SvgCanvas Canvas { get; }
    public Scale X { get; }
    public Scale Y { get; }

    /// <summary>Closes with the frame, on top of what was drawn.</summary>
    public override string ToString() =>
        Canvas.Rect(Left, Top, Canvas.Width - Left - Right, Canvas.Height - Top - Bottom, "axis").ToString();
}
