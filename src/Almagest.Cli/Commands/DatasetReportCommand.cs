using System.CommandLine;
using System.Globalization;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Datasets;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Resources;
using Spectre.Console;

namespace Almagest.Cli.Commands;

/// <summary><c>datasets report</c>: what became of the files of a load.</summary>
internal static class DatasetReportCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var name = new Argument<string>("DATASET") { Description = "Its name or number" };
        var command = new DescribedCommand(
            "report",
            "Show what became of a catalogue's rows and columns when it was loaded, and what looks wrong in them",
            "almagest datasets report gaia-100pc",
            "almagest datasets report gaia-100pc --json"
        )
        {
            name,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var found = await new DatasetRepository(session.Ledger).FindAnyAsync(
                    parsed.GetRequiredValue(name),
                    shell.CancellationToken
                );
                var report = DatasetResources.Report(found);
                shell.Answer(report, console => Show(console, report));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    internal static void Show(IAnsiConsole console, DatasetReport report)
    {
        console.Heading(report.Dataset);
        if (report.Files.Count == 0)
            console.Say("No report is kept: the catalogue was loaded before there were any.");
        foreach (var file in report.Files)
        {
            console.Say(
                $"\n{file.File} ({file.Format}): {ConsoleText.Plural(file.Report.Rows, "row", "rows")}, "
                    + $"{ConsoleText.Count(file.Report.Rejected)} rejected"
            );
            var table = ConsoleTables.Of("column", "type", "unit", "~used as", ">missing", ">from", ">to", "~why");
            foreach (var column in file.Report.Columns)
                table.Row(
                    ConsoleText.Clip(column.Name, 28),
                    column.Type,
                    ConsoleText.Clip(column.Unit ?? "", 12),
                    column.Use ?? "",
                    ConsoleText.Count(column.Nulls),
                    Number(column.Minimum),
                    Number(column.Maximum),
                    column.Why ?? ""
                );
            console.Write(table);
            foreach (var correction in file.Report.Corrections)
                console.Say($"Set right {correction}");
            foreach (var suspicion in file.Report.Suspicions)
                console.Say($"Look: {suspicion}");
        }
    }

    private static string Number(double? value) => value?.ToString("G7", CultureInfo.InvariantCulture) ?? "–";
}
