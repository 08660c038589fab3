using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.Selections;

namespace Almagest.Cli.Commands;

/// <summary><c>datasets export</c>: the stars of a dataset, or of a selection, as a table.</summary>
internal static class DatasetExportCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var name = new Argument<string>("DATASET") { Description = "Its name or number" };
        var output = new Option<string>("--output", "-o")
        {
            Description = "File to write; compressed if its name ends in .gz; - is standard output",
            HelpName = "FILE",
            Required = true,
        };
        var filter = OptionFactory.Text("--filter", "TERMS", "Only these stars, e.g. 'cone=56.75,24.1,2 magnitude=..15'");
        var extra = OptionFactory.Flag("--extra", "Also the other columns of the source table, under their names");
        var table = new TableOutput("--output");
        var command = new DescribedCommand(
            "export",
            "Write a dataset's stars, all or a selection of them, to a VOTable, FITS, CSV, ECSV, Parquet or JSON file",
            "almagest datasets export gaia-100pc -o stars.fits",
            "almagest datasets export gaia-100pc --filter 'cone=56.75,24.1,2 magnitude=..15' -o pleiades.vot"
        )
        {
            name,
            output,
            filter,
            extra,
        };
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetRequiredValue(output);
                table.Check(shell, parsed, path);
                var selection = StarFilterText.Parse(parsed.GetValue(filter));
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var dataset = await new DatasetRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(name), shell.CancellationToken);
                var stars = await new SelectionExport(session.Ledger).TableAsync(
                    dataset,
                    selection,
                    parsed.GetValue(extra),
                    cancellationToken: shell.CancellationToken
                );
                await table.WriteAsync(
                    shell,
                    parsed,
                    path,
                    stars,
                    "star",
                    "stars",
                    parsed.GetValue(filter) is null ? dataset.StarCount : null
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
