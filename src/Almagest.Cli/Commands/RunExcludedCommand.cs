using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Ledger.Model;
using Almagest.Runs.Export;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Spectre.Console;

namespace Almagest.Cli.Commands;

/// <summary><c>runs excluded</c>: the stars of a run's selection that it did not analyse.</summary>
internal static class RunExcludedCommand
{
    private const int Shown = 20;

    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id();
        var output = TableOutput.File();
        var table = new TableOutput("--output");
        var limit = OptionFactory.Whole("--limit", "N", $"List at most so many (default {Shown})", 1, 100_000);
        var command = new DescribedCommand(
            "excluded",
            "List the stars that a run selected and did not analyse, with what they lack. The ledger keeps their number alone: they are "
                + "found again from the selection and the recipe",
            "almagest runs excluded 1f0c2a9e",
            "almagest runs excluded 1f0c2a9e -o excluded.csv"
        )
        {
            id,
            limit,
            output,
        };
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetValue(output);
                table.Check(shell, parsed, path);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                if (path is not null)
                {
                    var excluded = await new ExcludedStarReader(session.Ledger).FindAsync(run, shell.CancellationToken);
                    var rows = await new ExclusionExport(session.Ledger).TableAsync(run, excluded, shell.CancellationToken);
                    await table.WriteAsync(shell, parsed, path, rows, "star", "stars", excluded.Sum(e => e.Count));
                    return ExitCodes.Done;
                }
                var list = await ExclusionResources.ReadAsync(
                    session.Ledger,
                    run,
                    (int)(parsed.GetValue(limit) ?? Shown),
                    shell.CancellationToken
                );
                shell.Answer(list, console => Show(console, run, list));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static void Show(IAnsiConsole console, DiscoveryRun run, ExcludedStarList list)
    {
        if (AnalysedText.NotAnalysed(list.TotalStars, list.Excluded) is not { } sentence)
        {
            console.Say($"Run {ConsoleText.Short(run.RunId)} analysed every star that it selected.");
            return;
        }
        console.Say(sentence);
        var table = ConsoleTables.Of("reason", "source_id", ">RA (°)", ">Dec (°)", ">mag", ">colour", ">plx (mas)", ">pmra", ">pmdec");
        foreach (var s in list.Items)
        {
            table.Row(
                s.Reason,
                s.SourceId,
                ConsoleText.RightAscension(s.RaDeg, "0.0000"),
                ConsoleText.Number(s.DecDeg, "+0.0000;-0.0000"),
                ConsoleText.Number(s.Magnitude, "0.00"),
                ConsoleText.Number(s.Color, "0.00"),
                ConsoleText.Number(s.ParallaxMas, "0.00"),
                ConsoleText.Number(s.PmraMasYr, "0.00"),
                ConsoleText.Number(s.PmdecMasYr, "0.00")
            );
        }
        console.Write(table);
        if (list.Truncated)
            console.Say(
                $"The first {list.Items.Count}. All of them: almagest runs excluded {ConsoleText.Short(run.RunId)} -o excluded.csv"
            );
    }
}
