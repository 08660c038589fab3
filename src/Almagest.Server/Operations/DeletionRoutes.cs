using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Almagest.Ledger.Deletions;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Operations;

/// <summary>Datasets, runs, notes and labels that were deleted within the last day.</summary>
internal static class DeletionRoutes
{
    private static readonly IntegerParameter s_id = new("deletion_id", "number of the deletion", 1, long.MaxValue) { InPath = true };

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var deletions = new LedgerDeletions(ledger);
        var group = api.MapGroup("/deletions").WithTags("Operations");
        group
            .Route(
                "GET",
                "",
                "listDeletions",
                "What was deleted within the last day and can be brought back, the last first",
                async context => Results.Ok(await deletions.ListAsync(context.RequestAborted))
            )
            .WithDescription(
                "Datasets and runs with all that belongs to them, notes on runs, labels of stars; at most a thousand. What went with a "
                    + "dataset is no deletion of its own, and what was deleted before it shows again when it is back."
            )
            .Produces<DeletionResource[]>();
        group
            .Route(
                "POST",
                "/{deletion_id}/restore",
                "restoreDeletion",
                "Brings back what a deletion took",
                async context =>
                {
                    await deletions.RestoreAsync(s_id.Read(context)!.Value, context.RequestAborted);
                    return Results.NoContent();
                },
                s_id
            )
            .WithDescription(
                "It is as it was, its id and its hash included. Of a dataset, waiting in GET /datasets/{dataset} says what comes back with "
                    + "another that is deleted. The views follow by themselves."
            )
            .Produces(204)
            .Fails(404, 409)
            .DisableRequestTimeout();
        group
            .Route(
                "DELETE",
                "/{deletion_id}",
                "forgetDeletion",
                "Lets a deletion go for good, and frees its space",
                async context =>
                {
                    await deletions.ForgetAsync(s_id.Read(context)!.Value, context.RequestAborted);
                    return Results.NoContent();
                },
                s_id
            )
            .Produces(204)
            .Fails(404)
            .DisableRequestTimeout();
    }
}
