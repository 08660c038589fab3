using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>runs replay</c>: recomputes a run and compares every stored row.</summary>
internal static class RunReplayCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id();
        var threads = OptionFactory.Whole("--threads", "N", "Threads to use; never changes a result (default: one per core)", 1, 1024);
        var command = new DescribedCommand(
            "replay",
            "Recompute a run from its stored selection, parameters and seed, and compare every stored row; exit code 1 where one differs",
            "almagest runs replay 1f0c2a9e"
        )
        {
            id,
            threads,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                var replayer = new RunReplayer(session.Ledger) { MaxThreads = (int)(parsed.GetValue(threads) ?? 0) };
                var report = await ProgressDisplay.ShowAsync(
                    shell,
                    "starting",
                    progress => replayer.ReplayAsync(run.RunId, RunStages.Relay(progress), shell.CancellationToken)
                );
                shell.Answer(report.ToResource(), console => ReplayView.Show(console, report));
                return report.IsReproduced ? ExitCodes.Done : ExitCodes.Failed;
            }
        );
        return command;
    }
}
