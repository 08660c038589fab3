using Almagest.Charts.Export;
using Almagest.Ledger.Database;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Runs;

/// <summary>The pictures of a sweep.</summary>
internal static class SweepChartRoutes
{
    private static readonly TextParameter s_only = ChartResponse.Only(LedgerFigures.OfSweep);
    private static readonly TextParameter s_metric = new(
        "metric",
        "the number that they are of, such as f1 or cluster_count; else the one that tells most"
    );
    private static readonly TextParameter s_parameter = new(
        "parameter",
        "of the effect: against this parameter; else against the one that decides most"
    );

    public static void Map(IEndpointRouteBuilder sweeps, LedgerDatabase ledger, UuidParameter group) =>
        sweeps
            .Route(
                "GET",
                "/{group_id}/chart",
                "getSweepChart",
                "The charts of a sweep as one picture",
                async context =>
                    ChartResponse.Of(
                        context,
                        await ChartResponse
                            .Figures(context, ledger)
                            .SweepAsync(
                                group.Read(context)!.Value,
                                ChartResponse.Wanted(context, s_only, LedgerFigures.OfSweep),
                                s_metric.Read(context),
                                s_parameter.Read(context),
                                ChartResponse.Size(context),
                                ChartResponse.HasCaption(context),
                                context.RequestAborted
                            )
                    ),
                group,
                s_only,
                s_metric,
                s_parameter,
                ChartResponse.Format,
                ChartResponse.Width,
                ChartResponse.Scale,
                ChartResponse.Caption
            )
            .WithDescription(
                "Runs across their parameters, the share of a number's variance that goes with each parameter, and the number against one "
                    + "parameter with the spread of the seeds, as 'almagest plot sweep' writes them."
            )
            .ProducesChart()
            .Fails(404);
}
