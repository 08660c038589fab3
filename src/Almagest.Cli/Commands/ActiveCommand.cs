using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Ledger.Database;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Review;

namespace Almagest.Cli.Commands;

/// <summary><c>discover active</c>: a review of a run, which learns from what the eye says.</summary>
internal static class ActiveCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id("RUN");
        var set = OptionFactory.Text("--label-set", "NAME", "The set of labels that holds the answers (default: one of the run's own)");
        var answers = OptionFactory.Text(
            "--answers",
            "FILE",
            "Give the answers of a file instead of asking: one a line, y, n or s, a blank, and the star's source_id; - = standard input"
        );
        var undo = OptionFactory.Flag("--undo", "Take back your last answer");
        var checkpoint = OptionFactory.Flag("--checkpoint", "Keep the review as a run (active), with the answers in its parameters");
        var on = OptionFactory.Text("--on", "DATASET", "With --checkpoint: go on with this dataset, for its stars of the same source ids");
        var list = OptionFactory.Whole(
            "--top",
            "N",
            $"How many stars of the list to print (default {RunReviews.UsualList})",
            1,
            RunReviews.MostListed
        );
        var by = RunAnnotationCommands.By();
        var command = new DescribedCommand(
            "active",
            "Review a forest's list star by star: each answer is a label, and the list learns from it",
            "almagest discover active 1f0c2a9e",
            "almagest discover active 1f0c2a9e --answers seen.txt --top 20",
            "almagest discover active 1f0c2a9e --checkpoint"
        )
        {
            id,
            set,
            answers,
            undo,
            checkpoint,
            on,
            list,
            by,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var (file, target) = (parsed.GetValue(answers), parsed.GetValue(on));
                var (keeps, undoes) = (parsed.GetValue(checkpoint), parsed.GetValue(undo));
                if (undoes && (file is not null || keeps))
                    throw new UsageException("--undo takes one answer back, and does nothing else", "Leave the others out.", "--undo");
                if (target is not null && !keeps)
                    throw new UsageException("--on says where a checkpoint goes on", "Add --checkpoint.", "--on");
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                var (labels, who) = (parsed.GetValue(set), RunAnnotationCommands.Who(parsed, by));
                using var reviews = new RunReviews(session.Ledger);
                if (undoes)
                {
                    var undone = await reviews.UndoAsync(run.RunId, labels, who, shell.CancellationToken);
                    shell.Answer(undone, console => console.Say($"{undone.SourceId} is unanswered again."));
                    return ExitCodes.Done;
                }
                if (file is not null)
                    await reviews.AnswerAllAsync(
                        run.RunId,
                        labels,
                        await ReadAsync(file, shell.CancellationToken),
                        who,
                        shell.CancellationToken
                    );
                if (keeps)
                    return await KeepAsync(shell, session.Ledger, reviews, run.RunId, labels, target, Top(parsed.GetValue(list)));
                var isDialog = file is null && !shell.Json && shell.Terminal is { CanAsk: true, OutIsTerminal: true };
                var state = isDialog
                    ? await new ReviewDialog(reviews, run.RunId, labels, who, shell.Screen, Key).RunAsync(shell.CancellationToken)
                    : await reviews.LookAsync(run.RunId, labels, Top(parsed.GetValue(list)), shell.CancellationToken);
                if (isDialog)
                    shell.Say("The answers are stored. Keep the review as a run with --checkpoint.");
                else
                {
                    shell.Answer(state.Resource, console => ReviewView.Show(console, state));
                    // Whoever pipes keys would otherwise take them for answered.
                    if (file is null && !shell.Json && Console.IsInputRedirected)
                        shell.Say("Standard input is not a terminal, and was not read: --answers - takes answers from there.");
                }
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static int Top(long? asked) => (int)(asked ?? RunReviews.UsualList);

    private static char? Key() => char.ToLowerInvariant(Console.ReadKey(intercept: true).KeyChar);

    private static async Task<ReviewAnswers> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return ReviewAnswers.Parse(
                file == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(file, cancellationToken)
            );
        }
        catch (ParameterException e)
        {
            throw new UsageException($"{(file == "-" ? "standard input" : file)}: {e.Message}", e.Hint ?? "", "--answers");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UnreadableFile.Report(file, e, "--answers");
        }
    }

    private static async Task<int> KeepAsync(
        CommandShell shell,
        LedgerDatabase ledger,
        RunReviews reviews,
        Guid runId,
        string? labelSet,
        string? dataset,
        int top
    )
    {
        var request = await reviews.CheckpointAsync(runId, labelSet, dataset, shell.CancellationToken);
        var service = new DiscoveryService(ledger) { By = Environment.UserName, LeavesViewsToServer = true };
        var outcome = await ProgressDisplay.ShowAsync(
            shell,
            "starting",
            progress => service.RunAsync(request, RunStages.Relay(progress, ""), shell.CancellationToken)
        );
        ViewUpkeep.Tell(shell, outcome.Views);
        var report = await DiscoveryReport.CreateAsync(ledger, outcome, top, shell.CancellationToken);
        shell.Answer(report.Document, report.Show);
        return ExitCodes.Done;
    }
}
