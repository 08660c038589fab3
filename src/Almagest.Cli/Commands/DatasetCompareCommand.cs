using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Runs.Changes;

namespace Almagest.Cli.Commands;

/// <summary><c>datasets compare</c>: two tables of the same stars.</summary>
internal static class DatasetCompareCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var first = new Argument<string>("DATASET1") { Description = "The first table, by name or number" };
        var second = new Argument<string>("DATASET2") { Description = "The second one, such as a later release" };
        var epoch1 = OptionFactory.Real("--epoch-1", "YEAR", "Epoch of the positions of dataset 1, where it does not say it");
        var epoch2 = OptionFactory.Real("--epoch-2", "YEAR", "Epoch of the positions of dataset 2, where it does not say it");
        var stars = OptionFactory.Flag("--stars", "With --output: a row for each star of either, instead of one for each quantity");
        var (output, table, pairing) = (TableOutput.File(), new TableOutput("--output"), new PairingOptions());
        var command = new DescribedCommand(
            "compare",
            "Compare two tables of the same stars: who is in both, and by how much each measurement and its error changed",
            "almagest datasets compare field-dr2 field-dr3",
            "almagest datasets compare field-dr2 field-dr3 --match 1 --epoch-1 2015.5 --epoch-2 2016",
            "almagest datasets compare monday tuesday --by-id --stars -o moved.fits"
        )
        {
            first,
            second,
            epoch1,
            epoch2,
            stars,
            output,
        };
        pairing.AddTo(command);
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetValue(output);
                table.Check(shell, parsed, path);
                if (path is null && parsed.GetValue(stars))
                    throw new UsageException("--stars is of a file", "Name the file with --output.", "--stars");
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                using var compared = await ProgressDisplay.ShowAsync(
                    shell,
                    "comparing",
                    progress =>
                        new DatasetComparer(session.Ledger).CompareAsync(
                            new DatasetComparisonRequest(
                                parsed.GetRequiredValue(first),
                                parsed.GetRequiredValue(second),
                                pairing.Read(parsed),
                                parsed.GetValue(epoch1),
                                parsed.GetValue(epoch2)
                            ),
                            progress is null ? null : stage => progress.Report(stage, null),
                            shell.CancellationToken
                        )
                );
                if (path is not null)
                {
                    var (rows, one, many) = parsed.GetValue(stars)
                        ? (await new ComparedTables(session.Ledger).StarsAsync(compared, shell.CancellationToken), "star", "stars")
                        : (ComparedTables.Quantities(compared), "quantity", "quantities");
                    await table.WriteAsync(shell, parsed, path, rows, one, many);
                    return ExitCodes.Done;
                }
                shell.Answer(compared.Resource, console => DatasetComparisonView.Show(console, compared.Resource));
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
