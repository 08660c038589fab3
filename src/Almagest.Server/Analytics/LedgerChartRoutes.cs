using Almagest.Charts.Pictures;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Analytics;

/// <summary>The pictures of the whole ledger.</summary>
internal static class LedgerChartRoutes
{
    private static readonly TextParameter s_dataset = new("dataset", "only this dataset: its name or id");
    private static readonly ChoiceParameter s_show = new(
        "show",
        "what colours are: runs that analysed a cell, star analyses, stars or flags",
        [.. CoverageMeasure.All.Select(m => m.Value)],
        CoverageMeasure.All[0].Value
    );
    private static readonly ChoiceParameter s_period = new("period", "week or month", ["week", "month"], "week");

    public static void Map(IEndpointRouteBuilder group, LedgerDatabase ledger)
    {
        group
            .Route(
                "GET",
                "/coverage/chart",
                "getCoverageChart",
                "How much of the sky was looked at, as a picture",
                async context =>
                    ChartResponse.Of(
                        context,
                        await ChartResponse
                            .Figures(context, ledger)
                            .CoverageAsync(
                                s_dataset.Read(context) is { } name
                                    ? await new DatasetRepository(ledger).FindAnyAsync(name, context.RequestAborted)
                                    : null,
                                CoverageMeasure.Of(s_show.Read(context)),
                                ChartResponse.Size(context),
                                ChartResponse.HasCaption(context),
                                context.RequestAborted
                            )
                    ),
                s_dataset,
                s_show,
                ChartResponse.Format,
                ChartResponse.Width,
                ChartResponse.Scale,
                ChartResponse.Caption
            )
            .WithDescription("HEALPix cells of order 6 in colour, as 'almagest plot coverage' writes them.")
            .ProducesChart()
            .Fails(404);

        group
            .Route(
                "GET",
                "/timeline/chart",
                "getTimelineChart",
                "Runs by week or month, as a picture",
                async context =>
                    ChartResponse.Of(
                        context,
                        await ChartResponse
                            .Figures(context, ledger)
                            .TimelineAsync(
                                s_period.Read(context)!,
                                ChartResponse.Size(context),
                                ChartResponse.HasCaption(context),
                                context.RequestAborted
                            )
                    ),
                s_period,
                ChartResponse.Format,
                ChartResponse.Width,
                ChartResponse.Scale,
                ChartResponse.Caption
            )
            .WithDescription("Anomaly and cluster runs as bars, as 'almagest plot timeline' writes them.")
            .ProducesChart();
    }
}
