using Almagest.Charts.Export;
using Almagest.Charts.Selecting;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Runs;

/// <summary>The pictures of a run.</summary>
internal static class RunChartRoutes
{
    private static readonly TextParameter s_only = ChartResponse.Only(ChartExport.OfRun);
    private static readonly IntegerParameter s_cluster = new("cluster", "only the members of this cluster, from near", 0, int.MaxValue);

    private static readonly TextParameter s_select = new("select", "stars that are shown as selected, as for its results", 6000);
    private static readonly NumberParameter s_contamination = new(
        "contamination",
        "flagged as with this share of the stars instead of the run's own",
        1e-9,
        0.5
    );

    public static void Map(IEndpointRouteBuilder runs, LedgerDatabase ledger) =>
        runs.Route(
                "GET",
                "/{run_id}/chart",
                "getRunChart",
                "The charts of a run as one picture",
                async context =>
                {
                    var run = await new RunRepository(ledger).GetAsync(RunRoutes.RunId.Read(context)!.Value, context.RequestAborted);
                    var cluster = (int?)s_cluster.Read(context);
                    if (cluster is not null && run.RunType != RunTypes.Cluster)
                        throw LedgerException.Invalid(
                            s_cluster.Name,
                            $"run {run.RunId} is an {run.RunType} run: it has no clusters",
                            "Leave cluster out."
                        );
                    double? contamination = context.Request.Query[s_contamination.Name] is [{ Length: > 0 }, ..]
                        ? s_contamination.Read(context)
                        : null;
                    if (contamination is not null && run.RunType != RunTypes.Anomaly)
                        throw LedgerException.Invalid(
                            s_contamination.Name,
                            $"run {run.RunId} is a {run.RunType} run: it has no threshold",
                            "Leave contamination out."
                        );
                    return ChartResponse.Of(
                        context,
                        await ChartResponse
                            .Export(context, ledger)
                            .RunAsync(
                                run,
                                new RunPicture
                                {
                                    Wanted = ChartResponse.Wanted(context, s_only, ChartExport.OfRun),
                                    Cluster = cluster,
                                    Contamination = contamination,
                                    Selection = StarSelection.Parse(s_select.Read(context)),
                                    Zoom = ZoomText.Parse(ChartResponse.Zoom.Read(context)),
                                    Size = ChartResponse.Size(context),
                                    HasCaption = ChartResponse.HasCaption(context),
                                },
                                context.RequestAborted
                            )
                    );
                },
                RunRoutes.RunId,
                s_only,
                s_cluster,
                s_contamination,
                s_select,
                ChartResponse.Format,
                ChartResponse.Width,
                ChartResponse.Scale,
                ChartResponse.Caption,
                ChartResponse.Zoom
            )
            .WithDescription(
                "Scores or cluster sizes, colour-magnitude diagram, sky, and of clusters proper motions and parallaxes: the charts of "
                    + "the run's page, as 'almagest plot run' writes them."
            )
            .ProducesChart()
            .Fails(404, 409);
}
