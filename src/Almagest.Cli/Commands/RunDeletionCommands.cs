using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;

namespace Almagest.Cli.Commands;

/// <summary><c>runs delete</c> and <c>runs restore</c>.</summary>
internal static class RunDeletionCommands
{
    public static DescribedCommand Delete(CommandShell shell, GlobalOptions global)
    {
        var ids = new Argument<string[]>("ID")
        {
            Description = "Ids of runs, or at least six characters of their start or end",
            Arity = ArgumentArity.OneOrMore,
        };
        var now = OptionFactory.Flag("--now", "For good, which frees the space at once; else they can be brought back for a day");
        var command = new DescribedCommand(
            "delete",
            "Delete runs and their results; 'runs restore' brings them back for a day",
            "almagest runs delete 1f0c2a9e 77ab03d1",
            "almagest runs delete 1f0c2a9e --now"
        )
        {
            ids,
            now,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var repository = new RunRepository(session.Ledger);
                // Every id is resolved before the first run goes: a slip in the last one deletes nothing.
                var runs = new List<DiscoveryRun>();
                foreach (var id in parsed.GetRequiredValue(ids))
                    runs.Add(await repository.FindAsync(id, shell.CancellationToken));
                var final = parsed.GetValue(now);
                foreach (var run in runs.DistinctBy(r => r.RunId))
                {
                    if (final)
                        await repository.DeleteAsync(run.RunId, shell.CancellationToken);
                    else
                        await repository.PutAwayAsync(run.RunId, Environment.UserName, shell.CancellationToken);
                }
                await ViewUpkeep.KeepAsync(shell, session.Ledger, "run", shell.CancellationToken);
                var deleted = runs.Select(r => r.RunId).Distinct().ToList();
                var kept = final
                    ? []
                    : (await new LedgerDeletions(session.Ledger).ListAsync(shell.CancellationToken))
                        .Where(d => d.RunId is { } id && deleted.Contains(id))
                        .ToList();
                shell.Answer(
                    new { deleted },
                    console =>
                    {
                        foreach (var d in kept)
                            console.Say($"{d.RunId.ToString()![^8..]}: {d.Summary}");
                        console.Say($"Deleted {ConsoleText.Plural(deleted.Count, "run", "runs")}; the views are up to date.");
                        if (kept.Count > 0)
                            console.Say(
                                $"Until {ConsoleText.When(kept[0].Until)} UTC it can be undone: almagest runs restore {kept[0].RunId}"
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
        var id = new Argument<string>("RUN") { Description = "The run's whole id, or at least six characters of its start or end" };
        var command = new DescribedCommand(
            "restore",
            "Bring back a run that was deleted within the last day",
            "almagest runs restore 77ab03d1"
        )
        {
            id,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var deletions = new LedgerDeletions(session.Ledger);
                var wanted = parsed.GetRequiredValue(id);
                var matches = (await deletions.ListAsync(shell.CancellationToken))
                    .Where(d => d.Kind == "run" && wanted.Length >= 6)
                    .Where(d => d.RunId.ToString() is { } text && (Fits(text, wanted)))
                    .ToList();
                if (matches.Count != 1)
                    throw new UsageException(
                        matches.Count == 0
                            ? $"no run whose id starts or ends with '{wanted}' was deleted within the last day"
                            : $"more than one deleted run has an id that starts or ends with '{wanted}'",
                        "'almagest deletions list' has those that can be brought back.",
                        "RUN"
                    );
                var restored = matches[0].RunId!.Value;
                await deletions.RestoreRunAsync(restored, shell.CancellationToken);
                await ViewUpkeep.KeepAsync(shell, session.Ledger, "restore", shell.CancellationToken);
                shell.Answer(new { restored }, console => console.Say($"Run {restored} is back; the views are up to date."));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static bool Fits(string id, string part) =>
        id.StartsWith(part, StringComparison.OrdinalIgnoreCase) || id.EndsWith(part, StringComparison.OrdinalIgnoreCase);
}
