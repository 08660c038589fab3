namespace Almagest.Charts.Drawing;

/// <summary>A star drawn as a mark of its own.</summary>
public readonly record struct ChartPoint(double X, double Y, long StarId, string Tip, string? Fill = null);

/// <summary>A map of the sky: the density of a selection, and some of its stars on top. North is up and east to the left.</summary>
public static class SkyMap
{
    private const double Margin = 46;

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
        if (w == cloud.Whole && projection.IsWholeSky)
        {
            StarLayer.Drawn seen = default;
            var whole = Whole(projection, description, width, (canvas, box) => seen = stars.Draw(canvas, cloud, w, box, (320, 160), true));
            return (whole, seen);
        }
        var inner = Math.Min(width, projection.IsWholeSky ? width : 520) - 2 * Margin;
        // A part of the whole sky keeps the ellipse's shape of two to one.
        var tall = projection.IsWholeSky ? inner / 2 : inner;
        var canvas = new SvgCanvas(inner + 2 * Margin, tall + 2 * Margin, description);
        canvas.Rect(Margin, Margin, inner, tall, "sky");
        var drawn = stars.Draw(canvas, cloud, w, (Margin, Margin, inner, tall), ((int)(inner / 3), (int)(tall / 3)), true);
        var (toX, toY) = (new Scale(w.Left, w.Right, Margin, Margin + inner), new Scale(w.Bottom, w.Top, Margin + tall, Margin));
        foreach (var (points, label, isMeridian) in projection.Graticule(w))
        {
            foreach (var piece in Pieces(points, w))
                canvas.Polyline(piece.Select(p => (toX.At(p.X), toY.At(p.Y))), "skygrid");
            var inside = points.Where(p => w.Contains(p.X, p.Y)).ToList();
            if (inside.Count == 0)
                continue;
            if (isMeridian)
            {
                var low = inside.MinBy(p => p.Y);
                // Only where it reaches the lower edge; a label in the middle of the edge of another line would mislead.
                if (low.Y - w.Bottom < (w.Top - w.Bottom) * 0.06)
                    canvas.Text(toX.At(low.X), Margin + tall + 16, label, css: "note");
            }
            else
            {
                var left = inside.MinBy(p => p.X);
                if (left.X - w.Left < (w.Right - w.Left) * 0.06)
                    canvas.Text(Margin - 5, toY.At(left.Y) + 4, label, "end", "note");
            }
        }
        canvas
            .Rect(Margin, Margin, inner, tall, "axis")
            .Text(Margin + inner / 2, tall + 2 * Margin - 8, "right ascension, increasing to the left", css: "title")
            .Text(12, Margin + tall / 2, "declination", css: "title", turn: -90);
        return (canvas.ToString(), drawn);
    }

    /// <summary>A picture of the whole sky.</summary>
    /// <param name="picture">covers the whole map</param>
    public static string Draw(SkyProjection projection, Raster picture, string description, double width = 720)
    {
        ArgumentNullException.ThrowIfNull(projection);
        return Whole(projection, description, width, (canvas, box) => canvas.Image(box.Left, box.Top, box.Width, box.Height, picture));
    }

    private static string Whole(
        SkyProjection projection,
        string description,
        double width,
        Action<SvgCanvas, (double Left, double Top, double Width, double Height)> fill
    )
    {
        var (halfX, halfY) = projection.Half;
        var inner = width - 2 * Margin;
        var scale = inner / (2 * halfX);
        var tall = 2 * halfY * scale;
        var height = tall + 2 * Margin;
        double PixelX(double x) => Margin + (x + halfX) * scale;
        double PixelY(double y) => Margin + (halfY - y) * scale;
        var canvas = new SvgCanvas(width, height, description);
        canvas.Path(
            FormattableString.Invariant(
                $"M{Margin} {height / 2} a{inner / 2} {halfY * scale} 0 1 0 {inner} 0 a{inner / 2} {halfY * scale} 0 1 0 {-inner} 0"
            ),
            "sky"
        );
        fill(canvas, (Margin, Margin, inner, tall));
        foreach (var (points, label, isMeridian) in projection.Graticule())
        {
            canvas.Polyline(points.Select(p => (PixelX(p.X), PixelY(p.Y))), "skygrid");
            if (label.Length == 0)
                continue;
            if (isMeridian)
                canvas.Text(PixelX(points[points.Count / 2].X), height - 14, label, css: "note");
            else
                canvas.Text(PixelX(points[0].X) + 6, PixelY(points[^1].Y) + 4, label, "start", "note");
        }
        return canvas.Text(Margin, 18, "ICRS, Mollweide; RA increases to the left", "start", "title").ToString();
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
