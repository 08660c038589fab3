namespace Almagest.Charts.Drawing;

/// <summary>A star drawn as a mark of its own.</summary>
public readonly record struct ChartPoint(double X, double Y, long StarId, string Tip);

/// <summary>A map of the sky: the density of a selection, and some of its stars on top. North is up and east to the left.</summary>
internal static class SkyMap
{
    /// <param name="cloud">the stars' places on the projection's plane</param>
    /// <param name="window">a part of that plane; null = the whole</param>
    public static (string Svg, StarLayer.Drawn Drawn) Draw(
        SkyProjection projection,
        PointCloud cloud,
        StarLayer stars,
        string description,
        ChartWindow? window = null,
        double width = 720
    )
    {
        ArgumentNullException.ThrowIfNull(projection);
        ArgumentNullException.ThrowIfNull(cloud);
        ArgumentNullException.ThrowIfNull(stars);
        var w = window?.Within(cloud.Whole, 1.0001) ?? cloud.Whole;
        var sight = stars.Look(cloud, w);
        var legend = stars.Legend(sight);
        var bar = stars.Beside(cloud, sight);
        if (w == cloud.Whole && projection.IsWholeSky)
        {
            StarLayer.Drawn seen = default;
            var whole = Whole(
                projection,
                description,
                width,
                bar,
                legend,
                (canvas, box) =>
                {
                    seen = stars.Draw(canvas, cloud, sight, w, box, (320, 160), true);
                    if (!seen.OneByOne)
                        ColourBar.Counts(canvas, box.Left + box.Width, box.Top, box.Height, seen.Fullest, stars.IsGround, "stars per cell");
                }
            );
            return (whole, seen);
        }
        var lines = projection.Graticule(w).ToList();
        var left = Plot.LeftOf(lines.Where(l => !l.IsMeridian).Select(l => l.Label), "declination");
        var inner = Math.Min(width, projection.IsWholeSky ? width : 560) - left - 14 - bar;
        // A part of the whole sky keeps the ellipse's shape of two to one.
        var tall = projection.IsWholeSky ? inner / 2 : inner;
        var top = 24 + Legend.Height(legend, inner + bar);
        var canvas = new SvgCanvas(left + inner + 14 + bar, top + tall + 46, description);
        Legend.Draw(canvas, left, 4, inner + bar, legend);
        canvas.Rect(left, top, inner, tall, "sky");
        var drawn = stars.Draw(canvas, cloud, sight, w, (left, top, inner, tall), ((int)(inner / 3), (int)(tall / 3)), true);
        var (toX, toY) = (new Scale(w.Left, w.Right, left, left + inner), new Scale(w.Bottom, w.Top, top + tall, top));
        var words = new List<(double From, double To)>();
        foreach (var (points, label, isMeridian) in lines)
        {
            foreach (var piece in Pieces(points, w))
                canvas.Polyline(piece.Select(p => (toX.At(p.X), toY.At(p.Y))), "skygrid");
            var inside = points.Where(p => w.Contains(p.X, p.Y)).ToList();
            if (inside.Count == 0)
                continue;
            if (isMeridian)
            {
                var low = inside.MinBy(p => p.Y);
                var (at, half) = (toX.At(low.X), TextWidth.Of(label, 13) / 2 + 3);
                // Only where it reaches the lower edge, and no other label is: one in the middle of the edge of another line would mislead.
                if (low.Y - w.Bottom >= (w.Top - w.Bottom) * 0.06 || words.Any(o => at - half < o.To && at + half > o.From))
                    continue;
                words.Add((at - half, at + half));
                canvas.Text(at, top + tall + 17, label);
            }
            else
            {
                var first = inside.MinBy(p => p.X);
                if (first.X - w.Left < (w.Right - w.Left) * 0.06)
                    canvas.Text(left - 7, toY.At(first.Y) + 4, label, "end");
            }
        }
        canvas
            .Rect(left, top, inner, tall, "axis")
            .Text(left + inner / 2, top + tall + 38, "right ascension", css: "title")
            .Text(15, top + tall / 2, "declination", css: "title", turn: -90)
            .Text(left + inner, top - 6, $"ICRS, {projection.Name}; N up, E left", "end", "note");
        if (!drawn.OneByOne)
            ColourBar.Counts(canvas, left + inner, top, tall, drawn.Fullest, stars.IsGround, "stars per cell");
        return (canvas.ToString(), drawn);
    }

