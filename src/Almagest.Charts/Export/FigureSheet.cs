using System.Globalization;
using Almagest.Charts.Drawing;

namespace Almagest.Charts.Export;

/// <summary>The charts of a figure on one sheet, each under its name, with title and caption.</summary>
internal static class FigureSheet
{
    private const double Gap = 16,
        Line = 15,
        CaptionSize = 11,
        TitleSize = 13.5;

    /// <summary>Width of each chart of a sheet, and of one that has a row of its own.</summary>
    public static (double Chart, double Alone) Widths(int charts, FigureSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        if (charts == 1)
            return (size.Units, size.Units);
        var columns = Columns(size);
        return ((size.Units - (columns + 1) * Gap) / columns, size.Units - 2 * Gap);
    }

    private static int Columns(FigureSize size) => size.Units >= 700 ? 2 : 1;

    /// <param name="caption">null = neither caption nor title</param>
    /// <param name="metadata">terms of Dublin Core</param>
    public static string Compose(
        string title,
        IReadOnlyList<FigurePart> parts,
        string? caption,
        FigureSize size,
        IReadOnlyList<(string Term, string Value)> metadata
    )
    {
        var width = size.Units;
        var room = width - 2 * Gap;
        var titles = caption is null ? [] : TextWidth.Lines(title, room, TitleSize + 0.8);
        var top = titles.Count == 0 ? 6.0 : 16 + titles.Count * 18;
        var named = parts.Count > 1;
        var places = new List<(double X, double Y, double Scale)>();
        var (x, y, row) = (named ? Gap : 0.0, top, 0.0);
        foreach (var part in parts)
        {
            var (wide, tall) = SvgPainter.SizeOf(part.Svg);
            // What was not drawn for this width, such as a matrix of many runs, is shrunk to it.
            var most = named ? room : width;
            var scale = Math.Min(1, most / wide);
            (wide, tall) = (wide * scale, tall * scale);
            if (named && x > Gap && x + wide > width - Gap + 1)
                (x, y, row) = (Gap, y + row + Gap, 0);
            places.Add((named ? x : (width - wide) / 2, y, scale));
            row = Math.Max(row, tall + (named ? 22 : 0));
            x += wide + Gap;
        }
        y += row;
        var lines = caption is null ? [] : TextWidth.Lines(caption, room, CaptionSize + 0.6);
        var height = y + (lines.Count == 0 ? 6 : 12 + lines.Count * Line + 8);
        var canvas = new SvgCanvas(width, height, title);
        var printed = size.Points * 25.4 / 72;
        canvas.PrintedAs(
            string.Create(CultureInfo.InvariantCulture, $"{printed:0.##}mm"),
            string.Create(CultureInfo.InvariantCulture, $"{printed * height / width:0.##}mm")
        );
        canvas.Metadata(metadata).Rect(0, 0, width, height, "paper");
        foreach (var (i, words) in titles.Index())
            canvas.Text(named ? Gap : width / 2, 22 + i * 18, words, named ? "start" : "middle", "title");
        foreach (var (i, part) in parts.Index())
        {
            var (left, at, scale) = places[i];
            if (named)
                canvas.Text(left + 4, at + 15, part.Name, "start", "title");
            canvas.Nest(part.Svg, left, at + (named ? 22 : 0), scale);
        }
        foreach (var (i, words) in lines.Index())
            canvas.Text(Gap, y + 20 + i * Line, words, "start", "caption");
        // The font that PDF and PNG are set in, where the machine that shows it has that.
        return canvas.ToString().Replace("system-ui,", "\"DejaVu Sans Condensed\",\"DejaVu Sans\",", StringComparison.Ordinal);
    }
}
