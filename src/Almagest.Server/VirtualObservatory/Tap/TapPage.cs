using System.Net;
using System.Text;
using Almagest.Adql.Schema;
using Almagest.Server.VirtualObservatory.Vosi;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>What a browser shows at the address of the service: how to use it, a form with an example, and the tables that there
/// are.</summary>
internal static class TapPage
{
    private const string OnlyHere =
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private const int MostTables = 500;

    public static IResult Answer(HttpContext context, PublishedCatalogue catalogue, string address)
    {
        context.Response.Headers.ContentSecurityPolicy = OnlyHere;
        context.Response.Headers.CacheControl = "no-store";
        // A form of a page without a referrer would be sent with an Origin of nobody.
        context.Response.Headers["Referrer-Policy"] = "same-origin";
        return Results.Text(Html(catalogue, address), "text/html", Encoding.UTF8);
    }

    private static string Html(PublishedCatalogue catalogue, string address)
    {
        var path = new Uri(address).AbsolutePath;
        var (_, name, about, query) = Examples.All(catalogue).First();
        var page = new StringBuilder(
            $$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Almagest: Table Access Protocol</title>
            <style>
            :root { color-scheme: light dark; }
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
            textarea { font: 0.95rem/1.4 ui-monospace, monospace; width: 100%; box-sizing: border-box; }
            code { font-family: ui-monospace, monospace; }
            table { border-collapse: collapse; width: 100%; }
            th, td { text-align: left; vertical-align: top; padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid #8886; }
            </style>
            </head>
            <body>
            <h1>Table Access Protocol</h1>
            <p>This is the address that TOPCAT, Aladin, <code>pyvo</code> and STILTS take: <code>{{Text(address)}}</code></p>
            <h2>Ask</h2>
            <form action="{{Text(path)}}/sync" method="get">
            <input type="hidden" name="LANG" value="ADQL">
            <p><label for="query">{{Text(name)}}. {{Text(about)}}</label></p>
            <textarea id="query" name="QUERY" rows="{{query.Count(c => c == '\n') + 2}}" spellcheck="false">{{Text(query)}}</textarea>
            <p>
            <label>Answer as <select name="RESPONSEFORMAT">{{string.Concat(
                VoFormat.All.Select(f => $"<option{(f.Names[0] == "csv" ? " selected" : "")}>{Text(f.Names[0])}</option>")
            )}}</select></label>
            <label>Rows at most <input name="MAXREC" type="number" min="0" max="{{TapLimits.MostRows}}" value="1000"></label>
            <button>Ask</button>
            </p>
            </form>
            <p>
            <a href="{{Text(path)}}/examples">More examples</a> ·
            <a href="{{Text(path)}}/tables">Tables with their columns (XML)</a> ·
            <a href="{{Text(path)}}/capabilities">What the service can do (XML)</a> ·
            <a href="{{Text(path)}}/availability">Is it up? (XML)</a> ·
            <a href="{{Text(path)}}/async">Your jobs (XML)</a>
            </p>

            """
        );
        foreach (var schema in catalogue.Schemas)
        {
            page.Append($"<h2>{Text(schema.Name)}</h2>\n<p>{Text(schema.Description)}</p>\n<table>\n");
            page.Append("<tr><th scope=\"col\">Table</th><th scope=\"col\">Holds</th><th scope=\"col\">Columns</th></tr>\n");
            var tables = catalogue.Tables.Where(t => t.Schema == schema.Name).ToList();
            foreach (var table in tables.Take(MostTables))
                page.Append(
                    $"<tr><td><a href=\"{Text(path)}/tables/{Text(Uri.EscapeDataString(table.WrittenName))}\"><code>"
                        + $"{Text(table.WrittenName)}</code></a></td><td>{Text(table.Description)}</td>"
                        + $"<td>{table.Columns.Count}</td></tr>\n"
                );
            page.Append("</table>\n");
            if (tables.Count > MostTables)
                page.Append($"<p>and {tables.Count - MostTables} others: ask TAP_SCHEMA.tables</p>\n");
        }
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
