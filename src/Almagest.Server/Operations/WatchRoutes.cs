using System.ComponentModel.DataAnnotations;
using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Watches;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Operations;

/// <summary>What is to be watched: a set of labels or a region.</summary>
public sealed record WatchRequestBody
{
    /// <summary>The watch's name; no other has it.</summary>
    [Required]
    public string? Name { get; init; }

    /// <summary>A set of labels: the stars that have one in it, those that get one later included.</summary>
    public string? LabelSet { get; init; }

    /// <summary>A region as filters have it: cone=RA,DEC,RADIUS, or ra=MIN..MAX dec=MIN..MAX, degrees; or its JSON form.</summary>
    public string? Region { get; init; }

    /// <summary>Name or number of the one dataset whose stars are watched; those of every one if left out.</summary>
    public string? Dataset { get; init; }

    /// <summary>Who adds it.</summary>
    public string? By { get; init; }
}

/// <summary>Watches on sets of labels and regions, and what they have told.</summary>
internal static class WatchRoutes
{
    private static readonly TextParameter s_name = new("watch", "the watch's name") { InPath = true };
    private static readonly IntegerParameter s_limit = new("limit", "most runs", 1, 1000, 100);

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var watches = new StarWatches(ledger);
        var group = api.MapGroup("/watches").WithTags("Operations");
        group
            .Route(
                "GET",
                "",
                "listWatches",
                "The watches, by name, each with what the last run says of its stars",
                async context => Results.Ok(await watches.ListAsync(context.RequestAborted))
            )
            .Produces<WatchResource[]>();
        group
            .Route(
                "POST",
                "",
                "addWatch",
                "Watches the stars of a set of labels, or of a region",
                async context =>
                {
                    var body = await JsonBody.ReadAsync<WatchRequestBody>(context);
                    var watch = await watches.AddAsync(
                        body.Name,
                        body.LabelSet,
                        body.Region is null ? null : StarFilterText.Parse(body.Region),
                        body.Dataset,
                        RequestPerson.By(context, body.By),
                        context.RequestAborted
                    );
                    return Results.Created($"/watches/{Uri.EscapeDataString(watch.Name)}", watch);
                }
            )
            .WithDescription(
                "Every few minutes the job star-watch looks at the anomaly runs that have completed since: which watched stars does a run "
                    + "flag that no earlier run of the same datasets, detector, parameters and recipe flagged? docs/changes.md says how."
            )
            .Accepts<WatchRequestBody>("application/json")
            .Produces<WatchResource>(201)
            .Fails(400, 404, 409, 413, 415);
        group
            .Route(
                "GET",
                "/{watch}",
                "getWatch",
                "A watch with what runs say of its stars, the newest first",
                async context =>
                    Results.Ok(await watches.HistoryAsync(s_name.Read(context)!, s_limit.ReadInt(context), context.RequestAborted)),
                s_name,
                s_limit
            )
            .Produces<WatchHistory>()
            .Fails(404);
        group
            .Route(
                "DELETE",
                "/{watch}",
                "removeWatch",
                "Removes a watch with what it told",
                async context =>
                {
                    await watches.RemoveAsync(s_name.Read(context)!, context.RequestAborted);
                    return Results.NoContent();
                },
                s_name
            )
            .Produces(204)
            .Fails(404);
    }
}
