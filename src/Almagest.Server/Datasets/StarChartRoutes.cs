using Almagest.Charts.Export;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Datasets;

/// <summary>The pictures of one star.</summary>
internal static class StarChartRoutes
{
    private static readonly TextParameter s_only = ChartResponse.Only(LedgerFigures.OfStar);

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger, IntegerParameter starId) =>
        api.Route(
                "GET",
                "/stars/{star_id}/chart",
                "getStarChart",
                "The charts of a star as one picture",
                async context =>
                    ChartResponse.Of(
                        context,
                        await ChartResponse
                            .Figures(context, ledger)
                            .StarAsync(
                                await new DatasetRepository(ledger).GetStarAsync(starId.Read(context)!.Value, context.RequestAborted),
                                ChartResponse.Wanted(context, s_only, LedgerFigures.OfStar),
                                ChartResponse.Size(context),
                                ChartResponse.HasCaption(context),
                                context.RequestAborted
                            )
                    ),
                starId,
                s_only,
                ChartResponse.Format,
                ChartResponse.Width,
                ChartResponse.Scale,
                ChartResponse.Caption
            )
            .WithTags("Datasets")
            .WithDescription("Finder chart, and where the star stands in its dataset, as 'almagest plot star' writes them.")
            .ProducesChart()
            .Fails(404);
}
