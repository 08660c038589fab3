using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Runs.Kinds;
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

    public static void Map(IEndpointRouteBuilder runs)
    {
        runs.Route(
                "GET",
                "/{run_id}/kinds",
                "getKinds",
                "The flagged stars grouped by why they are flagged",
                async context =>
                    Results.Ok(
                        await Kinds(context)
                            .FindAsync(
                                RunRoutes.RunId.Read(context)!.Value,
                                s_seeds.ReadInt(context),
                                s_with.Read(context),
                                context.RequestAborted
                            )
                    ),
                RunRoutes.RunId,
                s_seeds,
                s_with
            )
            .WithDescription(
                "Fits the run's detector again, explains every flagged star and groups the explanations. Each kind with the features that "
                    + "make it in words, its place in the diagram and on the sky, its most typical and its most extreme stars, and how "
                    + "much of it other seeds find again. Of a run that flags more than 3,000 stars an even sample is looked at. 409 where "
                    + "the "
                    + "feature recipe, the stars or the program have changed; 400 where the run is not an anomaly run."
            )
            .Produces<KindsResource>()
            .Fails(404, 409)
            .DisableRequestTimeout();
        runs.Route(
                "GET",
                "/{run_id}/kinds/{kind_id}/more",
                "getMoreOfKind",
                "Stars that are not flagged, and most like a kind",
                async context =>
                    Results.Ok(
                        await Kinds(context)
                            .MoreAsync(
                                RunRoutes.RunId.Read(context)!.Value,
                                s_kindId.ReadInt(context),
                                s_limit.ReadInt(context),
                                context.RequestAborted
                            )
                    ),
                RunRoutes.RunId,
                s_kindId,
                s_limit
            )
            .WithDescription(
                "Looks at the 3,000 most anomalous of the stars that the run does not flag, and answers those whose reasons are like the "
                    + "kind's and like no other's more, the most anomalous first."
            )
            .Produces<MoreOfKindResource>()
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

    private static RunKinds Kinds(HttpContext context) => context.RequestServices.GetRequiredService<RunKinds>();
}
