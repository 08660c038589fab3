using System.CommandLine;
using System.Diagnostics;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;

namespace Almagest.Cli.Commands;

/// <summary><c>runs follow</c>: the progress of a run, whichever program works on it.</summary>
internal static class RunFollowCommand
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_reapAgain = TimeSpan.FromSeconds(5);

    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id();
        var command = new DescribedCommand(
            "follow",
            "Follow a run to its end, whichever program works on it; exit code 1 where it fails or is cancelled",
            "almagest runs follow 1f0c2a9e"
        )
        {
            id,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                return await AnswerAsync(shell, session.Ledger, run.RunId);
            }
        );
        return command;
    }

    /// <summary>Waits for a run's end and answers what became of it.</summary>
    public static async Task<int> AnswerAsync(CommandShell shell, LedgerDatabase ledger, Guid runId)
    {
        var run = await ProgressDisplay.ShowAsync(shell, "waiting", progress => UntilEndedAsync(shell, ledger, runId, progress));
        var view = await RunView.LoadAsync(ledger, run, 10, shell.CancellationToken);
        shell.Answer(view.Document, view.Show);
        return run.IsComplete ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static async Task<DiscoveryRun> UntilEndedAsync(CommandShell shell, LedgerDatabase ledger, Guid runId, IWorkProgress? progress)
    {
        var runs = new RunRepository(ledger);
        var (since, stage) = (Stopwatch.GetTimestamp(), "");
        while (true)
        {
            var run = await runs.GetAsync(runId, shell.CancellationToken);
            if (run.Status is not (RunStatus.Pending or RunStatus.Running))
                return run;
            var at = run.ProgressStage is null ? null : new RunProgress(run.ProgressStage, run.ProgressFraction ?? 0);
            var words = at is null
                ? run.Status == RunStatus.Pending
                    ? "waiting for a worker"
                    : "starting"
                : RunStages.Describe(at.Stage);
            progress?.Report(words, (at?.Percent ?? 0) / 100);
            if (progress is null && words != stage)
                shell.Say($"{ConsoleText.Short(runId)}: {words}");
            stage = words;
            if (Stopwatch.GetElapsedTime(since) > s_reapAgain)
            {
                // Where no server runs, this is who notices that the worker was lost.
                await new RunClaims(ledger).HandleLostRunsAsync(shell.CancellationToken);
                since = Stopwatch.GetTimestamp();
            }
            await Task.Delay(s_lookAgain, shell.CancellationToken);
        }
    }
}