    /// <summary>A picture of the whole sky.</summary>
    /// <param name="picture">covers the whole map</param>
    /// <param name="ticks">of the bar beside it, which says what its colours are</param>
    /// <param name="name">what they are, in words</param>
    internal static string Draw(
        SkyProjection projection,
        Raster picture,
        string description,
        IEnumerable<(double Place, string Label)> ticks,
        string name,
        double width = 720
    )
    {
        ArgumentNullException.ThrowIfNull(projection);
        return Whole(
            projection,
            description,
            width,
            ColourBar.Width,
            [],
            (canvas, box) =>
            {
                canvas.Image(box.Left, box.Top, box.Width, box.Height, picture);
                ColourBar.Draw(canvas, box.Left + box.Width, box.Top, box.Height, ticks, ColourMap.At, false, name);
            }
        );
    }

    private static string Whole(
        SkyProjection projection,
        string description,
        double width,
        double bar,
        IReadOnlyList<LegendEntry> legend,
        Action<SvgCanvas, (double Left, double Top, double Width, double Height)> fill
    )
    {
        const double Left = 44,
            Bottom = 14;
        var (halfX, halfY) = projection.Half;
        var inner = width - 2 * Left - bar;
        var scale = inner / (2 * halfX);
        var tall = 2 * halfY * scale;
        var top = 26 + Legend.Height(legend, width - 2 * Left);
        double PixelX(double x) => Left + (x + halfX) * scale;
        double PixelY(double y) => top + (halfY - y) * scale;
        var canvas = new SvgCanvas(width, top + tall + Bottom, description);
        Legend.Draw(canvas, Left, 4, width - 2 * Left, legend);
        var edge = FormattableString.Invariant(
            $"M{Left} {top + tall / 2:0.##} a{inner / 2} {tall / 2} 0 1 0 {inner} 0 a{inner / 2} {tall / 2} 0 1 0 {-inner} 0"
        );
        canvas.Path(edge, "sky");
        fill(canvas, (Left, top, inner, tall));
        var words = new List<(double X, double Y, string Text, string Anchor)>();
        foreach (var (points, label, isMeridian) in projection.Graticule())
        {
            canvas.Polyline(points.Select(p => (PixelX(p.X), PixelY(p.Y))), "skygrid");
            if (label.Length == 0)
                continue;
            if (isMeridian)
                words.Add((PixelX(points[points.Count / 2].X), PixelY(0) - 4, label, "middle"));
            else
                words.Add((PixelX(points[^1].X) - 5, PixelY(points[^1].Y) + 4, label, "end"));
        }
        canvas.Path(edge, "axis");
        // On top of every line; the numbers of the equator lie on the map.
        foreach (var (x, y, text, anchor) in words)
            canvas.Text(x, y, text, anchor, anchor == "middle" ? "onsky" : "label");
        return canvas.Text(width - Left - bar, top - 8, $"ICRS, {projection.Name}; N up, E left", "end", "note").ToString();
    }

    // The runs of points that are in sight or next to one that is; the box is clipped by a hair's breadth of the step.
    private static IEnumerable<List<(double X, double Y)>> Pieces(IReadOnlyList<(double X, double Y)> points, ChartWindow w)
    {
        var piece = new List<(double X, double Y)>();
        foreach (var p in points)
        {
            if (w.Contains(p.X, p.Y))
                piece.Add(p);
            else if (piece.Count > 0)
            {
                yield return piece;
                piece = [];
            }
        }
        if (piece.Count > 0)
            yield return piece;
    }
}
