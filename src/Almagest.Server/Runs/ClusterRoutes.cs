using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Runs.Export;
using Almagest.Runs.Lifecycle;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Runs;

/// <summary>What a run says of its clusters.</summary>
internal static class ClusterRoutes
{
    private static readonly IntegerParameter s_limit = new("limit", "most clusters", 1, 10_000, 1000);

    public static void Map(IEndpointRouteBuilder runs, LedgerDatabase ledger) =>
        runs.Route(
                "GET",
                "/{run_id}/clusters",
                "getRunClusters",
                "Where the clusters of a complete run are, how far, moving how, largest first",
                async context =>
                {
                    var run = await new RunRepository(ledger).GetAsync(RunRoutes.RunId.Read(context)!.Value, context.RequestAborted);
                    var clusters = new ClusterExport(ledger);
                    if (TableResponse.Wanted(context) is not { } format)
                        return Results.Ok(await clusters.ListAsync(run, s_limit.ReadInt(context), context.RequestAborted));
                    TableResponse.RefusePaging(context, s_limit.Name);
                    return TableResponse.Of(
                        context,
                        await clusters.TableAsync(run, context.RequestAborted),
                        format,
                        $"run-{run.RunId}-clusters"
                    );
                },
                RunRoutes.RunId,
                s_limit,
                TableResponse.Format
            )
            .WithDescription(
                "Means over the members with their standard errors, radius, and, of an algorithm that judges its clusters, contrast and "
                    + "significance: docs/clusters.md says how each is made. Of a run that was completed before the ledger kept them "
                    + "the list is empty; its sizes are at /analytics/discovery/clusters/{run_id}/sizes."
            )
            .ProducesTable<ClusterList>()
            .Fails(400, 404, 409);
}
