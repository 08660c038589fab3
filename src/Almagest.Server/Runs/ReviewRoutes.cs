using Almagest.Contract.Datasets;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Runs.Review;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Runs;

/// <summary>An answer on a star.</summary>
public sealed record ReviewAnswerBody
{
    /// <summary>Almagest's own id of the star.</summary>
    public long? StarId { get; init; }

    /// <summary>y = interesting, n = ordinary, s = skipped.</summary>
    public string? Answer { get; init; }

    /// <summary>The set of labels that keeps it; that of the run where left out.</summary>
    public string? LabelSet { get; init; }

    /// <summary>Who says so.</summary>
    public string? By { get; init; }
}

/// <summary>What a checkpoint is made of.</summary>
public sealed record ReviewCheckpointBody
{
    /// <summary>The set of labels that holds the answers; that of the run where left out.</summary>
    public string? LabelSet { get; init; }

    /// <summary>Another dataset with stars of the same source ids, on which to go on; that of the run where left out.</summary>
    public string? Dataset { get; init; }
}

internal static class ReviewRoutes
{
    private static readonly TextParameter s_labelSet = new(
        "label_set",
        "the set of labels that holds the answers; that of the run if left out"
    );

    private static readonly IntegerParameter s_limit = new(
        "limit",
        "most stars of the list",
        1,
        RunReviews.MostListed,
        RunReviews.UsualList
    );

    private static readonly TextParameter s_by = new("by", "whose answer; of a token always its own");

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var group = api.MapGroup("/discovery/active").WithTags("Reviews");
        group
            .Route(
                "GET",
                "/{run_id}",
                "getReview",
                "A review: the next star, and the list as it stands",
                async context =>
                    Results.Ok(
                        (
                            await Reviews(context)
                                .LookAsync(
                                    RunRoutes.RunId.Read(context)!.Value,
                                    s_labelSet.Read(context),
                                    s_limit.ReadInt(context),
                                    context.RequestAborted
                                )
                        ).Resource
                    ),
                RunRoutes.RunId,
                s_labelSet,
                s_limit
            )
            .WithDescription(
                "The forest of a run (isolation_forest, or a checkpoint: active) after the answers on its stars, which are the labels of a "
                    + "set. Stars like those called interesting come first, stars like those called ordinary last; docs/active-learning.md "
                    + "says how, and what such an order does not say. 409 where the recipe, the stars or the program have changed; 400 "
                    + "where the run's detector cannot learn."
            )
            .Produces<ReviewResource>()
            .Fails(404, 409)
            .DisableRequestTimeout();
        group
            .Route("POST", "/{run_id}/answers", "answerReview", "Answers on a star", AnswerAsync, RunRoutes.RunId)
            .WithDescription(
                "Stores the answer as the star's label in the set, with who and when: is_anomaly 1, 0, or none where it is skipped; a "
                    + "former "
                    + "answer is replaced."
            )
            .Accepts<ReviewAnswerBody>("application/json")
            .Produces<StarLabelResource>()
            .Fails(404, 409, 413, 415)
            .DisableRequestTimeout();
        group
            .Route(
                "DELETE",
                "/{run_id}/answers/last",
                "undoReview",
                "Takes back the last answer",
                async context =>
                    Results.Ok(
                        await Reviews(context)
                            .UndoAsync(
                                RunRoutes.RunId.Read(context)!.Value,
                                s_labelSet.Read(context),
                                RequestPerson.By(context, s_by.Read(context)),
                                context.RequestAborted
                            )
                    ),
                RunRoutes.RunId,
                s_labelSet,
                s_by
            )
            .WithDescription("That of the same person; the star is unanswered again. The label can be brought back for a day.")
            .Produces<ReviewUndone>()
            .Fails(404, 409)
            .DisableRequestTimeout();
        group
            .Route(
                "POST",
                "/{run_id}/checkpoint",
                "checkpointReview",
                "Keeps a review as a run",
                async context =>
                {
                    var runId = RunRoutes.RunId.Read(context)!.Value;
                    var body = await JsonBody.ReadAsync<ReviewCheckpointBody>(context);
                    var request = await Reviews(context).CheckpointAsync(runId, body.LabelSet, body.Dataset, context.RequestAborted);
                    var submitted = await new RunSubmitter(ledger).SubmitAsync(
                        request,
                        RequestPerson.Placement(context),
                        null,
                        context.RequestAborted
                    );
                    RunRoutes.Announce(context, submitted);
                    var run = submitted.Runs[0];
                    return Results.Accepted(
                        $"/discovery/runs/{run.RunId}",
                        await RunResources.ReadAsync(ledger, run, context.RequestAborted)
                    );
                },
                RunRoutes.RunId
            )
            .WithDescription(
                "Starts a run of the algorithm active, whose parameters hold the answers as they are now and their hash, so that it can be "
                    + "replayed and reviewed further. With another dataset, the answers are carried to its stars of the same source ids."
            )
            .Accepts<ReviewCheckpointBody>("application/json")
            .Produces<RunResource>(202)
            .Fails(404, 409, 413, 415)
            .DisableRequestTimeout();
    }

    private static async Task<IResult> AnswerAsync(HttpContext context)
    {
        var runId = RunRoutes.RunId.Read(context)!.Value;
        var body = await JsonBody.ReadAsync<ReviewAnswerBody>(context);
        var star = body.StarId ?? throw LedgerException.Invalid("star_id", "star_id is not given", "Give that of the star that is next.");
        var answer = body.Answer is [var one]
            ? one
            : throw LedgerException.Invalid("answer", "answer is not y, n or s", "Give one of them.");
        var label = await Reviews(context)
            .AnswerAsync(runId, body.LabelSet, star, answer, RequestPerson.By(context, body.By), context.RequestAborted);
        return Results.Ok(label.ToResource());
    }

    private static RunReviews Reviews(HttpContext context) => context.RequestServices.GetRequiredService<RunReviews>();
}
