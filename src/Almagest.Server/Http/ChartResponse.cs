using Almagest.Charts.Export;
using Almagest.Charts.Pictures;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Selections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Http;

/// <summary>Answers that are the dashboard's charts as pictures.</summary>
internal static class ChartResponse
{
    public static readonly ChoiceParameter Format = new("format", "svg, pdf or png", Figure.Formats, "svg");

    public static readonly TextParameter Width = new(
        "width",
        $"how wide it is printed, which its words follow: {FigureSize.Forms}; else as pages show it"
    );

    public static readonly NumberParameter Scale = new(
        "scale",
        "pixels of a PNG for each unit of the drawing, instead of its width",
        0.5,
        8,
        2
    );

    public static readonly ChoiceParameter Caption = new("caption", "no = without title and caption", ["yes", "no"], "yes");

    public static readonly TextParameter Zoom = new(
        "zoom",
        "parts of charts, as NAME:LEFT,RIGHT,BOTTOM,TOP with ; between, in the charts' own units, as the address of their page has them"
    );

    /// <summary>The parameter that chooses among the pictures.</summary>
    public static TextParameter Only(IReadOnlyList<string> names) =>
        new("only", $"of the pictures these alone, apart by commas: {string.Join(", ", names)}");

    /// <summary>The names that it chooses; empty = the main ones.</summary>
    /// <exception cref="LedgerException">one of them is not known</exception>
    public static string[] Wanted(HttpContext context, TextParameter only, IReadOnlyList<string> names)
    {
        var wanted = (only.Read(context) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return wanted.FirstOrDefault(w => !names.Contains(w)) is { } other
            ? throw LedgerException.Invalid(only.Name, $"only is '{other}', expected some of {string.Join(", ", names)}")
            : wanted;
    }

    /// <summary>Draws, from what the pages of this server keep.</summary>
    public static ChartExport Export(HttpContext context, LedgerDatabase ledger) => new(ledger, Store(context, ledger));

    /// <summary>The same for pictures of stars, sweeps and the whole ledger.</summary>
    public static LedgerFigures Figures(HttpContext context, LedgerDatabase ledger) => new(ledger, Store(context, ledger));

    /// <summary>What the pages of this server keep of stars.</summary>
    public static PictureStore Store(HttpContext context, LedgerDatabase ledger) =>
        context.RequestServices.GetService<PictureStore>() ?? new PictureStore(ledger, new SelectionCache(ledger));

    /// <summary>The width that is wanted; null = none.</summary>
    public static FigureSize? Size(HttpContext context) => Width.Read(context) is { } width ? FigureSize.Parse(width, Width.Name) : null;

    public static bool HasCaption(HttpContext context) => Caption.Read(context) != "no";

    public static IResult Of(HttpContext context, Figure figure)
    {
        var format = Format.Read(context)!;
        double? scale = context.Request.Query[Scale.Name] is [{ Length: > 0 }, ..] ? Scale.Read(context) : null;
        if (scale is not null && format != "png")
            throw LedgerException.Invalid(
                Scale.Name,
                $"scale is of PNG, and {(format == "svg" ? "an SVG" : "a PDF")} has no pixels",
                "Leave it out, or add format=png."
            );
        if (scale is not null && Width.Read(context) is not null)
            throw LedgerException.Invalid(Scale.Name, "scale and width are both given", "Give one of them.");
        return format == "svg"
            ? Results.Text(figure.Svg, Figure.MediaType(format) + "; charset=utf-8")
            : Results.Bytes(figure.Write(format, scale), Figure.MediaType(format));
    }

    /// <summary>Declares an answer that is a picture.</summary>
    public static RouteHandlerBuilder ProducesChart(this RouteHandlerBuilder route) =>
        route.Produces<string>(StatusCodes.Status200OK, "image/svg+xml", "application/pdf", "image/png");
}
