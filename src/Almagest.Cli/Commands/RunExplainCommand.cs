using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Runs.Explanation;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Results;

namespace Almagest.Cli.Commands;

/// <summary><c>runs explain</c>: why a star has its score.</summary>
internal static class RunExplainCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id("RUN");
        var star = new Argument<string>("STAR") { Description = "A star of the run: its source_id in the catalogue, or its star_id" };
        var by = OptionFactory.Choice("--by", "Which of the two ids STAR is, where a number may be either", "source_id", "star_id");
        var command = new DescribedCommand(
            "explain",
            "Say why a star has its score in an anomaly run, feature by feature",
            "almagest runs explain 1f0c2a9e 4315804351350378496",
            "almagest runs explain 1f0c2a9e 6815 --by star_id --json"
        )
        {
            id,
            star,
            by,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                var kind = parsed.GetValue(by) switch
                {
                    "source_id" => StarIdKind.SourceId,
                    "star_id" => StarIdKind.StarId,
                    _ => (StarIdKind?)null,
                };
                var found = await new RunStars(session.Ledger).FindAsync(run, parsed.GetRequiredValue(star), kind, shell.CancellationToken);
                using var explainer = new RunExplainer(session.Ledger);
                var view = new ExplanationView(await explainer.ExplainAsync(run.RunId, found.StarId, shell.CancellationToken));
                shell.Answer(view.Document, view.Show);
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
