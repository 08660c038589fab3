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
            "By the lower end of the credible interval (its mean over questions), or by the posterior mean (default low)",
            "low",
            "mean"
        );
        var level = OptionFactory.Real("--level", "P", "Probability that an interval holds what it is for (default 0.95)");
        var further = OptionFactory.Whole(
            "--further",
            "N",
            "The further draws (seeds) whose rate of flags the predictive interval is for (default 20)",
            1,
            ConsensusOptions.MostFurther
        );
        var top = OptionFactory.Whole("--top", "N", "How many stars to print (default 20)", 1, ConsensusReader.MostStars, "--limit");
        var export = TableOutput.File("Write the ranking to this file instead: every flagged star, or the first --top");
        var table = new TableOutput("--output");
        var command = new DescribedCommand(
            "consensus",
            "Rank stars over many anomaly runs by the rate at which more such runs, with other seeds, flag them; with intervals",
            "almagest consensus --dataset gaia-100pc",
            "almagest consensus --dataset gaia-100pc --level 0.8 --further 10",
            "almagest consensus --dataset gaia-100pc -o consensus.parquet",
            "almagest consensus 1f0c2a9e 77ab03d1 e4b0917c --top 50 --json"
        )
        {
            ids,
            dataset,
            order,
            level,
            further,
            top,
            export,
        };
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var share = parsed.GetValue(level) ?? ConsensusOptions.Default.Level;
                if (!(share is >= ConsensusOptions.LeastLevel and <= ConsensusOptions.MostLevel))
                    throw new UsageException(
                        FormattableString.Invariant(
                            $"--level is {share}, expected a number from {ConsensusOptions.LeastLevel} to {ConsensusOptions.MostLevel}"
                        ),
                        null,
                        "--level"
                    );
                var path = parsed.GetValue(export);
                table.Check(shell, parsed, path);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var runs = await RunMatrixCommand.ChooseAsync(
                    session.Ledger,
                    parsed.GetValue(ids) ?? [],
                    parsed.GetValue(dataset),
                    shell.CancellationToken
                );
                var options = new ConsensusOptions
                {
                    Order = parsed.GetValue(order) == "mean" ? ConsensusOrder.Mean : ConsensusOrder.Low,
                    Level = share,
                    Further = (int)(parsed.GetValue(further) ?? ConsensusOptions.Default.Further),
                };
                if (path is not null)
                {
                    var rows = await new ConsensusExport(session.Ledger).TableAsync(
                        runs,
                        options,
                        (int?)parsed.GetValue(top),
                        shell.CancellationToken
                    );
                    await table.WriteAsync(shell, parsed, path, rows, "star", "stars");
                    return ExitCodes.Done;
                }
                var found = await new ConsensusReader(session.Ledger).ReadAsync(
                    runs,
                    (int)(parsed.GetValue(top) ?? 20),
                    options,
                    shell.CancellationToken
                );
                shell.Answer(found.ToResource(), new ConsensusView(found).Show);
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
