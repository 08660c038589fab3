using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Watches;
using Almagest.Runs.Watching;

namespace Almagest.Cli.Commands;

/// <summary><c>watch</c>: which stars of a set of labels or of a region runs newly flag.</summary>
internal static class WatchCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "watch",
            "Watches on sets of labels and regions: which of their stars runs newly flag",
            "almagest watch add pleiades --region \"cone=56.75,24.1,2\"",
            "almagest watch list",
            "almagest watch show pleiades"
        )
        {
            Add(shell, global),
            List(shell, global),
            Show(shell, global),
            Look(shell, global),
            Remove(shell, global),
        };

    private static Argument<string> Name() => new("NAME") { Description = "The watch's name" };

    private static DescribedCommand Add(CommandShell shell, GlobalOptions global)
    {
        var (name, by) = (Name(), RunAnnotationCommands.By());
        var labels = OptionFactory.Text("--label-set", "SET", "Watch the stars that have a label in this set, now or later");
        var region = OptionFactory.Text(
            "--region",
            "FILTER",
            "Watch a region, as filters write it: cone=RA,DEC,RADIUS, or ra=MIN..MAX dec=MIN..MAX"
        );
        var dataset = OptionFactory.Text("--dataset", "NAME", "Only stars of this dataset (default: of every one)", "-d");
        var command = new DescribedCommand(
            "add",
            "Watch the stars of a set of labels or of a region; runs that complete from now on are looked at",
            "almagest watch add pleiades --region \"cone=56.75,24.1,2\"",
            "almagest watch add known --label-set by-eye --dataset survey"
        )
        {
            name,
            labels,
            region,
            dataset,
            by,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                if (parsed.GetValue(labels) is null == parsed.GetValue(region) is null)
                    throw new UsageException(
                        "a watch is on a set of labels or on a region",
                        "Give one of --label-set SET and --region FILTER.",
                        parsed.GetValue(labels) is null ? "--label-set" : "--region"
                    );
                var place = parsed.GetValue(region) is { } text ? StarFilterText.Parse(text) : null;
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var added = await new StarWatches(session.Ledger).AddAsync(
                    parsed.GetRequiredValue(name),
                    parsed.GetValue(labels),
                    place,
                    parsed.GetValue(dataset),
                    RunAnnotationCommands.Who(parsed, by),
                    shell.CancellationToken
                );
                shell.Answer(
                    added,
                    console =>
                        console.Say(
                            $"Watch {added.Name} is on {added.Watched}{(added.Dataset is { } of ? $" of {of}" : "")}; a server, or "
                                + "'almagest watch look', looks at the runs that complete from now on."
                        )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand List(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand("list", "The watches, and what the last run says of each", "almagest watch list");
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var found = await new StarWatches(session.Ledger).ListAsync(shell.CancellationToken);
                shell.Answer(found, console => WatchView.Show(console, found));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Show(CommandShell shell, GlobalOptions global)
    {
        var name = Name();
        var command = new DescribedCommand(
            "show",
            "What runs say of the stars of a watch, the newest first",
            "almagest watch show pleiades"
        )
        {
            name,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var found = await new StarWatches(session.Ledger).HistoryAsync(
                    parsed.GetRequiredValue(name),
                    cancellationToken: shell.CancellationToken
                );
                shell.Answer(found, console => WatchView.Show(console, found));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Look(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand(
            "look",
            "Look at the runs since the last look; a server does so every five minutes",
            "almagest watch look"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var told = await new WatchRounds(session.Ledger).LookAsync(shell.CancellationToken);
                shell.Answer(told, console => WatchView.Show(console, told));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Remove(CommandShell shell, GlobalOptions global)
    {
        var name = Name();
        var command = new DescribedCommand("remove", "Remove a watch with what it told", "almagest watch remove pleiades") { name };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var removed = parsed.GetRequiredValue(name);
                await new StarWatches(session.Ledger).RemoveAsync(removed, shell.CancellationToken);
                shell.Answer(new { removed }, console => console.Say($"Watch {removed} is gone, with what it told."));
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
