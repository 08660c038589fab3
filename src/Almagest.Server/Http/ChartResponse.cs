using Almagest.Charts.Export;
using Almagest.Contract.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Http;

/// <summary>Answers that are the dashboard's charts as pictures.</summary>
internal static class ChartResponse
{
    public static readonly ChoiceParameter Format = new("format", "svg or png", ["svg", "png"], "svg");

    public static readonly NumberParameter Scale = new(
        "scale",
        "pixels of a PNG for each unit of the drawing, which is some 1100 units wide",
        0.5,
        8,
        2
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

    public static IResult Of(HttpContext context, string svg)
    {
        if (Format.Read(context) == "png")
            return Results.Bytes(SvgRasterizer.ToPng(svg, Scale.Read(context)), "image/png");
        return context.Request.Query[Scale.Name] is [{ Length: > 0 }, ..]
            ? throw LedgerException.Invalid(Scale.Name, "scale is of PNG, and an SVG has no pixels", "Leave it out, or add format=png.")
            : Results.Text(svg, "image/svg+xml; charset=utf-8");
    }

    /// <summary>Declares an answer that is a picture.</summary>
    public static RouteHandlerBuilder ProducesChart(this RouteHandlerBuilder route) =>
        route.Produces<string>(StatusCodes.Status200OK, "image/svg+xml", "image/png");
}
