using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Discovery.Anomaly;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;

namespace Almagest.Cli.Commands;

/// <summary><c>runs rethreshold</c>: the scores of a run under another contamination, as a run of its own.</summary>
internal static class RunRethresholdCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id("RUN");
        var contamination = OptionFactory.Real(
            "--contamination",
            AnomalyParameters.Share.ValueName,
            $"{AnomalyParameters.Share.Help}, {AnomalyParameters.Share.Range}"
        );
        contamination.Required = true;
        var top = OptionFactory.Whole("--top", "N", "How many stars to print (default 10)", 0, 10_000);
        var command = new DescribedCommand(
            "rethreshold",
            "Make a new run of a run's stored scores at another contamination, without fitting again",
            "almagest runs rethreshold 1f0c2a9e --contamination 0.02"
        )
        {
            id,
            contamination,
            top,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var source = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                var run = await new RunRethresholder(session.Ledger) { By = Environment.UserName }.RethresholdAsync(
                    source.RunId,
                    parsed.GetRequiredValue(contamination)!.Value,
                    shell.CancellationToken
                );
                await ViewUpkeep.KeepAsync(shell, session.Ledger, "run", shell.CancellationToken);
                var view = await RunView.LoadAsync(session.Ledger, run, (int)(parsed.GetValue(top) ?? 10), shell.CancellationToken);
                shell.Answer(
                    view.Document,
                    console =>
                    {
                        view.Show(console);
                        console.Say(
                            $"Made from the scores of {ConsoleText.Short(source.RunId)}; compare them: almagest runs compare "
                                + $"{ConsoleText.Short(source.RunId)} {ConsoleText.Short(run.RunId)}"
                        );
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
