using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Discovery.Consensus;
using Almagest.Runs.Comparison;
using Almagest.Runs.Export;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>consensus</c>: the stars on which anomaly runs agree.</summary>
internal static class ConsensusCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var ids = RunCompareCommand.Ids(0);
        var dataset = OptionFactory.Text(
            "--dataset",
            "NAME",
            $"The newest {ComparedRuns.Most} anomaly runs over this dataset, where no run is named",
            "-d"
        );
        var order = OptionFactory.Choice(
            "--order",
            "By the lower end of the credible interval, or by the posterior mean (default low)",
            "low",
            "mean"
        );
        var top = OptionFactory.Whole("--top", "N", "How many stars to print (default 20)", 1, ConsensusReader.MostStars);
        var export = OptionFactory.Text(
            "--export",
            "FILE",
            "Write the ranking to this file instead: every flagged star, or the first --top"
        );
        var table = new TableOutput("--export");
        var command = new DescribedCommand(
            "consensus",
            "Rank stars over many anomaly runs: how often each is flagged by those that looked, with a credible interval; runs that "
                + "say the same share one say",
            "almagest consensus --dataset gaia-100pc",
            "almagest consensus --dataset gaia-100pc --export consensus.parquet",
            "almagest consensus 1f0c2a9e 77ab03d1 e4b0917c --top 50 --json"
        )
        {
            ids,
            dataset,
            order,
            top,
            export,
        };
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetValue(export);
                table.Check(shell, parsed, path);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var runs = await RunMatrixCommand.ChooseAsync(
                    session.Ledger,
                    parsed.GetValue(ids) ?? [],
                    parsed.GetValue(dataset),
                    shell.CancellationToken
                );
                var by = parsed.GetValue(order) == "mean" ? ConsensusOrder.Mean : ConsensusOrder.Low;
                if (path is not null)
                {
                    var rows = await new ConsensusExport(session.Ledger).TableAsync(
                        runs,
                        by,
                        (int?)parsed.GetValue(top),
                        shell.CancellationToken
                    );
                    await table.WriteAsync(shell, parsed, path, rows, "star", "stars");
                    return ExitCodes.Done;
                }
                var found = await new ConsensusReader(session.Ledger).ReadAsync(
                    runs,
                    (int)(parsed.GetValue(top) ?? 20),
                    by,
                    shell.CancellationToken
                );
                shell.Answer(found.ToResource(by), new ConsensusView(found).Show);
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
