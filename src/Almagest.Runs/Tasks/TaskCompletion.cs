using Almagest.Contract.Runs;
using Almagest.Discovery.Storage;
using Almagest.Ledger.Database;
using Almagest.Ledger.Scratch;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Tasks;

/// <summary>
/// The last task of a run: what the others have kept becomes the results, which are stored, hashed and completed in one transaction as
/// those of any run; the tasks go with it.
/// </summary>
internal sealed class TaskCompletion(LedgerDatabase ledger, TaskSteps steps)
{
    public async Task DoAsync(TaskClaim task, Func<ScratchRoom> rooms, IProgress<RunProgress> progress, CancellationToken cancellationToken)
    {
        progress.Report(new RunProgress("persist", 0));
        var run = await steps.KnowAsync(task, cancellationToken);
        var prepared = run.Prepared;
        var threshold = await steps.ReadThresholdAsync(task, prepared, cancellationToken);
        using var room = TaskSteps.RoomFor(prepared.Stars, rooms);
        var (ids, scores) = await steps.ScoresAsync(task, prepared.Stars, room ?? Room.Memory, cancellationToken);
        var flagged = 0;
        scores.ForEach((_, some) => flagged += Flagged(some, threshold.Offset));
        var (shares, spreads, draws) = run.Parameters.Draws == 0 ? default : await DrawsAsync(task, run, room, cancellationToken);
        var summary = prepared.Summary with { AnomalyCount = flagged, ScoreOffset = threshold.Offset, Draws = draws };

        await using var completion = await new RunRepository(ledger).BeginCompletionAsync(task.Run, cancellationToken);
        await DatabaseBoundary.AskAsync(() => TaskSteps.HoldAsync(completion.Connection, task, cancellationToken));
        await completion.SaveAsync(
            prepared.Stars,
            () => new ResultWindow(ids, scores, threshold.Offset, shares, spreads).Row,
            cancellationToken
        );
        await completion.SaveExclusionsAsync(prepared.Excluded, cancellationToken);
        await completion.MarkCompleteAsync(prepared.Stars, summary.ToJson(), cancellationToken);
        await DatabaseBoundary.AskAsync(() => completion.Connection.ExecuteAsync(TaskLife.DeleteOf, cancellationToken, task.Run.RunId));
        // From here on it is complete or not: a cancellation that comes now must not leave that open.
        await completion.CommitAsync(CancellationToken.None);
    }

    private static int Flagged(ReadOnlySpan<double> scores, double offset)
    {
        var count = 0;
        foreach (var score in scores)
            count += score - offset < 0 ? 1 : 0;
        return count;
    }

    private async Task<(Sequence<double> Shares, Sequence<double> Spreads, DrawsSummary Draws)> DrawsAsync(
        TaskClaim task,
        TaskSteps.Known run,
        Room? room,
        CancellationToken cancellationToken
    )
    {
        var stars = run.Prepared.Stars;
        var (shares, spreads) = ((room ?? Room.Memory).Create<double>(stars), (room ?? Room.Memory).Create<double>(stars));
        var (first, drawn, made) = (0L, 0, 0L);
        PieceDraws.Count? named = null;
        await steps.EachAsync(
            task,
            TaskPhase.Draw,
            bytes =>
            {
                var piece = PieceDraws.Read(bytes);
                TaskSteps.RequirePlace(task, first, piece.Shares.Length, stars);
                shares.Write(first, piece.Shares);
                spreads.Write(first, piece.Spreads);
                first += piece.Shares.Length;
                (drawn, made, named) = (drawn + piece.Counts.Stars, made + piece.Counts.Made, piece.Counts);
            },
            cancellationToken
        );
        TaskSteps.RequireAll(task, first, stars);
        return (shares, spreads, new DrawsSummary(run.Parameters.Draws, drawn, made, named!.Drawn, named.Held));
    }
}
