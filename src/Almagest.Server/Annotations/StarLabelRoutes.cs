using System.ComponentModel.DataAnnotations;
using Almagest.Contract.Datasets;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Resources;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Annotations;

/// <summary>What is to be said of a star; at least one of is_anomaly, kind, cluster and remark.</summary>
public sealed record StarLabelRequestBody
{
    /// <summary>Which set of labels; truth where left out. A star has one label in each set.</summary>
    public string? LabelSet { get; init; }

    /// <summary>1 = really unusual, 0 = really ordinary.</summary>
    [AllowedValues(0, 1)]
    public int? IsAnomaly { get; init; }

    /// <summary>What kind of object it is.</summary>
    public string? Kind { get; init; }

    /// <summary>The cluster it belongs to.</summary>
    public string? Cluster { get; init; }

    /// <summary>Whatever else there is to say.</summary>
    public string? Remark { get; init; }

    /// <summary>Who says so.</summary>
    public string? By { get; init; }
}

/// <summary>Labels and remarks of stars.</summary>
internal static class StarLabelRoutes
{
    private static readonly IntegerParameter s_starId = new("star_id", "Almagest's own id of the star", 1, long.MaxValue) { InPath = true };
    private static readonly TextParameter s_dataset = new("dataset", "the dataset: its name or id") { InPath = true };
    private static readonly TextParameter s_labelSet = new("label_set", "which set of labels; truth where left out");
    private static readonly IntegerParameter s_after = new("after", "next of the page before", 0, long.MaxValue, 0);
    private static readonly IntegerParameter s_limit = new("limit", "most labels", 1, StarLabels.MostRows, 100);

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var labels = new StarLabels(ledger);

        api.Route(
                "POST",
                "/stars/{star_id}/labels",
                "labelStar",
                "Labels a star",
                async context =>
                {
                    var starId = s_starId.Read(context)!.Value;
                    var body = await JsonBody.ReadAsync<StarLabelRequestBody>(context);
                    var (label, isNew) = await labels.SetAsync(
                        new StarLabel
                        {
                            StarId = starId,
                            LabelSet = body.LabelSet ?? "truth",
                            IsAnomaly = body.IsAnomaly,
                            Kind = body.Kind,
                            Cluster = body.Cluster,
                            Remark = body.Remark,
                            LabelledBy = RequestPerson.By(context, body.By),
                        },
                        cancellationToken: context.RequestAborted
                    );
                    return isNew ? Results.Created($"/stars/{starId}", label.ToResource()) : Results.Ok(label.ToResource());
                },
                s_starId
            )
            .WithTags("Annotations")
            .WithDescription(
                "A label that the star has in the set already is replaced. Labels feed mv_discovery_quality, which follows by itself."
            )
            .Accepts<StarLabelRequestBody>("application/json")
            .Produces<StarLabelResource>(201)
            .Produces<StarLabelResource>()
            .Fails(400, 404, 413, 415);

        api.Route(
                "DELETE",
                "/stars/{star_id}/labels",
                "unlabelStar",
                "Takes a star's label away",
                async context =>
                {
                    await labels.RemoveAsync(
                        s_starId.Read(context)!.Value,
                        s_labelSet.Read(context) ?? "truth",
                        RequestPerson.Name(context),
                        context.RequestAborted
                    );
                    return Results.NoContent();
                },
                s_starId,
                s_labelSet
            )
            .WithTags("Annotations")
            .Produces(204)
            .Fails(404);

        api.Route(
                "GET",
                "/datasets/{dataset}/labels",
                "listLabels",
                "The labels of a dataset's stars in one set, page by page",
                async context =>
                {
                    var dataset = await new DatasetRepository(ledger).FindAnyAsync(s_dataset.Read(context)!, context.RequestAborted);
                    var set = s_labelSet.Read(context) ?? "truth";
                    if (TableResponse.Wanted(context) is { } format)
                    {
                        TableResponse.RefusePaging(context, s_limit.Name, s_after.Name);
                        return TableResponse.Of(context, await labels.TableAsync(dataset, set, context.RequestAborted), format, "labels");
                    }
                    var limit = s_limit.ReadInt(context);
                    var found = await labels.PageAsync(
                        dataset.DatasetId,
                        set,
                        s_after.Read(context)!.Value,
                        limit + 1,
                        context.RequestAborted
                    );
                    var page = found.Take(limit).Select(l => l.Label.ToLabelledStar(l.SourceId)).ToList();
                    return Results.Ok(new LabelPage(page, found.Count > limit ? page[^1].StarId : null));
                },
                s_dataset,
                s_labelSet,
                s_limit,
                s_after,
                TableResponse.Format
            )
            .WithTags("Annotations")
            .WithDescription("With a format, all of them as one streamed table that 'labels import' reads again.")
            .ProducesTable<LabelPage>()
            .Fails(404);
    }
}
