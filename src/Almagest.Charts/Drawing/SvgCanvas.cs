using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Almagest.Charts.Drawing;

/// <summary>
/// Writes one SVG. The picture carries its own style, in dark ink on white, so that a saved copy is fit for a paper; the dashboard's
/// style sheet outranks it on dark pages.
/// </summary>
internal sealed partial class SvgCanvas
{
    /// <summary>The colours and lines of every chart, in dark ink on white.</summary>
    private static readonly string s_style =
        """
            .chart{font:12px system-ui,"Segoe UI",Roboto,Arial,sans-serif}.chart text{fill:#333b47}
            .chart .title{font-size:13px;font-weight:600}
            .chart .axis{stroke:#5b6675;fill:none}.chart .grid{stroke:#dbe0e7;fill:none;stroke-width:.7}.chart .bar{fill:#3568b8}
            .chart .bar2{fill:#b8621b}.chart .name{font-size:12.5px}
            .chart .line{stroke:#3568b8;fill:none;stroke-width:1.6}.chart .mark{stroke:#b3261e;stroke-width:1.6;fill:none}
            .chart .flag{fill:FLAG;stroke:#fff;stroke-width:.5}.chart .err{stroke:#5b6675;stroke-width:.8;fill:none}
            .chart .star{fill:#8a93a1}.chart .handle{fill:#fff;fill-opacity:0}
            .chart .note{fill:#5b6675}.chart .caption{font-size:11px;fill:#333b47}
            .chart .venn1{fill:#3568b8;fill-opacity:.35;stroke:#3568b8}
            .chart .venn2{fill:#d55e00;fill-opacity:.35;stroke:#d55e00}.chart .oncell{font-size:11px}.chart .detail{font-size:10.5px}
            .chart text.dark{fill:#10131a}
            .chart text.light{fill:#fff}.chart .sky{fill:#fff}.chart .skygrid{stroke:#5b6675;stroke-opacity:.4;fill:none;stroke-width:.6}
            .chart .onsky{fill:#333b47;stroke:#fff;stroke-width:3;paint-order:stroke}.chart .key{fill:#b4b4b4}.chart .paper{fill:#fff}
            .chart .markkey{fill:#b3261e}.chart .edge{stroke:FLAG;stroke-width:1.8;fill:none}.chart .band{fill:#3568b8;fill-opacity:.22}
            .chart .way{stroke:#3568b8;stroke-opacity:.7;fill:none;stroke-width:1}.chart .best{stroke:#d55e00;stroke-width:1.8;fill:none}
            .chart .dot{fill:#3568b8}
            """.Replace("FLAG", Palette.Flag, StringComparison.Ordinal)
        + string.Concat(Palette.Groups.Select((colour, i) => $".chart .g{i}{{fill:{colour}}}"))
        + ".chart .selected{fill:#ffd000;stroke:#000;stroke-width:1.1}";

    private readonly StringBuilder _svg = new();

    /// <param name="hasLinks">a picture has no parts for those who cannot see it; a group of links has</param>
    public SvgCanvas(double width, double height, string description, bool hasLinks = false)
    {
        (Width, Height) = (width, height);
        _svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {width:0.##} {height:0.##}\" "
                + $"role=\"{(hasLinks ? "group" : "img")}\" aria-label=\"{Escape(TextWidth.Plain(description))}\"><style>{s_style}</style>"
        );
    }

    private SvgCanvas() { }

    /// <summary>What is drawn, without a picture around it.</summary>
    internal static string Fragment(Action<SvgCanvas> draw)
    {
        var canvas = new SvgCanvas();
        draw(canvas);
        return canvas._svg.ToString();
    }

    public double Width { get; }
    public double Height { get; }

    /// <summary>Says how large the picture is printed, which programs other than browsers want.</summary>
    internal void PrintedAs(string width, string height) => _svg.Insert("<svg".Length, $" width=\"{width}\" height=\"{height}\"");

