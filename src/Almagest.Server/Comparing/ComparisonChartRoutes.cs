using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Runs.Comparison;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Comparing;

/// <summary>How far runs agree, as a picture.</summary>
internal static class ComparisonChartRoutes
{
    private static readonly UuidListParameter s_runIds = new("run_ids", "complete runs of one type over one dataset", ComparedRuns.Most)
    {
        IsRequired = true,
    };

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger) =>
        api.Route(
                "GET",
                "/discovery/compare/chart",
                "compareRunsChart",
                "How far runs agree, as a picture",
                async context =>
                {
                    var ids =
                        s_runIds.Read(context)
                        ?? throw LedgerException.Of(
                            ErrorCode.MissingValue,
                            "run_ids is not given",
                            "Give the ids of 2 runs or more, with commas between.",
                            s_runIds.Name
                        );
                    var runs = await ComparedRuns.LoadAsync(ledger, ids, cancellationToken: context.RequestAborted);
                    ComparedRuns.RequireType(runs, runs[0].RunType, s_runIds.Name);
                    ComparedRuns.RequireOneDataset(runs);
                    return ChartResponse.Of(
                        context,
                        await ChartResponse
                            .Export(context, ledger)
                            .CompareAsync(runs, ChartResponse.Size(context), ChartResponse.HasCaption(context), context.RequestAborted)
                    );
                },
                s_runIds,
                ChartResponse.Format,
                ChartResponse.Width,
                ChartResponse.Scale,
                ChartResponse.Caption
            )
            .WithTags("Comparing")
            .WithDescription("The matrix of how far they agree; of two also what each marks alone, as 'almagest plot compare' writes it.")
            .ProducesChart()
            .Fails(404, 409);
}
