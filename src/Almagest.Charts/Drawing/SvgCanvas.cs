using System.Globalization;
using System.Net;
using System.Text;

namespace Almagest.Charts.Drawing;

/// <summary>
/// Writes one SVG. The picture carries its own style, in dark ink on white, so that a saved copy is fit for a paper; the dashboard's
/// style sheet outranks it on dark pages.
/// </summary>
public sealed class SvgCanvas
{
    private const string Style = """
        .chart{font:12px system-ui,"Segoe UI",Roboto,Arial,sans-serif}.chart text{fill:#333b47}.chart .title{font-size:13px;font-weight:600}
        .chart .axis{stroke:#5b6675;fill:none}.chart .grid{stroke:#c9d0da;fill:none;stroke-width:.7}.chart .bar{fill:#3568b8}
        .chart .bar2{fill:#b8621b}
        .chart .line{stroke:#3568b8;fill:none;stroke-width:1.6}.chart .mark{stroke:#b3261e;stroke-width:1.6;fill:none}
        .chart .flag{fill:#d0342c;fill-opacity:.8;stroke:#fff;stroke-width:.5}
        .chart .star{fill:#44536a}.chart .onsky .star{fill:#cfd8e6}.chart .handle{fill:#fff;fill-opacity:0}
        .chart .note{fill:#5b6675}.chart .venn1{fill:#3568b8;fill-opacity:.35;stroke:#3568b8}
        .chart .venn2{fill:#d55e00;fill-opacity:.35;stroke:#d55e00}.chart .oncell{font-size:11px}.chart text.dark{fill:#10131a}
        .chart text.light{fill:#fff}.chart .sky{fill:#10131a}.chart .skygrid{stroke:#8fa0b8;stroke-opacity:.45;fill:none;stroke-width:.6}
        """;

    private readonly StringBuilder _svg = new();

    /// <param name="hasLinks">a picture has no parts for those who cannot see it; a group of links has</param>
    public SvgCanvas(double width, double height, string description, bool hasLinks = false)
    {
        (Width, Height) = (width, height);
        _svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {width:0.##} {height:0.##}\" "
                + $"role=\"{(hasLinks ? "group" : "img")}\" aria-label=\"{Escape(description)}\"><style>{Style}</style>"
        );
    }

    public double Width { get; }
    public double Height { get; }

    /// <summary>Begins the part of a chart that can be moved and zoomed: what lies outside the box is cut off, and the page's script reads
    /// the window from it.</summary>
    public SvgCanvas OpenView(double left, double top, double width, double height, ChartWindow window, bool isSky = false)
    {
        _svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg class=\"{(isSky ? "view onsky" : "view")}\" x=\"{left:0.##}\" y=\"{top:0.##}\" width=\"{width:0.##}\" "
                + $"height=\"{height:0.##}\" viewBox=\"{left:0.##} {top:0.##} {width:0.##} {height:0.##}\" preserveAspectRatio=\"none\" "
                + $"data-window=\"{window.Left:R} {window.Right:R} {window.Bottom:R} {window.Top:R}\">"
        );
        return this;
    }

    public SvgCanvas CloseView()
    {
        _svg.Append("</svg>");
        return this;
    }

    /// <summary>A strip around a line that can be dragged sideways; the page's script turns pixels into values.</summary>
    public SvgCanvas Handle(double x, double top, double height, Scale scale)
    {
        ArgumentNullException.ThrowIfNull(scale);
        _svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect class=\"handle\" x=\"{x - 9:0.##}\" y=\"{top:0.##}\" width=\"18\" height=\"{height:0.##}\" "
                + $"data-scale=\"{scale.From:R} {scale.To:R} {scale.FromPixel:R} {scale.ToPixel:R}\"/>"
        );
        return this;
    }

    public SvgCanvas Line(double x1, double y1, double x2, double y2, string css)
    {
        _svg.Append(
            CultureInfo.InvariantCulture,
            $"<line class=\"{css}\" x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\"/>"
        );
        return this;
    }

    public SvgCanvas Rect(
        double x,
        double y,
        double width,
        double height,
        string css,
        string? tip = null,
        string? fill = null,
        string? link = null
    )
    {
        if (link is not null)
            _svg.Append("<a tabindex=\"-1\" href=\"")
                .Append(Escape(link))
                .Append("\" aria-label=\"")
                .Append(Escape(tip ?? link))
                .Append("\">");
        _svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect class=\"{css}\" x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{Math.Max(0, width):0.##}\" height=\"{Math.Max(0, height):0.##}\""
        );
        if (fill is not null)
            _svg.Append(" fill=\"").Append(fill).Append('"');
        Close("rect", tip);
        if (link is not null)
            _svg.Append("</a>");
        return this;
    }

    /// <param name="star">the star that it stands for: a click selects it in every plot and table of the page</param>
    public SvgCanvas Circle(double x, double y, double radius, string css, string? tip = null, long? star = null, string? fill = null)
    {
        _svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"{css}\" cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"{radius:0.##}\"");
        if (star is { } id)
            _svg.Append(CultureInfo.InvariantCulture, $" data-star=\"{id}\"");
        // A style, since the class has a colour of its own that outranks an attribute.
        if (fill is not null)
            _svg.Append(" style=\"fill:").Append(fill).Append('"');
        return Close("circle", tip);
    }

    public SvgCanvas Path(string data, string css, string? fill = null)
    {
        _svg.Append("<path class=\"").Append(css).Append("\" d=\"").Append(data).Append('"');
        if (fill is not null)
            _svg.Append(" fill=\"").Append(fill).Append('"');
        _svg.Append("/>");
        return this;
    }

    public SvgCanvas Polyline(IEnumerable<(double X, double Y)> points, string css)
    {
        _svg.Append("<polyline class=\"").Append(css).Append("\" points=\"");
        foreach (var (x, y) in points)
            _svg.Append(CultureInfo.InvariantCulture, $"{x:0.##},{y:0.##} ");
        _svg.Append("\"/>");
        return this;
    }

    /// <param name="anchor">start, middle or end</param>
    public SvgCanvas Text(double x, double y, string text, string anchor = "middle", string css = "label", double turn = 0)
    {
        _svg.Append(CultureInfo.InvariantCulture, $"<text class=\"{css}\" x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\"");
        if (turn != 0)
            _svg.Append(CultureInfo.InvariantCulture, $" transform=\"rotate({turn:0.#} {x:0.##} {y:0.##})\"");
        _svg.Append('>').Append(Escape(text)).Append("</text>");
        return this;
    }

    public SvgCanvas Image(double x, double y, double width, double height, Raster raster)
    {
        ArgumentNullException.ThrowIfNull(raster);
        _svg.Append(
            CultureInfo.InvariantCulture,
            $"<image x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" preserveAspectRatio=\"none\" "
                + $"image-rendering=\"pixelated\" href=\"{raster.ToDataUri()}\"/>"
        );
        return this;
    }

    /// <summary>The whole picture.</summary>
    public override string ToString() => _svg.ToString() + "</svg>";

    private SvgCanvas Close(string element, string? tip)
    {
        if (tip is null)
            _svg.Append("/>");
        else
            _svg.Append("><title>").Append(Escape(tip)).Append("</title></").Append(element).Append('>');
        return this;
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
