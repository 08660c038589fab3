using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Runs.Scoring;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Runs;

internal static class ScoreRoutes
{
    private static readonly TextParameter s_labels = new("labels", "the set of labels; if left out truth, or the only one that there is");

    public static void Map(IEndpointRouteBuilder runs, LedgerDatabase ledger)
    {
        var scorer = new RunScorer(ledger);
        runs.Route(
                "GET",
                "/{run_id}/score",
                "scoreRun",
                "A run against labels",
                async context =>
                    Results.Ok(
                        await scorer.ScoreAsync(RunRoutes.RunId.Read(context)!.Value, s_labels.Read(context), context.RequestAborted)
                    ),
                RunRoutes.RunId,
                s_labels
            )
            .WithDescription(
                "Per labelled cluster the found cluster that matches it best (highest F1), its precision among labelled stars and its "
                    + "recall over the members in the run's selection; for an anomaly run precision and recall of its flags, and the "
                    + "recall of each kind. Members that the run did not analyse are missed. 404 where no star of the selection has a "
                    + "label in the set; 409 where the run is not complete."
            )
            .Produces<RunScoreResource>()
            .Fails(404, 409);
    }
}
