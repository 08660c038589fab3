using Almagest.Catalog.Writing;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Runs.Export;
using Almagest.Runs.Kinds;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Results;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Runs;

/// <summary>A name for all stars of a kind.</summary>
public sealed record KindLabelRequestBody
{
    /// <summary>What the stars are: white dwarf.</summary>
    public string? Kind { get; init; }

    /// <summary>The set of labels; truth if left out.</summary>
    public string? LabelSet { get; init; }
}

internal static class KindRoutes
{
    private static readonly IntegerParameter s_kindId = new("kind_id", "number of the kind, from 0", 0, int.MaxValue) { InPath = true };

    private static readonly IntegerParameter s_seeds = new(
        "seeds",
        "further seeds to measure the kinds' stability with",
        0,
        RunKinds.MostSeeds,
        RunKinds.UsualSeeds
    );

    private static readonly UuidParameter s_with = new("with", "another anomaly run, whose kinds are matched with these");

    private static readonly IntegerParameter s_limit = new("limit", "most stars", 1, 1000, 100);

    private static readonly ChoiceParameter s_table = new(
        "table",
        "with a format: one row for each kind, or for each flagged star with its kind",
        ["kinds", "stars"],
        "kinds"
    );

    public static void Map(IEndpointRouteBuilder runs, LedgerDatabase ledger)
    {
        runs.Route(
                "GET",
                "/{run_id}/kinds",
                "getKinds",
                "The flagged stars grouped by why they are flagged",
                async context =>
                {
                    var id = RunRoutes.RunId.Read(context)!.Value;
                    var format = TableResponse.Wanted(context);
                    if (format is null)
                        TableResponse.RequireFormat(context, s_table.Name);
                    if (format is { } of && s_table.Read(context) == "stars")
                    {
                        var stars = await Kinds(context).StarsAsync(id, context.RequestAborted);
                        var query = new ResultQuery(AnomaliesOnly: true, ByScore: true);
                        return await StarsAsync(context, ledger, id, query, stars, of, $"kinds-{id}-stars");
                    }
                    var found = await Kinds(context).FindAsync(id, s_seeds.ReadInt(context), s_with.Read(context), context.RequestAborted);
                    if (format is null)
                        return Results.Ok(found);
                    var run = await new RunRepository(ledger).GetAsync(id, context.RequestAborted);
                    var table = await new KindExport(ledger).TableAsync(run, found, cancellationToken: context.RequestAborted);
                    return TableResponse.Of(context, table, format.Value, $"kinds-{id}");
                },
                RunRoutes.RunId,
                s_seeds,
                s_with,
                s_table,
                TableResponse.Format
            )
            .WithDescription(
                "Fits the run's detector again, explains every flagged star and groups the explanations. Each kind with the features that "
                    + "make it in words, its place in the diagram and on the sky, its most typical and its most extreme stars, and how "
                    + "much of it other seeds find again. Of a run that flags more than 3,000 stars an even sample is looked at. 409 where "
                    + "the feature recipe, the stars or the program have changed; 400 where the run is not an anomaly run. With a format, "
                    + "one row a kind, or one a flagged star with all that the run says of it and its kind."
            )
            .ProducesTable<KindsResource>()
            .Fails(404, 409)
            .DisableRequestTimeout();
        runs.Route(
                "GET",
                "/{run_id}/kinds/{kind_id}/more",
                "getMoreOfKind",
                "Stars that are not flagged, and most like a kind",
                async context =>
                {
                    var (id, kind) = (RunRoutes.RunId.Read(context)!.Value, s_kindId.ReadInt(context));
                    var more = await Kinds(context).MoreAsync(id, kind, s_limit.ReadInt(context), context.RequestAborted);
                    if (TableResponse.Wanted(context) is not { } format)
                        return Results.Ok(more);
                    var stars = StarKinds.Of(more);
                    var query = new ResultQuery(ByScore: true) { StarIds = [.. stars.Stars.Keys] };
                    return await StarsAsync(context, ledger, id, query, stars, format, $"kind-{id}-{kind}-more");
                },
                RunRoutes.RunId,
                s_kindId,
                s_limit,
                TableResponse.Format
            )
            .WithDescription(
                "Looks at the 3,000 most anomalous of the stars that the run does not flag, and answers those whose reasons are like the "
                    + "kind's and like no other's more, the most anomalous first."
            )
            .ProducesTable<MoreOfKindResource>()
            .Fails(404, 409)
            .DisableRequestTimeout();
        runs.Route(
                "POST",
                "/{run_id}/kinds/{kind_id}/label",
                "labelKind",
                "Labels all stars of a kind",
                async context =>
                {
                    var (run, kind) = (RunRoutes.RunId.Read(context)!.Value, s_kindId.ReadInt(context));
                    var body = await JsonBody.ReadAsync<KindLabelRequestBody>(context);
                    var name =
                        body.Kind
                        ?? throw LedgerException.Invalid("kind", "kind is not given", "Say what the stars are, such as white dwarf.");
                    return Results.Ok(
                        await Kinds(context)
                            .LabelAsync(run, kind, name, body.LabelSet ?? "truth", RequestPerson.Name(context), context.RequestAborted)
                    );
                },
                RunRoutes.RunId,
                s_kindId
            )
            .WithDescription("Each star is labelled as unusual and of this kind; what else the set says of it stays.")
            .Accepts<KindLabelRequestBody>("application/json")
            .Produces<KindLabelResource>()
            .Fails(404, 409, 413, 415)
            .DisableRequestTimeout();
    }

    private static async Task<IResult> StarsAsync(
        HttpContext context,
        LedgerDatabase ledger,
        Guid id,
        ResultQuery query,
        StarKinds stars,
        TableFormat format,
        string name
    )
    {
        var run = await new RunRepository(ledger).GetAsync(id, context.RequestAborted);
        return TableResponse.Of(context, await new RunExport(ledger).TableAsync(run, query, stars, context.RequestAborted), format, name);
    }

    private static RunKinds Kinds(HttpContext context) => context.RequestServices.GetRequiredService<RunKinds>();
}
