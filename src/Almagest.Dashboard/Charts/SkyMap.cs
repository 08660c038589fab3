namespace Almagest.Dashboard.Charts;

/// <summary>A star drawn as a mark of its own.</summary>
public readonly record struct ChartPoint(double X, double Y, long StarId, string Tip, string? Fill = null);

/// <summary>A map of the sky: the density of a selection, and some of its stars on top. North is up and east to the left.</summary>
public static class SkyMap
{
    public static string Draw(SkyProjection projection, DensityGrid density, IEnumerable<ChartPoint> stars, string description, double width = 720)
    {
        ArgumentNullException.ThrowIfNull(density);
        return Draw(projection, density.Total > 0 ? density.Paint() : null, stars, description, width);
    }

    /// <param name="picture">covers the whole map</param>
    public static string Draw(SkyProjection projection, Raster? picture, IEnumerable<ChartPoint> stars, string description, double width = 720)
    {
        ArgumentNullException.ThrowIfNull(projection);
        ArgumentNullException.ThrowIfNull(stars);
        var (halfX, halfY) = projection.Half;
        const double margin = 46;
        var inner = projection.IsWholeSky ? width - 2 * margin : Math.Min(width, 520) - 2 * margin;
        var scale = inner / (2 * halfX);
        var (full, height) = (inner + 2 * margin, 2 * halfY * scale + 2 * margin);
        double PixelX(double x) => margin + (x + halfX) * scale;
        double PixelY(double y) => margin + (halfY - y) * scale;

        var canvas = new SvgCanvas(full, height, description);
        if (projection.IsWholeSky) canvas.Path(FormattableString.Invariant($"M{margin} {height / 2} a{inner / 2} {halfY * scale} 0 1 0 {inner} 0 a{inner / 2} {halfY * scale} 0 1 0 {-inner} 0"), "sky");
        else canvas.Rect(margin, margin, inner, inner, "sky");
        if (picture is not null) canvas.Image(margin, margin, inner, 2 * halfY * scale, picture);
        foreach (var (points, label, isMeridian) in projection.Graticule())
        {
            var pieces = points.Where(p => Math.Abs(p.X) <= halfX * 1.0001 && Math.Abs(p.Y) <= halfY * 1.0001).ToList();
            if (pieces.Count < 2) continue;
            canvas.Polyline(pieces.Select(p => (PixelX(p.X), PixelY(p.Y))), "skygrid");
            if (label.Length == 0) continue;
            if (projection.IsWholeSky)
            {
                var at = isMeridian ? points[points.Count / 2] : points[^1];
                if (isMeridian) canvas.Text(PixelX(at.X), height - 14, label, css: "note");
                else canvas.Text(PixelX(points[0].X) + 6, PixelY(at.Y) + 4, label, "start", "note");
            }
            else if (isMeridian) canvas.Text(PixelX(pieces.MinBy(p => p.Y).X), height - margin + 16, label, css: "note");
            else canvas.Text(margin - 5, PixelY(pieces.MinBy(p => p.X).Y) + 4, label, "end", "note");
        }
        foreach (var s in stars)
        {
            if (projection.Project(s.X, s.Y) is { } p && Math.Abs(p.X) <= halfX && Math.Abs(p.Y) <= halfY)
                canvas.Circle(PixelX(p.X), PixelY(p.Y), 3, "flag", s.Tip, s.StarId, s.Fill);
        }
        if (!projection.IsWholeSky) canvas.Rect(margin, margin, inner, inner, "axis").Text(full / 2, height - 8, "right ascension, increasing to the left", css: "title").Text(14, height / 2, "declination", css: "title", turn: -90);
        else canvas.Text(margin, 18, "ICRS, Mollweide; RA increases to the left", "start", "title");
        return canvas.ToString();
    }
}
