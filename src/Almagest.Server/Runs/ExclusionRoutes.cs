using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Runs.Export;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Runs;

internal static class ExclusionRoutes
{
    private static readonly IntegerParameter s_limit = new("limit", "most stars", 1, ResultRepository.MostRows, 100);

    public static void Map(IEndpointRouteBuilder runs, LedgerDatabase ledger) =>
        runs.Route(
                "GET",
                "/{run_id}/excluded",
                "getExcluded",
                "The stars that a run selected and did not analyse",
                async context =>
                {
                    var run = await new RunRepository(ledger).GetAsync(RunRoutes.RunId.Read(context)!.Value, context.RequestAborted);
                    if (TableResponse.Wanted(context) is not { } format)
                        return Results.Ok(
                            await ExclusionResources.ReadAsync(ledger, run, s_limit.ReadInt(context), context.RequestAborted)
                        );
                    TableResponse.RefusePaging(context, s_limit.Name);
                    var excluded = await new ExcludedStarReader(ledger).FindAsync(run, context.RequestAborted);
                    var table = await new ExclusionExport(ledger).TableAsync(run, excluded, context.RequestAborted);
                    return TableResponse.Of(context, table, format, $"run-{run.RunId}-excluded");
                },
                RunRoutes.RunId,
                s_limit,
                TableResponse.Format
            )
            .WithDescription(
                "By reason, in the order of the recipe's features, and star_id. The ledger keeps their number alone: they are found again "
                    + "from the selection and the recipe. 409 where the run is not complete, or its stars have changed since. With a "
                    + "format, all of them as one streamed table."
            )
            .ProducesTable<ExcludedStarList>()
            .Fails(404, 409);
}
