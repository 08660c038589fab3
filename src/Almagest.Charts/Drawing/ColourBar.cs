namespace Almagest.Charts.Drawing;

/// <summary>What the colours of a chart stand for, beside it.</summary>
internal static class ColourBar
{
    private const int Steps = 40;
    private const double Bar = 12;

    /// <summary>The room that one takes beside a plot.</summary>
    public const double Width = 86;

    /// <summary>Of counts, on a logarithmic scale from one star to the fullest cell.</summary>
    /// <param name="left">the edge of the plot that it stands beside</param>
    public static void Counts(SvgCanvas canvas, double left, double top, double height, int most, bool isGrey, string name)
    {
        var last = Math.Max(2, most);
        var decades = Math.Log10(last);
        double[] parts =
            decades > 2.2 ? [1]
            : decades > 1.2 ? [1, 3]
            : [1, 2, 5];
        var ticks = Enumerable
            .Range(0, 10)
            .SelectMany(d => parts.Select(p => p * Math.Pow(10, d)))
            .Where(n => n <= last)
            .Select(n => (Math.Log(n) / Math.Log(last), Scale.Label(n)));
        Draw(canvas, left, top, height, ticks, isGrey ? t => Palette.Grey(t) : ColourMap.At, isGrey, name);
    }

    /// <param name="ticks">places from 0 to 1, and their words</param>
    public static void Draw(
        SvgCanvas canvas,
        double left,
        double top,
        double height,
        IEnumerable<(double Place, string Label)> ticks,
        Func<double, Rgb> colour,
        bool isGrey,
        string name
    )
    {
        var x = left + 12;
        // Each reaches below the next, so that no seam shows between them.
        for (var i = 0; i < Steps; i++)
            canvas.Rect(
                x,
                top + i * height / Steps,
                Bar,
                height * Math.Min(1.5, Steps - i) / Steps,
                isGrey ? "ground" : "step",
                fill: colour(1 - (i + 0.5) / Steps).ToString()
            );
        canvas.Rect(x, top, Bar, height, "axis");
        var widest = 0.0;
        foreach (var (place, label) in ticks)
        {
            var y = top + (1 - place) * height;
            canvas.Line(x + Bar, y, x + Bar + 4, y, "axis").Text(x + Bar + 7, y + 4, label, "start");
            // Words as large as a phone shows them.
            widest = Math.Max(widest, TextWidth.Of(label, 15.5));
        }
        canvas.Text(x + Bar + 7 + widest + 16, top + height / 2, name, css: "name", turn: -90);
    }
}
