using Almagest.Charts.Export;
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
                    return ChartResponse.Of(
                        context,
                        await new ChartExport(ledger).RunAsync(
                            run,
                            ChartResponse.Wanted(context, s_only, ChartExport.OfRun),
                            cluster,
                            context.RequestAborted
                        )
                    );
                },
                RunRoutes.RunId,
                s_only,
                s_cluster,
                ChartResponse.Format,
                ChartResponse.Scale
            )
            .WithDescription(
                "Scores or cluster sizes, colour-magnitude diagram, sky, and of clusters proper motions and parallaxes: the charts of "
                    + "the run's page, as 'almagest plot run' writes them."
            )
            .ProducesChart()
            .Fails(404, 409);
}
