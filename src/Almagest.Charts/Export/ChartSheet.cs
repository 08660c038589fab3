using System.Globalization;
using System.Net;
using System.Text;
using Almagest.Charts.Drawing;

namespace Almagest.Charts.Export;

/// <summary>Several charts on one sheet, each under its name.</summary>
internal static class ChartSheet
{
    private const double Gap = 16,
        Heading = 30,
        Name = 24;

    /// <param name="charts">one or more; with one, the sheet is that chart alone</param>
    /// <param name="title">above several charts</param>
    public static string Compose(string title, IReadOnlyList<(string Name, string Svg)> charts)
    {
        ArgumentNullException.ThrowIfNull(charts);
        if (charts.Count == 1)
            return Sized(charts[0].Svg);
        var sizes = charts.Select(c => SvgRasterizer.SizeOf(c.Svg)).ToList();
        // Rows of two, a wide chart (the whole sky) in a row of its own.
        var places = new List<(double X, double Y)>();
        var (x, y, row, wide) = (Gap, Heading, 0.0, 0.0);
        for (var i = 0; i < charts.Count; i++)
        {
            var alone = sizes[i].Width > 600;
            if (x > Gap && (alone || x > 620))
                (x, y, row) = (Gap, y + row + Gap, 0);
            places.Add((x, y));
            row = Math.Max(row, sizes[i].Height + Name);
            x += sizes[i].Width + Gap;
            wide = Math.Max(wide, x);
            if (alone)
                (x, y, row) = (Gap, y + row + Gap, 0);
        }
        var height = y + row + Gap;
        var sheet = new StringBuilder(
            new SvgCanvas(wide, height, title).Text(Gap, 21, title, "start", "title").ToString()[..^"</svg>".Length]
        );
        for (var i = 0; i < charts.Count; i++)
        {
            var (left, top) = places[i];
            sheet.Append(
                CultureInfo.InvariantCulture,
                $"<text class=\"title\" x=\"{left + 8:0.##}\" y=\"{top + 16:0.##}\" "
                    + $"text-anchor=\"start\">{WebUtility.HtmlEncode(charts[i].Name)}</text>"
            );
            sheet.Append(
                Placed(
                    charts[i].Svg,
                    FormattableString.Invariant(
                        $"x=\"{left:0.##}\" y=\"{top + Name:0.##}\" width=\"{sizes[i].Width:0.##}\" height=\"{sizes[i].Height:0.##}\""
                    )
                )
            );
        }
        return Sized(sheet.Append("</svg>").ToString());
    }

    /// <summary>With a width and a height, which programs other than browsers want.</summary>
    public static string Sized(string svg)
    {
        var (width, height) = SvgRasterizer.SizeOf(svg);
        return Placed(svg, FormattableString.Invariant($"width=\"{width:0.##}\" height=\"{height:0.##}\""));
    }

    private static string Placed(string svg, string attributes) => $"<svg {attributes}{svg["<svg".Length..]}";
}
