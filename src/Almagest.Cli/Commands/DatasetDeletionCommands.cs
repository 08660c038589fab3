using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>datasets delete</c> and <c>datasets restore</c>.</summary>
internal static class DatasetDeletionCommands
{
    public static DescribedCommand Delete(CommandShell shell, GlobalOptions global)
    {
        var name = new Argument<string>("DATASET") { Description = "Its name or number" };
        var withRuns = OptionFactory.Flag("--with-runs", "Delete its runs and their results as well");
        var now = OptionFactory.Flag("--now", "For good, which frees the space at once; else it can be brought back for a day");
        var command = new DescribedCommand(
            "delete",
            "Delete a catalogue with its stars, and if asked its runs; 'datasets restore' brings it back for a day",
            "almagest datasets delete gaia-100pc --with-runs",
            "almagest datasets delete gaia-100pc --now"
        )
        {
            name,
            withRuns,
            now,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var datasets = new DatasetRepository(session.Ledger);
                var dataset = await datasets.FindAnyAsync(parsed.GetRequiredValue(name), shell.CancellationToken);
                var runs = (await datasets.RunCountsAsync(shell.CancellationToken)).GetValueOrDefault(dataset.DatasetId);
                var final = parsed.GetValue(now);
                if (runs > 0 && !parsed.GetValue(withRuns))
                    throw new CommandFailedException(
                        $"dataset '{dataset.Name}' has {ConsoleText.Plural(runs, "run", "runs")}, which would "
                            + (final ? "be lost" : "go with it"),
                        "Add --with-runs to delete them as well."
                    );
                if (final)
                    await datasets.DeleteAsync(dataset.DatasetId, true, shell.CancellationToken);
                else
                    await datasets.PutAwayAsync(dataset.DatasetId, true, Environment.UserName, shell.CancellationToken);
                await ViewUpkeep.KeepAsync(shell, session.Ledger, "run", shell.CancellationToken);
                var kept = (await new LedgerDeletions(session.Ledger).ListAsync(shell.CancellationToken)).FirstOrDefault(d =>
                    d.Kind == "dataset" && d.DatasetId == dataset.DatasetId
                );
                shell.Answer(
                    new
                    {
                        deleted = dataset.Name,
                        dataset.DatasetId,
                        stars = dataset.StarCount,
                        runs,
                        kept?.Until,
                    },
                    console =>
                    {
                        console.Say(
                            $"Deleted {dataset.Name}: {ConsoleText.Plural(dataset.StarCount, "star", "stars")}, "
                                + $"{ConsoleText.Plural(runs, "run", "runs")}."
                        );
                        if (kept is not null)
                            console.Say(
                                $"Until {ConsoleText.When(kept.Until)} UTC it can be undone: almagest datasets restore {dataset.DatasetId}"
                            );
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    public static DescribedCommand Restore(CommandShell shell, GlobalOptions global)
    {
        var name = new Argument<string>("DATASET") { Description = "The name that it had, or its number" };
        var newName = OptionFactory.Text("--as", "NAME", "What it is called from now on, where another dataset has its name");
        var command = new DescribedCommand(
            "restore",
            "Bring back a catalogue that was deleted within the last day, with its labels and runs",
            "almagest datasets restore gaia-100pc",
            "almagest datasets restore gaia-100pc --as gaia-100pc-old"
        )
        {
            name,
            newName,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var restored = await new DatasetRepository(session.Ledger).RestoreAsync(
                    parsed.GetRequiredValue(name),
                    parsed.GetValue(newName),
                    shell.CancellationToken
                );
                await ViewUpkeep.KeepAsync(shell, session.Ledger, "restore", shell.CancellationToken);
                var dataset = await DatasetResources.ReadAsync(session.Ledger, restored, 0, shell.CancellationToken);
                shell.Answer(
                    dataset,
                    console =>
                    {
                        console.Say(
                            $"The dataset {dataset.Name} is back: {ConsoleText.Plural(dataset.StarCount, "star", "stars")}, "
                                + $"{ConsoleText.Plural(dataset.RunCount, "run", "runs")}; the views are up to date."
                        );
                        foreach (var waiting in dataset.Waiting)
                            console.Say($"{waiting.Describe()}.");
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
