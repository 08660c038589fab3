using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Almagest.Server.Http;
using Almagest.Server.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Operations;

/// <summary>The scheduled jobs, and what became of them.</summary>
internal static class JobRoutes
{
    private static readonly IntegerParameter s_limit = new("limit", "most executions of each job", 1, 1000, 20);

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger) =>
        api.Route(
                "GET",
                "/operations/jobs",
                "getJobs",
                "Scheduled jobs, their schedules and last executions",
                async context => Results.Ok(await new JobStatusReader(ledger).ReadAsync(s_limit.ReadInt(context), context.RequestAborted)),
                s_limit
            )
            .WithDescription("The store is the database: any server of a fleet answers for all of them. Executions are kept for 90 days.")
            .WithTags("Operations")
            .Produces<JobStatus[]>();
}
