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
    static readonly Words Dataset = new("dataset", "the dataset: its name or id") { InPath = true };
    static readonly Uuid RunId = new("run_id", "the run") { InPath = true };
    static readonly WholeNumber Order = new("order", "HEALPix order of the finest cells; 8 = 13.7 arc minutes, one more halves them", 0, Healpix.MaxOrder, CoverageReader.UsualOrder);
    static readonly Choice Format = new("format", "fits (NUNIQ), ascii or json; left out = fits, unless Accept asks for text/plain or application/json", ["fits", "ascii", "json"]);

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var group = api.MapGroup("/vo").WithTags("Virtual observatory");

        group.Route("GET", "/datasets/{dataset}/moc", "getDatasetMoc", "The part of the sky that holds a dataset's stars, as MOC 2.0", async context =>
        {
            var order = Order.ReadInt(context);
            var dataset = await new DatasetRepository(ledger).FindAsync(Dataset.Read(context)!, context.RequestAborted);
            return Answer(context, await new CoverageReader(ledger).OfDatasetAsync(dataset, order, context.RequestAborted), dataset.Name);
        }, Dataset, Order, Format).Produces<string>(200, "application/fits", "text/plain", "application/json").Fails(404);

        group.Route("GET", "/runs/{run_id}/moc", "getRunMoc", "The part of the sky that holds the stars of a run, as MOC 2.0", async context =>
        {
            var order = Order.ReadInt(context);
            var run = await new RunRepository(ledger).GetAsync(RunId.Read(context)!.Value, context.RequestAborted);
            return Answer(context, await new CoverageReader(ledger).OfRunAsync(run, order, context.RequestAborted), $"run-{run.RunId}");
        }, RunId, Order, Format).Produces<string>(200, "application/fits", "text/plain", "application/json").Fails(404, 409);
    }

    static IResult Answer(HttpContext context, SkyCoverage coverage, string name)
    {
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        switch (Format.Read(context) ?? Accepted(context))
        {
            case "ascii":
                return Results.Text(coverage.ToAscii() + "\n", "text/plain; charset=utf-8");
            case "json":
                return Results.Text(coverage.ToJson() + "\n", "application/json; charset=utf-8");
            default:
                var numbers = coverage.Cells.Select(c => SkyCoverage.Nuniq(c.Order, c.Cell)).ToList();
                return Results.Stream(stream => CoverageFits.WriteAsync(stream, coverage.Order, numbers, name, context.RequestAborted), "application/fits", $"{name}-moc.fits");
        }
    }

    static string Accepted(HttpContext context)
    {
        foreach (var media in context.Request.GetTypedHeaders().Accept.OrderByDescending(a => a.Quality ?? 1))
        {
            if (media.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)) return "ascii";
            if (media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return "json";
            if (media.MatchesAllTypes || media.MediaType.EndsWith("/fits", StringComparison.OrdinalIgnoreCase)) break;
        }
        return "fits";
    }
}
