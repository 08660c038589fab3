using Almagest.Contract.Runs;
using Almagest.Runs.Explanation;
using Almagest.Runs.Resources;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Runs;

internal static class ExplanationRoutes
{
    private static readonly IntegerParameter s_starId = new("star_id", "Almagest's own id of the star", 1, long.MaxValue) { InPath = true };

    public static void Map(IEndpointRouteBuilder runs) =>
        runs.Route(
                "GET",
                "/{run_id}/explain/{star_id}",
                "explainStar",
                "Why a star has its score in a run",
                async context =>
                {
                    var explainer = context.RequestServices.GetRequiredService<RunExplainer>();
                    return Results.Ok(
                        (
                            await explainer.ExplainAsync(
                                RunRoutes.RunId.Read(context)!.Value,
                                s_starId.Read(context)!.Value,
                                context.RequestAborted
                            )
                        ).ToResource()
                    );
                },
                RunRoutes.RunId,
                s_starId
            )
            .WithDescription(
                "Fits the run's detector again from its stored selection, parameters and seed, and asks it which features "
                    + "make the star's score. "
                    + "The first star of a run costs the loading of its selection; the next ones cost milliseconds while the run is "
                    + "among the last two asked for. "
                    + "409 where the feature recipe, the stars or the program have changed so that the explanation would not be of "
                    + "this run; 400 where it is not an anomaly run."
            )
            .Produces<ExplanationResource>()
            .Fails(404, 409);
}
