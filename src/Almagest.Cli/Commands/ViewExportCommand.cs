using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Ledger.Views.Queries;

namespace Almagest.Cli.Commands;

/// <summary><c>views export</c>: every row of a view as a table.</summary>
internal static class ViewExportCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var name = new Argument<string>("VIEW") { Description = string.Join(", ", AnalyticsViews.All.Select(v => v.Name)) };
        var output = new Option<string>("--output", "-o")
        {
            Description = "File to write; compressed if its name ends in .gz; - is standard output",
            HelpName = "FILE",
            Required = true,
        };
        var limit = OptionFactory.Whole("--limit", "N", "At most this many rows (default: all)", 1, long.MaxValue);
        var table = new TableOutput("--output");
        var command = new DescribedCommand(
            "export",
            "Write a view to a VOTable, FITS, CSV, ECSV, Parquet or JSON file",
            "almagest views export mv_star_anomaly_frequency -o frequency.fits",
            "almagest views export mv_discovery_run_stats --format csv -o - | head"
        )
        {
            name,
            output,
            limit,
        };
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetRequiredValue(output);
                table.Check(shell, parsed, path);
                var view = AnalyticsViews.Get(parsed.GetRequiredValue(name));
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var rows = await new ViewExport(session.Ledger).TableAsync(
                    view,
                    new ViewRows { Limit = parsed.GetValue(limit) },
                    shell.CancellationToken
                );
                await table.WriteAsync(shell, parsed, path, rows, "row", "rows");
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
