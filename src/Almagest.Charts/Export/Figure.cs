using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Charts.Drawing;
using Almagest.Contract;
using Almagest.Contract.Errors;

namespace Almagest.Charts.Export;

/// <summary>One chart of a figure.</summary>
/// <param name="Name">above it</param>
/// <param name="Note">what the caption says of it; empty = nothing</param>
public sealed record FigurePart(string Name, string Svg, string Note = "");

/// <summary>One or more charts with title, caption and provenance, ready for a file.</summary>
public sealed class Figure
{
    /// <summary>Endings of files, which are formats, too.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["svg", "pdf", "png"];

    /// <summary>Pixels of the largest PNG: some 320 MB while it is made.</summary>
    private const long MostPixels = 80_000_000;

    private readonly FigureSize _size;
    private readonly JsonObject _provenance;

    /// <param name="source">the last sentence of the caption: run or dataset, selection, program, date</param>
    /// <param name="provenance">goes into the file</param>
    /// <param name="hasCaption">journals set title and caption themselves</param>
    public Figure(
        string title,
        IReadOnlyList<FigurePart> parts,
        string source,
        FigureSize size,
        JsonObject provenance,
        bool hasCaption = true
    )
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(size);
        (_size, _provenance, Title) = (size, provenance, TextWidth.Plain(title));
        Caption = string.Join(
            ' ',
            parts.Where(p => p.Note.Length > 0).Select(p => parts.Count == 1 ? p.Note : $"{p.Name}: {p.Note}").Append(source)
        );
        Svg = FigureSheet.Compose(Title, parts, hasCaption ? Caption : null, size, Metadata());
    }

    public string Title { get; }

    /// <summary>What is shown, how much of it, and where it comes from.</summary>
    public string Caption { get; }

    public string Svg { get; }

    /// <summary>As HTTP names a format.</summary>
    public static string MediaType(string format) =>
        format switch
        {
            "svg" => "image/svg+xml",
            "pdf" => "application/pdf",
            _ => "image/png",
        };

    /// <summary>The file.</summary>
    /// <param name="format">of <see cref="Formats"/></param>
    /// <param name="scale">of a PNG, pixels for each unit of the drawing; null = as its width says</param>
    /// <exception cref="LedgerException">it has too many pixels</exception>
    public byte[] Write(string format, double? scale = null)
    {
        switch (format)
        {
            case "svg":
                return Encoding.UTF8.GetBytes(Svg);
            case "pdf":
                return SvgPainter.ToPdf(
                    Svg,
                    _size.Points,
                    new()
                    {
                        Title = Title,
                        Subject = Caption,
                        Keywords = Provenance,
                        Creator = Program,
                        Producer = Program,
                        Creation = DateTime.UtcNow,
                        Modified = DateTime.UtcNow,
                    }
                );
            default:
                var (width, height) = SvgPainter.SizeOf(Svg);
                var pixels = scale is { } s ? (int)Math.Ceiling(width * s) : _size.Pixels;
                var tall = pixels * height / width;
                if (pixels * tall > MostPixels)
                    throw LedgerException.Invalid(
                        "width",
                        $"the picture would have {pixels:N0} by {tall:N0} pixels, expected {MostPixels / 1_000_000} million at most",
                        "Choose a smaller width, fewer charts, or PDF or SVG, which have no pixels."
                    );
                return PngText.Add(
                    SvgPainter.ToPng(Svg, pixels),
                    pixels / (_size.Points / 72),
                    [
                        ("Title", Title),
                        ("Description", Caption),
                        ("Software", Program),
                        (
                            "Creation Time",
                            DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)
                        ),
                        ("Source", Provenance),
                    ]
                );
        }
    }

    private static string Program => $"Almagest {ProgramVersion.Current}";

    private string Provenance => _provenance.ToJsonString(s_plain);

    private static readonly JsonSerializerOptions s_plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>For an SVG, in the terms of Dublin Core.</summary>
    private List<(string Term, string Value)> Metadata()
    {
        var identifier = (string?)_provenance["run_id"] ?? (string?)_provenance["dataset"]?["name"];
        return
        [
            ("title", Title),
            ("description", Caption),
            ("creator", Program),
            ("date", ((string?)_provenance["exported_at"] ?? "")[..10]),
            ("type", "StillImage"),
            .. identifier is null ? [] : new[] { ("identifier", identifier) },
            ("source", Provenance),
        ];
    }
}
