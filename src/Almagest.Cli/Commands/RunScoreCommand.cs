using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Scoring;

namespace Almagest.Cli.Commands;

/// <summary><c>runs score</c>: a run against labels.</summary>
internal static class RunScoreCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id("RUN");
        var labels = OptionFactory.Text("--labels", "SET", "The set of labels (default: truth, or the only one that there is)");
        var command = new DescribedCommand(
            "score",
            "Judge a run by labels: per labelled cluster the found one that matches it best, or how many unusual stars are flagged",
            "almagest runs score 1f0c2a9e",
            "almagest runs score 1f0c2a9e --labels by-eye --json"
        )
        {
            id,
            labels,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                var score = await new RunScorer(session.Ledger).ScoreAsync(run.RunId, parsed.GetValue(labels), shell.CancellationToken);
                shell.Answer(score, console => ScoreView.Show(console, score));
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
