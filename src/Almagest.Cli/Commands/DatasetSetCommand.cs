using System.CommandLine;
using Almagest.Catalog;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>datasets set</c>: units and missing values of a loaded catalogue, set right without its file.</summary>
internal static class DatasetSetCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var name = new Argument<string>("DATASET") { Description = "Its name or number" };
        var unit = new Option<string[]?>("--unit")
        {
            Description = "The unit of a column of the file, or of a star field, such as RA=hours; may be given several times",
            HelpName = "COLUMN=UNIT",
            AllowMultipleArgumentsPerToken = false,
        };
        var missing = new Option<string[]?>("--missing")
        {
            Description =
                "A value, as the file has it, that means there is none, such as -999, in every column, or in one: parallax=-999; may be "
                + "given several times",
            HelpName = "VALUE|COLUMN=VALUE",
            AllowMultipleArgumentsPerToken = false,
        };
        unit.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.LastIndexOf('=') is not (> 0 and var at) || at == t.Value.Length - 1))
                result.AddError($"--unit is '{token.Value}', expected COLUMN=UNIT, such as RA=hours");
        });
        var command = new DescribedCommand(
            "set",
            "Set units and missing values of a catalogue right, without loading it again, while no run rests on it",
            "almagest datasets set stars --unit RA=hours",
            "almagest datasets set stars --missing parallax=-999 --missing 99.99"
        )
        {
            name,
            unit,
            missing,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var units = new Dictionary<string, string>(StringComparer.Ordinal);
                foreach (var text in parsed.GetValue(unit) ?? [])
                    units[text[..text.LastIndexOf('=')].Trim()] = text[(text.LastIndexOf('=') + 1)..].Trim();
                var correction = new DatasetCorrection
                {
                    Units = units,
                    Missing = [.. (parsed.GetValue(missing) ?? []).Select(MissingValue.Parse)],
                };
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var datasets = new DatasetRepository(session.Ledger);
                var dataset = await datasets.FindAsync(parsed.GetRequiredValue(name), shell.CancellationToken);
                await new DatasetCorrector(session.Ledger).CorrectAsync(dataset.DatasetId, correction, shell.CancellationToken);
                await ViewUpkeep.KeepAsync(shell, session.Ledger, "load", shell.CancellationToken);
                var report = DatasetResources.Report(await datasets.GetAsync(dataset.DatasetId, shell.CancellationToken));
                shell.Answer(report, console => DatasetReportCommand.Show(console, report));
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
