using Almagest.Cli.Reports;
using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Runs.Review;
using Spectre.Console;

namespace Almagest.Cli.Commands;

/// <summary>A review at a terminal: a star, a key, the next star.</summary>
/// <param name="key">the next key; null = there are no more</param>
internal sealed class ReviewDialog(RunReviews reviews, Guid runId, string? labelSet, string by, IAnsiConsole console, Func<char?> key)
{
    private const string Keys = "y = interesting, n = ordinary, s = skip, u = undo, q = leave";

    /// <returns>the review as it was left</returns>
    public async Task<ReviewState> RunAsync(CancellationToken cancellationToken)
    {
        console.WriteLine(Keys);
        while (true)
        {
            var state = await reviews.LookAsync(runId, labelSet, cancellationToken: cancellationToken);
            console.WriteLine();
            console.WriteLine(ReviewView.Counts(state.Resource));
            ReviewView.ShowNext(console, state);
            if (!await AnswerAsync(state, cancellationToken))
                return await reviews.LookAsync(runId, labelSet, cancellationToken: cancellationToken);
        }
    }

    private async Task<bool> AnswerAsync(ReviewState state, CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (key())
            {
                case null or 'q':
                    return false;
                case (ReviewAnswers.Yes or ReviewAnswers.No or ReviewAnswers.Skip) and var answer when state.Resource.Next is { } next:
                    await reviews.AnswerAsync(runId, labelSet, next.Star.StarId, answer, by, cancellationToken);
                    return true;
                case 'u':
                    try
                    {
                        var undone = await reviews.UndoAsync(runId, labelSet, by, cancellationToken);
                        console.WriteLine($"{undone.SourceId} is unanswered again.");
                    }
                    catch (LedgerException e) when (e.Kind == LedgerErrorKind.NotFound)
                    {
                        console.WriteLine($"{e.Message}.");
                    }
                    return true;
                default:
                    console.WriteLine(Keys);
                    break;
            }
        }
    }
}
