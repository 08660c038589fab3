using System.ComponentModel.DataAnnotations;
using Almagest.Contract.Comparison;
using Almagest.Contract.Errors;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Database;
using Almagest.Runs.Comparison;
using Almagest.Runs.Resources;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Comparing;

/// <summary>Across which runs to recognise clusters.</summary>
public sealed record ClusterIdentityRequestBody
{
    /// <summary>2 to 100 complete cluster runs over one dataset.</summary>
    [Required, MinLength(2), MaxLength(ComparedRuns.Most)]
    public IReadOnlyList<Guid>? RunIds { get; init; }

    /// <summary>Least Jaccard similarity of clusters that are the same one, above 0 and at most 1; 0.2 if left out.</summary>
    [Range(0, 1, MinimumIsExclusive = true)]
    public double? MinJaccard { get; init; }

    /// <summary>Most clusters, 1 to 1000; 100 if left out.</summary>
    [Range(1, ClusterIdentityReader.MostIdentities)]
    public int? Limit { get; init; }

    /// <summary>Most members listed of each, 0 to 10000; none if left out. Limit × members is at most 100000.</summary>
    [Range(0, ClusterIdentityReader.MostMembers)]
    public int? Members { get; init; }
}

internal static class ClusterIdentityRoutes
{
    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger) =>
        api.Route(
                "POST",
                "/discovery/clusters/identity",
                "identifyClusters",
                "Recognises clusters across cluster runs",
                async context =>
                {
                    var body = await JsonBody.ReadAsync<ClusterIdentityRequestBody>(context);
                    var ids =
                        body.RunIds
                        ?? throw LedgerException.Invalid(
                            "run_ids",
                            "run_ids is not given",
                            "Give the ids of 2 to 100 complete cluster runs."
                        );
                    var standard = new ClusterMatchingOptions();
                    var options = standard with
                    {
                        MinJaccard = body.MinJaccard ?? standard.MinJaccard,
                        Limit = body.Limit ?? standard.Limit,
                        Members = body.Members ?? 0,
                    };
                    var runs = await ComparedRuns.LoadAsync(ledger, ids, cancellationToken: context.RequestAborted);
                    return Results.Ok(
                        (await new ClusterIdentityReader(ledger).ReadAsync(runs, options, context.RequestAborted)).ToResource()
                    );
                }
            )
            .WithTags("Comparing")
            .WithDescription(
                "Runs are taken in the order of their mean agreement with the others; clusters are matched to those of earlier runs "
                    + "by the assignment with the greatest sum of Jaccard similarities. "
                    + "Each cluster has one identity. Names splits and merges, and gives each star the share of runs in which it "
                    + "belongs. Formulas and thresholds: docs/statistics.md."
            )
            .Accepts<ClusterIdentityRequestBody>("application/json")
            .Produces<ClusterIdentityList>()
            .Fails(400, 404, 409, 413, 415);
}