    /// <summary>What the picture is and where it comes from, in terms of Dublin Core.</summary>
    internal SvgCanvas Metadata(IEnumerable<(string Term, string Value)> terms)
    {
        _svg.Append("<metadata><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" ")
            .Append("xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><rdf:Description rdf:about=\"\">");
        foreach (var (term, value) in terms)
            _svg.Append("<dc:").Append(term).Append('>').Append(Escape(value)).Append("</dc:").Append(term).Append('>');
        _svg.Append("</rdf:Description></rdf:RDF></metadata>");
        return this;
    }

    /// <summary>Another picture inside this one, whose style it takes.</summary>
    internal SvgCanvas Nest(string svg, double left, double top, double scale)
    {
        var box = ViewBox().Match(svg);
        double Size(int group) => scale * double.Parse(box.Groups[group].Value, CultureInfo.InvariantCulture);
        _svg.Append(
                CultureInfo.InvariantCulture,
                $"<svg x=\"{left:0.##}\" y=\"{top:0.##}\" width=\"{Size(1):0.##}\" height=\"{Size(2):0.##}\""
            )
            .Append(StyleBlock().Replace(svg["<svg".Length..], "", 1));
        return this;
    }

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
    public SvgCanvas Circle(double x, double y, double radius, string css, string? tip = null, long? star = null)
    {
        _svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"{css}\" cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"{radius:0.##}\"");
        return Star(star).Close("circle", tip);
    }

    /// <summary>A mark of a size that looks like a circle of that radius.</summary>
    /// <inheritdoc cref="Circle"/>
    public SvgCanvas Mark(double x, double y, double radius, MarkShape shape, string css, string? tip = null, long? star = null)
    {
        if (shape == MarkShape.Circle)
            return Circle(x, y, radius, css, tip, star);
        var (r, t) = (radius, radius * 1.25);
        var path = shape switch
        {
            MarkShape.Square => Data($"M{x - 0.9 * r:0.##} {y - 0.9 * r:0.##}h{1.8 * r:0.##}v{1.8 * r:0.##}h{-1.8 * r:0.##}z"),
            MarkShape.Triangle => Data($"M{x:0.##} {y - t:0.##}L{x + t:0.##} {y + 0.8 * t:0.##}L{x - t:0.##} {y + 0.8 * t:0.##}z"),
            MarkShape.TriangleDown => Data($"M{x:0.##} {y + t:0.##}L{x + t:0.##} {y - 0.8 * t:0.##}L{x - t:0.##} {y - 0.8 * t:0.##}z"),
            MarkShape.Diamond => Data($"M{x:0.##} {y - t:0.##}L{x + t:0.##} {y:0.##}L{x:0.##} {y + t:0.##}L{x - t:0.##} {y:0.##}z"),
            _ => Data($"M{x - t:0.##} {y - 0.4 * r:0.##}H{x - 0.4 * r:0.##}V{y - t:0.##}H{x + 0.4 * r:0.##}V{y - 0.4 * r:0.##}")
                + Data(
                    $"H{x + t:0.##}V{y + 0.4 * r:0.##}H{x + 0.4 * r:0.##}V{y + t:0.##}H{x - 0.4 * r:0.##}V{y + 0.4 * r:0.##}H{x - t:0.##}z"
                ),
        };
        _svg.Append("<path class=\"").Append(css).Append("\" d=\"").Append(path).Append('"');
        return Star(star).Close("path", tip);
    }

    /// <summary>An arrow with its head at the second place.</summary>
    public SvgCanvas Arrow(double x, double y, double toX, double toY, string css, string? tip = null, long? star = null, double head = 5)
    {
        var (dx, dy) = (toX - x, toY - y);
        var length = Math.Sqrt(dx * dx + dy * dy);
        var (ux, uy) = (head * dx / length, head * dy / length);
        _svg.Append("<path class=\"")
            .Append(css)
            .Append("\" d=\"")
            .Append(Data($"M{x:0.##} {y:0.##}L{toX:0.##} {toY:0.##}"))
            .Append(Data($"M{toX - ux - 0.5 * uy:0.##} {toY - uy + 0.5 * ux:0.##}L{toX:0.##} {toY:0.##}"))
            .Append(Data($"L{toX - ux + 0.5 * uy:0.##} {toY - uy - 0.5 * ux:0.##}"))
            .Append('"');
        return Star(star).Close("path", tip);
    }

    public SvgCanvas Path(string data, string css, string? fill = null)
    {
        _svg.Append("<path class=\"").Append(css).Append("\" d=\"").Append(data).Append('"');
        if (fill is not null)
            _svg.Append(" fill=\"").Append(fill).Append('"');
        _svg.Append("/>");
        return this;
    }

    /// <param name="stroke">its own colour; null = that of its class</param>
    public SvgCanvas Polyline(IEnumerable<(double X, double Y)> points, string css, string? stroke = null, string? tip = null)
    {
        _svg.Append("<polyline class=\"").Append(css).Append("\" points=\"");
        foreach (var (x, y) in points)
            _svg.Append(CultureInfo.InvariantCulture, $"{x:0.##},{y:0.##} ");
        _svg.Append('"');
        if (stroke is not null)
            _svg.Append(" style=\"stroke:").Append(stroke).Append('"');
        return Close("polyline", tip);
    }

    /// <param name="text">with subscripts as in <c>M_{G}</c></param>
    /// <param name="anchor">start, middle or end</param>
    public SvgCanvas Text(double x, double y, string text, string anchor = "middle", string css = "label", double turn = 0)
    {
        _svg.Append(CultureInfo.InvariantCulture, $"<text class=\"{css}\" x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\"");
        if (turn != 0)
            _svg.Append(CultureInfo.InvariantCulture, $" transform=\"rotate({turn:0.#} {x:0.##} {y:0.##})\"");
        _svg.Append('>');
        var at = 0;
        foreach (Match sub in TextWidth.Subscript().Matches(text))
        {
            Words(text[at..sub.Index], at > 0);
            _svg.Append("<tspan dy=\"3\" font-size=\"9.5\">").Append(Escape(sub.Groups[1].Value)).Append("</tspan>");
            at = sub.Index + sub.Length;
        }
        Words(text[at..], at > 0);
        _svg.Append("</text>");
        return this;
    }

    /// <param name="isGrey">the greys of a ground, which dark pages turn over</param>
    public SvgCanvas Image(double x, double y, double width, double height, Raster raster, bool isGrey = false)
    {
        ArgumentNullException.ThrowIfNull(raster);
        _svg.Append(
            CultureInfo.InvariantCulture,
            $"<image{(isGrey ? " class=\"ground\"" : "")} "
                + $"x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" preserveAspectRatio=\"none\" "
                + $"image-rendering=\"pixelated\" href=\"{raster.ToDataUri()}\"/>"
        );
        return this;
    }

    /// <summary>The whole picture.</summary>
    public override string ToString() => _svg.ToString() + "</svg>";

    // After a subscript the line is carried back up.
    private void Words(string text, bool isAfterSubscript)
    {
        if (text.Length > 0)
            _svg.Append(isAfterSubscript ? "<tspan dy=\"-3\">" : "").Append(Escape(text)).Append(isAfterSubscript ? "</tspan>" : "");
    }

    private SvgCanvas Star(long? star)
    {
        if (star is { } id)
            _svg.Append(CultureInfo.InvariantCulture, $" data-star=\"{id}\"");
        return this;
    }

    private SvgCanvas Close(string element, string? tip)
    {
        if (tip is null)
            _svg.Append("/>");
        else
            _svg.Append("><title>").Append(Escape(tip)).Append("</title></").Append(element).Append('>');
        return this;
    }

    [GeneratedRegex("viewBox=\"0 0 ([0-9.]+) ([0-9.]+)\"")]
    private static partial Regex ViewBox();

    [GeneratedRegex("<style>.*?</style>", RegexOptions.Singleline)]
    private static partial Regex StyleBlock();

    private static string Data(FormattableString path) => FormattableString.Invariant(path);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
