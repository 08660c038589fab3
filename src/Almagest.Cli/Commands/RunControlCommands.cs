using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>runs cancel</c> and <c>runs retry</c>.</summary>
internal static class RunControlCommands
{
    public static Command Cancel(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id();
        var command = new DescribedCommand(
            "cancel",
            "Cancel a run that waits or is worked on, by whichever program",
            "almagest runs cancel 1f0c2a9e"
        )
        {
            id,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var found = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                var run = await new RunClaims(session.Ledger).CancelAsync(found.RunId, shell.CancellationToken);
                shell.Answer(
                    await RunResources.ReadAsync(session.Ledger, run, shell.CancellationToken),
                    console =>
                        console.Say(
                            run.Status == RunStatus.Cancelled
                                ? $"Run {ConsoleText.Short(run.RunId)} is cancelled."
                                : $"The program that works on run {ConsoleText.Short(run.RunId)} is told, "
                                    + "and stops within a second or two: "
                                    + $"almagest runs follow {ConsoleText.Short(run.RunId)}"
                        )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    public static Command Retry(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id();
        var queue = OptionFactory.Flag("--queue", "Leave it to a server's worker, and return at once");
        var command = new DescribedCommand(
            "retry",
            "Start a run that has ended again, as a new run with the same selection, parameters and seed",
            "almagest runs retry 1f0c2a9e",
            "almagest runs retry 1f0c2a9e --queue"
        )
        {
            id,
            queue,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var runs = new RunRepository(session.Ledger);
                var old = await runs.FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                var queued = parsed.GetValue(queue);
                var run = await new RunSubmitter(session.Ledger) { IsForThisProgram = !queued }.RetryAsync(
                    old.RunId,
                    (queued ? RunPlacement.Queued : RunPlacement.Own) with
                    {
                        By = Environment.UserName,
                    },
                    shell.CancellationToken
                );
                if (!queued)
                {
                    var service = new DiscoveryService(session.Ledger);
                    if (
                        await ProgressDisplay.ShowAsync(
                            shell,
                            "starting",
                            progress => service.ExecuteAsync(run.RunId, RunStages.Relay(progress), shell.CancellationToken)
                        )
                        is null
                    )
                        throw LedgerException
                            .Of(ErrorCode.RunTaken, $"run {run.RunId} was taken by another worker", "Follow it with: almagest runs follow")
                            .With("run_id", run.RunId);
                    await ViewUpkeep.KeepAsync(shell, session.Ledger, "run", shell.CancellationToken);
                    run = await runs.GetAsync(run.RunId, shell.CancellationToken);
                }
                var view = await RunView.LoadAsync(session.Ledger, run, 10, shell.CancellationToken);
                shell.Answer(
                    view.Document,
                    console =>
                    {
                        view.Show(console);
                        if (queued)
                            console.Say(
                                $"It waits for a worker (almagest serve); follow it: almagest runs follow {ConsoleText.Short(run.RunId)}"
                            );
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
