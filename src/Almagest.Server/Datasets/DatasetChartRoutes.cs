using Almagest.Charts.Export;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Datasets;

/// <summary>The pictures of a catalogue.</summary>
internal static class DatasetChartRoutes
{
    private static readonly TextParameter s_dataset = new("dataset", "the dataset: its name or id") { InPath = true };
    private static readonly TextParameter s_filter = new(
        "filter",
        "only these stars, as terms like 'cone=56.75,24.1,2 magnitude=..15' or as JSON"
    );
    private static readonly TextParameter s_only = ChartResponse.Only(ChartExport.OfDataset);

    public static void Map(IEndpointRouteBuilder group, LedgerDatabase ledger) =>
        group
            .Route(
                "GET",
                "/{dataset}/chart",
                "getDatasetChart",
                "The charts of a dataset as one picture",
                async context =>
                {
                    var dataset = await new DatasetRepository(ledger).FindAsync(s_dataset.Read(context)!, context.RequestAborted);
                    return ChartResponse.Of(
                        context,
                        await ChartResponse
                            .Export(context, ledger)
                            .DatasetAsync(
                                dataset,
                                StarFilterText.Parse(s_filter.Read(context)),
                                ChartResponse.Wanted(context, s_only, ChartExport.OfDataset),
                                ChartResponse.Size(context),
                                ChartResponse.HasCaption(context),
                                ZoomText.Parse(ChartResponse.Zoom.Read(context))
                            )
                    );
                },
                s_dataset,
                s_filter,
                s_only,
                ChartResponse.Format,
                ChartResponse.Width,
                ChartResponse.Scale,
                ChartResponse.Caption,
                ChartResponse.Zoom
            )
            .WithDescription("Colour-magnitude diagram, histograms and density on the sky, as 'almagest plot dataset' writes them.")
            .ProducesChart()
            .Fails(404);
}
