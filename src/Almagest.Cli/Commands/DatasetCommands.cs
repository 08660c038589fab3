using System.CommandLine;
using Almagest.Catalog.Mapping;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>datasets</c>: <c>list</c> and <c>show</c> here, the others beside.</summary>
internal static class DatasetCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "datasets",
            "The loaded catalogues",
            "almagest datasets list",
            "almagest datasets show gaia-100pc",
            "almagest datasets report gaia-100pc",
            "almagest datasets compare field-dr2 field-dr3",
            "almagest datasets set stars --unit RA=hours",
            "almagest datasets export gaia-100pc -o stars.fits",
            "almagest datasets delete gaia-100pc --with-runs",
            "almagest datasets restore gaia-100pc"
        )
        {
            List(shell, global),
            Show(shell, global),
            DatasetReportCommand.Create(shell, global),
            DatasetCompareCommand.Create(shell, global),
            DatasetSetCommand.Create(shell, global),
            DatasetExportCommand.Create(shell, global),
            DatasetDeletionCommands.Delete(shell, global),
            DatasetDeletionCommands.Restore(shell, global),
        };

    private static DescribedCommand List(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand("list", "List the loaded catalogues", "almagest datasets list --json");
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var all = await DatasetResources.ListAsync(session.Ledger, shell.CancellationToken);
                shell.Answer(
                    all,
                    console =>
                    {
                        if (all.Count == 0)
                        {
                            console.Say("There is no dataset yet. Load one: almagest ingest FILE");
                            return;
                        }
                        var table = ConsoleTables.Of([
                            ">id",
                            "name",
                            ">stars",
                            ">rejected",
                            ">runs",
                            "loaded (UTC)",
                            .. all.Any(d => d.InPlace) ? ["stars are"] : Array.Empty<string>(),
                        ]);
                        foreach (var d in all)
                            table.Row([
                                d.DatasetId.ToString(),
                                ConsoleText.Clip(d.Name, 32),
                                ConsoleText.Count(d.StarCount),
                                ConsoleText.Count(d.RejectedCount),
                                ConsoleText.Count(d.RunCount),
                                ConsoleText.When(d.CreatedAt),
                                .. all.Any(x => x.InPlace) ? [d.InPlace ? "in files" : "in the ledger"] : Array.Empty<string>(),
                            ]);
                        console.Write(table);
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Show(CommandShell shell, GlobalOptions global)
    {
        var name = new Argument<string>("DATASET") { Description = "Its name or number" };
        var most = OptionFactory.Whole("--show-rejected", "N", "How many of the rejected rows to print (default 10)", 0, 1000);
        var command = new DescribedCommand(
            "show",
            "Show where a catalogue came from, its columns and its rejected rows",
            "almagest datasets show gaia-100pc"
        )
        {
            name,
            most,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var found = await new DatasetRepository(session.Ledger).FindAnyAsync(
                    parsed.GetRequiredValue(name),
                    shell.CancellationToken
                );
                var shown = (int)(parsed.GetValue(most) ?? 10);
                var dataset = await DatasetResources.ReadAsync(session.Ledger, found, shown, shell.CancellationToken);
                shell.Answer(
                    dataset,
                    console =>
                    {
                        console.Heading(dataset.Name);
                        console.Facts([
                            ("id", dataset.DatasetId.ToString()),
                            ("stars", ConsoleText.Count(dataset.StarCount)),
                            ("runs", ConsoleText.Count(dataset.RunCount)),
                            ("read from", InPlaceCatalogue.Of(found)?.Path),
                            ("loaded", ConsoleText.When(dataset.CreatedAt) + " UTC"),
                            ("checksum", dataset.Checksum),
                            (
                                "epoch",
                                dataset.ReferenceEpoch is { } epoch
                                    ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"J{epoch:0.###}")
                                    : "not known, or differs"
                            ),
                            .. dataset.Source.Select(f =>
                                ("file", (string?)$"{f.File} ({f.Format}, {ConsoleText.Plural(f.Rows ?? 0, "row", "rows")})")
                            ),
                        ]);
                        IngestReportView.ShowMapping(
                            console,
                            dataset.ColumnMapping.OrderBy(m => StarField.All.ToList().IndexOf(m.Key)).Select(m => $"{m.Key} ← {m.Value}")
                        );
                        IngestReportView.ShowRejected(console, dataset.RejectedRows, dataset.RejectedCount, shown);
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
