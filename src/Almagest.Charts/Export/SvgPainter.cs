using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Almagest.Charts.Drawing;
using SkiaSharp;

namespace Almagest.Charts.Export;

/// <summary>
/// Makes PNG and PDF of a chart without a browser: draws what <see cref="SvgCanvas"/> writes, and no more of SVG than that. The font
/// is the program's own, so that a picture is the same on every machine, also where there are no fonts; a PDF holds what it uses of it.
/// </summary>
internal sealed partial class SvgPainter
{
    private const float TextSize = 12;
    private static readonly Lazy<SKTypeface> s_face = new(LoadFace);

    private readonly SKCanvas _canvas;
    private readonly ChartStyle _style;

    /// <summary>Pixels, else a page: there a heavier face that is made up would become outlines, and its words no text.</summary>
    private readonly bool _isRaster;

    private SvgPainter(SKCanvas canvas, XElement root, bool isRaster)
    {
        (_canvas, _isRaster) = (canvas, isRaster);
        _style = new ChartStyle(root.Descendants().First(e => e.Name.LocalName == "style").Value);
    }

    /// <param name="svg">of a chart, or a sheet of charts</param>
    /// <param name="pixels">its width</param>
    public static byte[] ToPng(string svg, int pixels)
    {
        var root = XDocument.Parse(svg).Root!;
        var (width, height) = SizeOf(root);
        var scale = pixels / width;
        using var surface =
            SKSurface.Create(new SKImageInfo(pixels, (int)Math.Ceiling(height * scale)))
            ?? throw new InvalidOperationException($"no picture of {pixels} by {height * scale:0} pixels can be made");
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.Scale((float)scale);
        new SvgPainter(surface.Canvas, root, true).Children(root);
        surface.Canvas.Flush();
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    /// <param name="points">the width of the page, 72 to the inch</param>
    public static byte[] ToPdf(string svg, double points, SKDocumentPdfMetadata metadata)
    {
        var root = XDocument.Parse(svg).Root!;
        var (width, height) = SizeOf(root);
        // Pages have whole points.
        points = Math.Round(points);
        var scale = points / width;
        using var file = new SKDynamicMemoryWStream();
        // PDF/A holds its metadata as XMP, too.
        metadata.PdfA = true;
        using (var document = SKDocument.CreatePdf(file, metadata))
        {
            var page = document.BeginPage((float)points, (float)Math.Ceiling(height * scale));
            page.Scale((float)scale);
            new SvgPainter(page, root, false).Children(root);
            document.EndPage();
            document.Close();
        }
        using var data = file.DetachAsData();
        return data.ToArray();
    }

    /// <summary>Width and height of a drawing, in its own units.</summary>
    public static (double Width, double Height) SizeOf(string svg) => SizeOf(XDocument.Parse(svg).Root!);

    private static (double Width, double Height) SizeOf(XElement root)
    {
        var box = Numbers(root.Attribute("viewBox")!.Value);
        return (box[2], box[3]);
    }

    private void Children(XElement parent)
    {
        foreach (var e in parent.Elements())
            Draw(e);
    }

    private void Draw(XElement e)
    {
        switch (e.Name.LocalName)
        {
            case "svg":
                Inner(e);
                break;
            case "a":
                Children(e);
                break;
            case "line":
                Paint(
                    e,
                    path =>
                    {
                        path.MoveTo(N(e, "x1"), N(e, "y1"));
                        path.LineTo(N(e, "x2"), N(e, "y2"));
                    }
                );
                break;
            case "rect":
                Paint(e, path => path.AddRect(SKRect.Create(N(e, "x"), N(e, "y"), N(e, "width"), N(e, "height"))));
                break;
            case "circle":
                Paint(e, path => path.AddCircle(N(e, "cx"), N(e, "cy"), N(e, "r")));
                break;
            case "polyline":
                Paint(e, path => Polyline(path, Numbers(e.Attribute("points")!.Value)));
                break;
            case "path":
                Path(e);
                break;
            case "text":
                Text(e);
                break;
            case "image":
                Image(e);
                break;
        }
    }

    // A drawing inside the drawing: its own units, cut off at its edges.
    private void Inner(XElement e)
    {
        var box = Numbers(e.Attribute("viewBox")!.Value);
        var place = SKRect.Create(N(e, "x"), N(e, "y"), N(e, "width"), N(e, "height"));
        _canvas.Save();
        _canvas.ClipRect(place);
        _canvas.Translate(place.Left, place.Top);
        _canvas.Scale(place.Width / box[2], place.Height / box[3]);
        _canvas.Translate(-box[0], -box[1]);
        Children(e);
        _canvas.Restore();
    }

    private static void Polyline(SKPathBuilder path, float[] numbers)
    {
        for (var i = 0; i + 1 < numbers.Length; i += 2)
        {
            if (i == 0)
                path.MoveTo(numbers[0], numbers[1]);
            else
                path.LineTo(numbers[i], numbers[i + 1]);
        }
    }

    private void Path(XElement e)
    {
        using var path = SKPath.ParseSvgPathData(e.Attribute("d")!.Value);
        Paint(e, path);
    }

    private void Paint(XElement e, Action<SKPathBuilder> build)
    {
        using var builder = new SKPathBuilder();
        build(builder);
        using var path = builder.Detach();
        Paint(e, path);
    }

    private void Paint(XElement e, SKPath path)
    {
        if (e.Name.LocalName is not ("line" or "polyline") && Colour(e, "fill", "#000") is { } fill)
        {
            using var paint = new SKPaint
            {
                IsAntialias = true,
                Style = SKPaintStyle.Fill,
                Color = fill,
            };
            _canvas.DrawPath(path, paint);
        }
        if (Colour(e, "stroke", "none") is not { } stroke)
            return;
        using var pen = new SKPaint
        {
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            Color = stroke,
            StrokeWidth = _style.Of(e, "stroke-width") is { } w ? Number(w) : 1,
        };
        _canvas.DrawPath(path, pen);
    }

    private void Text(XElement e)
    {
        var size = _style.Of(e, "font-size") is { } given ? Number(given.Replace("px", "", StringComparison.Ordinal)) : TextSize;
        var bold = _isRaster && _style.Of(e, "font-weight") is "600" or "bold";
        // The words, and those of them that are smaller and lower.
        var parts = new List<(string Text, SKFont Font, float Shift)>();
        var shift = 0f;
        foreach (var node in e.Nodes())
        {
            var part = node as XElement;
            shift += part?.Attribute("dy") is { } dy ? Number(dy.Value) : 0;
            var own = part?.Attribute("font-size") is { } smaller ? Number(smaller.Value) : size;
            parts.Add(
                ((node as XText)?.Value ?? part?.Value ?? "", new SKFont(s_face.Value, own) { Subpixel = true, Embolden = bold }, shift)
            );
        }
        var (x, y) = (N(e, "x"), N(e, "y"));
        _canvas.Save();
        if (e.Attribute("transform") is { } turn)
        {
            var n = Numbers(Turn().Match(turn.Value).Groups[1].Value);
            _canvas.RotateDegrees(n[0], n[1], n[2]);
        }
        x -=
            e.Attribute("text-anchor")?.Value switch
            {
                "end" => 1f,
                "start" => 0f,
                _ => 0.5f,
            } * parts.Sum(p => p.Font.MeasureText(p.Text));
        foreach (var (text, font, down) in parts)
        {
            // A border around letters, which keeps them legible on a map.
            if (_style.Of(e, "paint-order") == "stroke" && Colour(e, "stroke", "none") is { } border)
            {
                using var pen = new SKPaint
                {
                    IsAntialias = true,
                    Style = SKPaintStyle.Stroke,
                    Color = border,
                    StrokeWidth = _style.Of(e, "stroke-width") is { } w ? Number(w) : 1,
                };
                _canvas.DrawText(text, x, y + down, SKTextAlign.Left, font, pen);
            }
            using var paint = new SKPaint { IsAntialias = true, Color = Colour(e, "fill", "#000") ?? SKColors.Black };
            _canvas.DrawText(text, x, y + down, SKTextAlign.Left, font, paint);
            x += font.MeasureText(text);
            font.Dispose();
        }
        _canvas.Restore();
    }

    private void Image(XElement e)
    {
        var data = Convert.FromBase64String(e.Attribute("href")!.Value.Split(',', 2)[1]);
        using var image = SKImage.FromEncodedData(data);
        // Cells stay cells. Readers of PDF blur what they enlarge: there each is some pixels wide.
        using var cells = _isRaster ? null : Enlarged(image);
        _canvas.DrawImage(
            cells ?? image,
            SKRect.Create(N(e, "x"), N(e, "y"), N(e, "width"), N(e, "height")),
            new SKSamplingOptions(SKFilterMode.Nearest)
        );
    }

    private static SKImage Enlarged(SKImage image)
    {
        const int Times = 6;
        using var surface = SKSurface.Create(new SKImageInfo(image.Width * Times, image.Height * Times));
        surface.Canvas.DrawImage(
            image,
            SKRect.Create(image.Width * Times, image.Height * Times),
            new SKSamplingOptions(SKFilterMode.Nearest)
        );
        return surface.Snapshot();
    }

    private SKColor? Colour(XElement e, string property, string otherwise)
    {
        var text = _style.Of(e, property) ?? otherwise;
        if (text == "none")
            return null;
        var colour = SKColor.Parse(text);
        return _style.Of(e, property + "-opacity") is { } opacity ? colour.WithAlpha((byte)Math.Round(255 * Number(opacity))) : colour;
    }

    private static float N(XElement e, string name) => e.Attribute(name) is { } a ? Number(a.Value) : 0;

    private static float Number(string text) => float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static float[] Numbers(string text) =>
        [.. text.Replace(',', ' ').Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number)];

    private static SKTypeface LoadFace()
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream("DejaVuSansCondensed.ttf")
            ?? throw new InvalidOperationException("the font is not embedded");
        return SKTypeface.FromStream(stream) ?? throw new InvalidOperationException("the font cannot be read");
    }

    [GeneratedRegex(@"rotate\(([^)]*)\)")]
    private static partial Regex Turn();
}
