using Almagest.Catalog.Writing;
using Almagest.Contract.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Net.Http.Headers;

namespace Almagest.Server.Http;

/// <summary>Answers that are whole tables, streamed, in any of the formats, with where they come from in their metadata.</summary>
internal static class TableResponse
{
    public static readonly ChoiceParameter Format = new(
        "format",
        "the whole answer as one table, streamed, with its provenance inside but for csv: csv (plain), ecsv (behind comment lines "
            + "with units and provenance), parquet, json, votable, votable-binary2, fits or csv-safe (csv of which no spreadsheet takes "
            + "a text for a formula); left out = as described, unless Accept asks for the media type of one",
        TableFormats.Names
    );

    private static readonly string[] s_mediaTypes =
    [
        .. TableFormats.All.Select(f => f.MediaType().Split(';')[0]).Distinct().Where(t => t != "application/json"),
    ];

    /// <summary>Declares an answer that is JSON, or a table in any of the formats.</summary>
    public static RouteHandlerBuilder ProducesTable<T>(this RouteHandlerBuilder route) =>
        route.Produces<T>(StatusCodes.Status200OK, "application/json", s_mediaTypes);

    /// <summary>The format that the request asks for, by its query or its Accept header; null = the route's own answer.</summary>
    public static TableFormat? Wanted(HttpContext context)
    {
        if (Format.Read(context) is { } name)
            return TableFormats.Parse(name);
        foreach (var media in context.Request.GetTypedHeaders().Accept.OrderByDescending(a => a.Quality ?? 1))
        {
            if (media.MatchesAllTypes || Is(media, "application/json"))
                return null;
            if (Is(media, "application/x-votable+xml") || Is(media, "text/xml"))
            {
                var serialization = media
                    .Parameters.FirstOrDefault(p => p.Name.Equals("serialization", StringComparison.OrdinalIgnoreCase))
                    ?.GetUnescapedValue();
                return serialization is { } asked && asked.Equals("BINARY2", StringComparison.OrdinalIgnoreCase)
                    ? TableFormat.VoTableBinary2
                    : TableFormat.VoTable;
            }
            if (Is(media, "image/fits"))
                return TableFormat.Fits;
            foreach (var format in new[] { TableFormat.Csv, TableFormat.Parquet, TableFormat.Fits })
                if (Is(media, format.MediaType()))
                    return format;
        }
        return null;
    }

    private static bool Is(MediaTypeHeaderValue media, string type) => media.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase);

    /// <summary>A table is whole: parameters of pages make no sense with it.</summary>
    public static void RefusePaging(HttpContext context, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (context.Request.Query[name] is [{ Length: > 0 }, ..])
                throw LedgerException.Invalid(
                    name,
                    $"{name} is given together with a format: such an answer is whole and has no pages",
                    $"Leave {name} out, or leave the format out."
                );
        }
    }

    /// <summary>Parameters of tables make no sense without a format.</summary>
    public static void RequireFormat(HttpContext context, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (context.Request.Query[name] is [{ Length: > 0 }, ..])
                throw LedgerException.Invalid(
                    name,
                    $"{name} is given without a format",
                    $"Add format={string.Join("|", TableFormats.Names)}, or leave {name} out."
                );
        }
    }

    /// <param name="name">of the file, without its ending</param>
    public static IResult Of(HttpContext context, ExportTable table, TableFormat format, string name)
    {
        // However long it takes: a client that goes away ends it.
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        // XML says its encoding itself.
        var type = format is TableFormat.Csv or TableFormat.CsvSafe or TableFormat.Ecsv or TableFormat.Json
            ? $"{format.MediaType()}; charset=utf-8"
            : format.MediaType();
        return Results.Stream(
            stream => table.WriteAsync(stream, format, cancellationToken: context.RequestAborted),
            type,
            $"{name}.{format.Extension()}"
        );
    }
}
