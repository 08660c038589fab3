using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Deletions;

namespace Almagest.Cli.Commands;

/// <summary><c>deletions list</c>, <c>restore</c> and <c>empty</c>: what was deleted within the last day.</summary>
internal static class DeletionCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "deletions",
            "Datasets, runs, notes and labels that were deleted within the last day, to bring them back",
            "almagest deletions list",
            "almagest deletions restore 17",
            "almagest deletions empty"
        )
        {
            List(shell, global),
            Restore(shell, global),
            Empty(shell, global),
        };

    private static DescribedCommand List(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand("list", "What can be brought back, the last first", "almagest deletions list");
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var found = await new LedgerDeletions(session.Ledger).ListAsync(shell.CancellationToken);
                shell.Answer(
                    found,
                    console =>
                    {
                        if (found.Count == 0)
                        {
                            console.Say("Nothing was deleted within the last day.");
                            return;
                        }
                        var table = ConsoleTables.Of("number", "~what", "dataset", "deleted", "by", "kept until");
                        foreach (var d in found)
                            table.Row(
                                ConsoleText.Count(d.DeletionId),
                                d.Kind switch
                                {
                                    "run" => $"{d.RunId.ToString()![^8..]}: {d.Summary}",
                                    "dataset" => $"the dataset: {d.Summary}",
                                    _ => d.Summary,
                                },
                                d.Dataset,
                                ConsoleText.When(d.DeletedAt),
                                d.DeletedBy ?? "–",
                                ConsoleText.When(d.Until)
                            );
                        console.Write(table);
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Restore(CommandShell shell, GlobalOptions global)
    {
        var number = new Argument<long>("NUMBER") { Description = "The deletion's number, as 'deletions list' prints it" };
        var command = new DescribedCommand("restore", "Bring back what a deletion took, as it was", "almagest deletions restore 17")
        {
            number,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var restored = parsed.GetRequiredValue(number);
                var deletions = new LedgerDeletions(session.Ledger);
                var dataset = await deletions.RestoreAsync(restored, shell.CancellationToken);
                await ViewUpkeep.KeepAsync(shell, session.Ledger, "restore", shell.CancellationToken);
                var waiting = dataset is { } back ? await deletions.WaitingAsync(back, shell.CancellationToken) : [];
                shell.Answer(
                    new { restored, waiting },
                    console =>
                    {
                        console.Say("It is back; the views are up to date.");
                        foreach (var part in waiting)
                            console.Say($"{part.Describe()}.");
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Empty(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand("empty", "Let all of them go for good, and free their space", "almagest deletions empty");
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var emptied = await new LedgerDeletions(session.Ledger).EmptyAsync(null, shell.CancellationToken);
                shell.Answer(
                    new { emptied },
                    console => console.Say($"{ConsoleText.Plural(emptied, "deletion is", "deletions are")} final now.")
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
