using Almagest.Server.Access;
using Almagest.Server.VirtualObservatory.Vosi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>The Table Access Protocol (IVOA Recommendation TAP 1.1) at /vo/tap.</summary>
internal static class TapRoutes
{
    public const string Path = "/vo/tap";

    public static void Map(IEndpointRouteBuilder app, AdqlRunner runner, TapJobs jobs)
    {
        var tap = app.MapGroup(Path).WithTags("Virtual observatory");
        foreach (var method in new[] { "GET", "POST" })
        {
            tap.VoRoute(
                    method,
                    "/sync",
                    $"{method.ToLowerInvariant()}TapSync",
                    "Answers an ADQL query: LANG=ADQL and QUERY, optionally MAXREC and RESPONSEFORMAT",
                    async context =>
                        await AnswerAsync(
                            runner,
                            await TapQuery.FromAsync(
                                await VoParameters.ReadAsync(context, TapLimits.MostUploadBytes),
                                address => jobs.ResultAtAsync(address, TapJobRoutes.Owner(context), context.RequestAborted)
                            ),
                            context
                        )
                )
                .Takes(VoArguments.Language, VoArguments.Query, VoArguments.MostRows, VoArguments.Format, VoArguments.Upload)
                .AnswersTable();
        }
        TapJobRoutes.Map(tap, jobs);
        tap.VoRoute(
                "GET",
                "",
                "getTapPage",
                "A page for people: what there is, an example, a form; without text/html in Accept what the service can do (VOSI)",
                async context =>
                    context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
                        ? TapPage.Answer(context, await runner.Catalogue.ReadAsync(context.RequestAborted), AddressOf(context))
                        : VoDocument.Answer(xml => Capabilities.Write(xml, AddressOf(context), NeedsToken(context)))
            )
            .Takes()
            .Produces<string>(StatusCodes.Status200OK, "text/html", "text/xml");

        tap.VoRoute(
                "GET",
                "/capabilities",
                "getTapCapabilities",
                "What the service can do (VOSI)",
                context => Task.FromResult(VoDocument.Answer(xml => Capabilities.Write(xml, AddressOf(context), NeedsToken(context))))
            )
            .Takes()
            .AnswersXml();
        tap.VoRoute(
                "GET",
                "/availability",
                "getTapAvailability",
                "Whether the service is up (VOSI)",
                async context =>
                {
                    var up = await Availability.IsUpAsync(runner, context.RequestAborted);
                    return VoDocument.Answer(xml => Availability.Write(xml, up));
                }
            )
            .Takes()
            .AnswersXml();
        tap.VoRoute(
                "GET",
                "/tables",
                "listTapTables",
                "The tables and their columns (VODataService)",
                async context =>
                {
                    var catalogue = await runner.Catalogue.ReadAsync(context.RequestAborted);
                    var brief = context.Request.Query["detail"] is ["min"] || context.Request.Query["only_tables"] is ["true"];
                    // As the archives of ESA have it, for astroquery.
                    if (context.Request.Query["tables"] is [{ Length: > 0 } wanted])
                    {
                        var names = wanted.Split(',', StringSplitOptions.TrimEntries);
                        var found = catalogue.Tables.Where(t => names.Contains(t.WrittenName, StringComparer.OrdinalIgnoreCase)).ToList();
                        if (found.Count == 0)
                            throw new VoException(404, $"there is no table {wanted}");
                        catalogue = catalogue with
                        {
                            Tables = found,
                            Schemas = [.. catalogue.Schemas.Where(s => found.Exists(t => t.Schema == s.Name))],
                        };
                    }
                    // The one client that does not say what it is.
                    var flagged = context.Request.Headers.UserAgent.Count == 0;
                    return VoDocument.Answer(xml => TableSet.Write(xml, catalogue, brief, flagged));
                }
            )
            .Takes(VoArguments.Detail, VoArguments.Tables, VoArguments.OnlyTables)
            .AnswersXml();
        tap.VoRoute(
                "GET",
                "/tables/{table}",
                "getTapTable",
                "One table and its columns (VODataService)",
                async context =>
                {
                    var catalogue = await runner.Catalogue.ReadAsync(context.RequestAborted);
                    var name = context.GetRouteValue("table") as string ?? "";
                    var table =
                        catalogue.Tables.FirstOrDefault(t => string.Equals(t.WrittenName, name, StringComparison.OrdinalIgnoreCase))
                        ?? throw new VoException(404, $"there is no table {name}");
                    return VoDocument.Answer(xml => TableSet.Write(xml, catalogue, table));
                }
            )
            .Takes(VoArguments.Table)
            .AnswersXml();
        tap.VoRoute(
                "GET",
                "/examples",
                "getTapExamples",
                "Queries to start from (DALI examples)",
                async context =>
                    Results.Text(Examples.Page(await runner.Catalogue.ReadAsync(context.RequestAborted)), "application/xhtml+xml")
            )
            .Takes()
            .Produces<string>(StatusCodes.Status200OK, "application/xhtml+xml");
    }

    /// <summary>Where the client finds the service, as it wrote it.</summary>
    public static string AddressOf(HttpContext context) =>
        $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{Path}";

    // The route is open, so that a client can learn how to sign in: nobody was asked who it is.
    private static bool NeedsToken(HttpContext context) =>
        !context.RequestServices.GetRequiredService<ServerOptions>().AnonymousReads && !RequestOrigin.Of(context).IsOwnAccount;

    private static async Task<IResult> AnswerAsync(AdqlRunner runner, TapQuery query, HttpContext context)
    {
        var place = await runner.Places.TakeAsync(QueryKind.Sync, context.RequestAborted);
        var answer = await runner.OpenAsync(place, query, TapLimits.Sync, context.RequestAborted);
        return new TableOf(answer, query.Format, "Answer to an ADQL query", query.Adql);
    }
}
