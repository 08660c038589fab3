using Almagest.Catalog.Writing;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Server.Http;
using Almagest.Sky;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Almagest.Server.Datasets;

/// <summary>The coverage of a dataset or a run as MOC 2.0, for Aladin, TOPCAT and whoever plans what to look at next.</summary>
internal static class CoverageMapRoutes
{
    private static readonly TextParameter s_dataset = new("dataset", "the dataset: its name or id") { InPath = true };
    private static readonly UuidParameter s_runId = new("run_id", "the run") { InPath = true };
    private static readonly IntegerParameter s_order = new(
        "order",
        $"HEALPix order of the finest cells; one more halves them; left out = {CoverageReader.UsualOrder}, 13.7 arc minutes, and of a "
            + $"catalogue that is read where it lies {CoverageReader.OrderOfFiles}, the finest that is known of it",
        0,
        Healpix.MaxOrder
    );
    private static readonly ChoiceParameter s_format = new(
        "format",
        "fits (NUNIQ), ascii or json; left out = fits, unless Accept asks for text/plain or application/json",
        ["fits", "ascii", "json"]
    );

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var group = api.MapGroup("/vo").WithTags("Virtual observatory");

        group
            .Route(
                "GET",
                "/datasets/{dataset}/moc",
                "getDatasetMoc",
                "The part of the sky that holds a dataset's stars, as MOC 2.0",
                async context =>
                {
                    var order = (int?)s_order.Read(context);
                    var dataset = await new DatasetRepository(ledger).FindAnyAsync(s_dataset.Read(context)!, context.RequestAborted);
                    return Answer(
                        context,
                        await new CoverageReader(ledger).OfDatasetAsync(dataset, order, context.RequestAborted),
                        dataset.Name
                    );
                },
                s_dataset,
                s_order,
                s_format
            )
            .Produces<string>(200, "application/fits", "text/plain", "application/json")
            .Fails(404);

        group
            .Route(
                "GET",
                "/runs/{run_id}/moc",
                "getRunMoc",
                "The part of the sky that holds the stars of a run, as MOC 2.0",
                async context =>
                {
                    var order = (int?)s_order.Read(context);
                    var run = await new RunRepository(ledger).GetAsync(s_runId.Read(context)!.Value, context.RequestAborted);
                    return Answer(
                        context,
                        await new CoverageReader(ledger).OfRunAsync(run, order, context.RequestAborted),
                        $"run-{run.RunId}"
                    );
                },
                s_runId,
                s_order,
                s_format
            )
            .Produces<string>(200, "application/fits", "text/plain", "application/json")
            .Fails(404, 409);
    }

    private static IResult Answer(HttpContext context, SkyCoverage coverage, string name)
    {
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        switch (s_format.Read(context) ?? Accepted(context))
        {
            case "ascii":
                return Results.Text(coverage.ToAscii() + "\n", "text/plain; charset=utf-8");
            case "json":
                return Results.Text(coverage.ToJson() + "\n", "application/json; charset=utf-8");
            default:
                var numbers = coverage.Cells.Select(c => SkyCoverage.Nuniq(c.Order, c.Cell)).ToList();
                return Results.Stream(
                    stream => CoverageFits.WriteAsync(stream, coverage.Order, numbers, name, context.RequestAborted),
                    "application/fits",
                    $"{name}-moc.fits"
                );
        }
    }

    private static string Accepted(HttpContext context)
    {
        foreach (var media in context.Request.GetTypedHeaders().Accept.OrderByDescending(a => a.Quality ?? 1))
        {
            if (media.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
                return "ascii";
            if (media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
                return "json";
            if (media.MatchesAllTypes || media.MediaType.EndsWith("/fits", StringComparison.OrdinalIgnoreCase))
                break;
        }
        return "fits";
    }
}
