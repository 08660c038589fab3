using Almagest.Catalog.Writing;
using Almagest.Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Net.Http.Headers;

namespace Almagest.Server.Http;

/// <summary>Answers that are whole tables, streamed: CSV, Parquet or JSON with where they come from in their metadata.</summary>
internal static class TableAnswer
{
    public static readonly Choice Format = new("format",
        "the whole answer as one table, streamed, with its provenance inside: csv (with ECSV's comment lines), parquet or json; left out = as described, unless Accept asks for text/csv or application/vnd.apache.parquet",
        TableFormats.Names);

    /// <summary>The format that the request asks for, by its query or its Accept header; null = the route's own answer.</summary>
    public static TableFormat? Wanted(HttpContext context)
    {
        if (Format.Read(context) is { } name) return TableFormats.Parse(name);
        var accepted = context.Request.GetTypedHeaders().Accept.OrderByDescending(a => a.Quality ?? 1);
        foreach (var media in accepted)
        {
            foreach (var format in new[] { TableFormat.Csv, TableFormat.Parquet })
            {
                if (media.MediaType.Equals(format.MediaType(), StringComparison.OrdinalIgnoreCase)) return format;
            }
            if (media.MatchesAllTypes || media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return null;
        }
        return null;
    }

    /// <summary>A table is whole: parameters of pages make no sense with it.</summary>
    public static void RefusePaging(HttpContext context, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (context.Request.Query[name] is [{ Length: > 0 }, ..])
                throw LedgerException.Invalid(name, $"{name} is given together with a format: such an answer is whole and has no pages", $"Leave {name} out, or leave the format out.");
        }
    }

    /// <param name="name">of the file, without its ending</param>
    public static IResult Of(HttpContext context, OutgoingTable table, TableFormat format, string name)
    {
        // However long it takes: a client that goes away ends it.
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        var type = format == TableFormat.Parquet ? format.MediaType() : $"{format.MediaType()}; charset=utf-8";
        return Results.Stream(stream => table.WriteAsync(stream, format, cancellation: context.RequestAborted), type, $"{name}.{format.Extension()}");
    }
}
