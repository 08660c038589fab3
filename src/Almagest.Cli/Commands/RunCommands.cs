using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>runs list</c>, <c>show</c>; the others are in files of their own.</summary>
internal static class RunCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "runs",
            "The ledger: every run, with what it found",
            "almagest runs list --type anomaly",
            "almagest runs show 1f0c2a9e",
            "almagest runs compare 1f0c2a9e 77ab03d1",
            "almagest runs export 1f0c2a9e -o flagged.csv --anomalies"
        )
        {
            List(shell, global),
            Show(shell, global),
            RunCompareCommand.Create(shell, global),
            RunDeletionCommands.Delete(shell, global),
            RunDeletionCommands.Restore(shell, global),
            RunExportCommand.Create(shell, global),
            RunExcludedCommand.Create(shell, global),
            RunExplainCommand.Create(shell, global),
            RunKindsCommand.Create(shell, global),
            RunIdentifyCommand.Create(shell, global),
            RunRethresholdCommand.Create(shell, global),
            RunMatrixCommand.Create(shell, global),
            RunClustersCommand.Create(shell, global),
            RunFollowCommand.Create(shell, global),
            RunControlCommands.Cancel(shell, global),
            RunControlCommands.Retry(shell, global),
            RunReplayCommand.Create(shell, global),
            RunRecoveryCommand.Create(shell, global),
            RunScoreCommand.Create(shell, global),
            RunNameCommand.Create(shell, global),
            RunAnnotationCommands.Tag(shell, global),
            RunAnnotationCommands.Note(shell, global),
        };

    public static Argument<string> Id(string name = "ID") =>
        new(name) { Description = "A run's id, or at least six characters of its start or end" };

    private static DescribedCommand List(CommandShell shell, GlobalOptions global)
    {
        var type = OptionFactory.Choice("--type", "Only runs of this type", [.. RunTypes.All]);
        var status = OptionFactory.Choice("--status", "Only runs in this state", [.. RunStatus.All]);
        var dataset = OptionFactory.Text("--dataset", "NAME", "Only runs over this dataset", "-d");
        var algorithm = OptionFactory.Text("--algorithm", "NAME", "Only runs of this algorithm");
        var tag = OptionFactory.Text("--tag", "TAG", "Only runs with this tag");
        var sweep = OptionFactory.Text("--sweep", "GROUP", "Only runs of this sweep");
        var where = OptionFactory.Text(
            "--where",
            "CONDITION",
            "Only runs that meet it: fields, outcomes, tags, dates and parameters with and, or, not, in, like, parentheses"
        );
        var sort = OptionFactory.Text(
            "--sort",
            "FIELD",
            "By created, completed, stars, or any field or parameter, such as cluster_count or eps; with - the greatest first "
                + $"(default {RunOrder.Newest})"
        );
        var limit = OptionFactory.Whole("--limit", "N", "At most this many (default 20)", 1, 100_000);
        var after = OptionFactory.Text("--after", "TOKEN", "The page after the one that gave this token, with the same filters and order");
        var command = new DescribedCommand(
            "list",
            "List runs, newest first or in another order",
            "almagest runs list --dataset gaia-100pc --limit 50",
            "almagest runs list --sort=-stars --algorithm dbscan",
            "almagest runs list --where 'eps < 0.3 and cluster_count > 5' --sort=-cluster_count",
            "almagest runs list --status failed --json"
        )
        {
            type,
            status,
            dataset,
            algorithm,
            tag,
            sweep,
            where,
            sort,
            limit,
            after,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var repository = new DatasetRepository(session.Ledger);
                var only = parsed.GetValue(dataset) is { } name ? await repository.FindAnyAsync(name, shell.CancellationToken) : null;
                var names = await repository.NamesAsync(shell.CancellationToken);
                var most = (int)(parsed.GetValue(limit) ?? 20);
                var group =
                    parsed.GetValue(sweep) is not { } text ? (Guid?)null
                    : Guid.TryParse(text, out var id) ? id
                    : throw LedgerException.Invalid(
                        "sweep",
                        $"'{text}' is not the id of a sweep",
                        "Give the whole id, as 'almagest sweep' and 'runs show' print it."
                    );
                var order = parsed.GetValue(sort) ?? RunOrder.Newest;
                var found = await new RunRepository(session.Ledger).ListAsync(
                    new RunQuery(parsed.GetValue(type), parsed.GetValue(status), only?.DatasetId, most + 1)
                    {
                        Algorithm = parsed.GetValue(algorithm) is { } kind ? ParameterReader.Algorithm(kind).Name : null,
                        Tag = parsed.GetValue(tag),
                        GroupId = group,
                        Where = parsed.GetValue(where),
                        Sort = order,
                        After = parsed.GetValue(after),
                    },
                    shell.CancellationToken
                );
                var runs = found.Take(most).ToList();
                var next = found.Count > most ? RunOrder.TokenOf(runs[^1], order) : null;
                var all = runs.Count > 0 ? runs.Count : await new RunRepository(session.Ledger).CountAsync(shell.CancellationToken);
                shell.Answer(
                    () => new RunPage(runs.ConvertAll(r => r.ToResource(names, withPath: true)), next, next is not null),
                    console =>
                    {
                        if (runs.Count == 0)
                            console.Say(
                                all == 0
                                    ? "There is no run yet. Start one: almagest discover anomalies"
                                    : $"None of the {ConsoleText.Plural(all, "run", "runs")} fits."
                            );
                        else
                            RunView.ShowList(console, runs, names);
                        if (next is not null)
                            console.Say($"There are more: --limit {most * 5}, or --after {next}");
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Show(CommandShell shell, GlobalOptions global)
    {
        var id = Id();
        var top = OptionFactory.Whole("--top", "N", "How many stars or clusters to print (default 10)", 0, 10_000);
        var order = RunExportCommand.Order();
        var command = new DescribedCommand(
            "show",
            "Show one run: what was run, on what, what it found",
            "almagest runs show 1f0c2a9e --top 30",
            "almagest runs show 1f0c2a9e --order flag_probability"
        )
        {
            id,
            top,
            order,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                RunExportCommand.CheckOrder(parsed, order, run);
                var view = await RunView.LoadAsync(
                    session.Ledger,
                    run,
                    (int)(parsed.GetValue(top) ?? 10),
                    shell.CancellationToken,
                    parsed.GetValue(order) == RunExportCommand.FlagProbability
                );
                shell.Answer(view.Document, view.Show);
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
