using System.CommandLine;
using Almagest.Catalog.Writing;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Sky;

namespace Almagest.Cli.Commands;

/// <summary><c>moc</c>: the part of the sky that a dataset or a run covers.</summary>
internal static class MocCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var dataset = OptionFactory.Text("--dataset", "NAME", "The dataset; may be left out where there is just one", "-d");
        var run = OptionFactory.Text("--run", "ID", "The stars of this run instead");
        var order = OptionFactory.Whole(
            "--order",
            "N",
            $"HEALPix order of the finest cells, 0 to 29 (default {CoverageReader.UsualOrder}: 13.7 arc minutes; one more halves them); "
                + $"of a catalogue that is read where it lies at most {CoverageReader.OrderOfFiles}, which is the default then",
            0,
            Healpix.MaxOrder
        );
        var output = OptionFactory.Text("--output", "FILE", "File to write; - is standard output (default)", "-o");
        var format = OptionFactory.Choice(
            "--format",
            "Form of the map (default: by the file's ending, .fits or .json, else ascii)",
            "fits",
            "ascii",
            "json"
        );
        var command = new DescribedCommand(
            "moc",
            "Write the part of the sky that stars lie in as a coverage map (MOC 2.0), for Aladin and TOPCAT",
            "almagest moc --dataset gaia-100pc",
            "almagest moc --run 1f0c2a9e --order 10 -o run.moc.fits"
        )
        {
            dataset,
            run,
            order,
            output,
            format,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetValue(output) ?? "-";
                var form =
                    parsed.GetValue(format)
                    ?? Path.GetExtension(path).ToLowerInvariant() switch
                    {
                        ".fits" or ".fit" => "fits",
                        ".json" => "json",
                        _ => "ascii",
                    };
                if (path == "-" && form == "fits")
                    throw new UsageException(
                        "FITS is not text, which is all that standard output takes",
                        "Name a file with --output.",
                        "--output"
                    );
                if (path == "-" && shell.Json)
                    throw new UsageException(
                        "--output - writes the map to standard output, where --json would write its document",
                        "Name a file with --output.",
                        "--output"
                    );
                if (parsed.GetValue(run) is not null && parsed.GetValue(dataset) is not null)
                    throw new UsageException("a run has one dataset: --run and --dataset exclude each other", "Give one of them.", "--run");
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var depth = (int?)parsed.GetValue(order);
                var (coverage, name) = await ReadAsync(
                    session,
                    parsed.GetValue(run),
                    parsed.GetValue(dataset),
                    depth,
                    shell.CancellationToken
                );
                if (path == "-")
                {
                    await shell.Output.WriteAsync((form == "json" ? coverage.ToJson() : coverage.ToAscii()) + "\n");
                    return ExitCodes.Done;
                }
                await using var file = OutputFile.Create(path);
                await file.WriteAsync(writer =>
                    form == "fits"
                        ? CoverageFits.WriteAsync(
                            file.Stream,
                            coverage.Order,
                            [.. coverage.Cells.Select(c => SkyCoverage.Nuniq(c.Order, c.Cell))],
                            name,
                            shell.CancellationToken
                        )
                        : writer.WriteAsync((form == "json" ? coverage.ToJson() : coverage.ToAscii()) + "\n")
                );
                var area = coverage.Fraction * 129_600 / Math.PI;
                shell.Answer(
                    new
                    {
                        file = file.Path,
                        format = form,
                        order = coverage.Order,
                        cells = coverage.Cells.Count,
                        sky_fraction = coverage.Fraction,
                        area_deg2 = area,
                    },
                    console =>
                        console.Say(
                            $"Wrote {ConsoleText.Plural(coverage.Cells.Count, "cell", "cells")} of order {coverage.Order} and coarser to "
                                + $"{path}: {ConsoleText.Number(area, "#,0.##")} square degrees, "
                                + $"{ConsoleText.Number(100 * coverage.Fraction, "0.###")} % of the sky."
                        )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static async Task<(SkyCoverage Coverage, string Name)> ReadAsync(
        LedgerSession session,
        string? runId,
        string? datasetName,
        int? order,
        CancellationToken cancellationToken
    )
    {
        var reader = new CoverageReader(session.Ledger);
        if (runId is not null)
        {
            var run = await new RunRepository(session.Ledger).FindAsync(runId, cancellationToken);
            return (await reader.OfRunAsync(run, order, cancellationToken), $"run-{run.RunId}");
        }
        var dataset = await DatasetChoice.ResolveAnyAsync(session.Ledger, datasetName, cancellationToken);
        return (await reader.OfDatasetAsync(dataset, order, cancellationToken), dataset.Name);
    }
}
