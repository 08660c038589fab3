using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Almagest.Runs.Export;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>runs matrix</c>: which pairs of anomaly runs agree more than by chance.</summary>
internal static class RunMatrixCommand
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
        var maxQ = OptionFactory.Real(
            "--max-q",
            "Q",
            "Only pairs whose q value (expected share of false discoveries) is at most this (default 1)"
        );
        var alternative = OptionFactory.Choice(
            "--alternative",
            "Test whether runs have more stars in common than independent ones, or more or fewer (default greater)",
            ComparisonResources.Greater,
            ComparisonResources.TwoSided
        );
        var top = OptionFactory.Whole("--top", "N", "How many pairs to print (default 20)", 1, 5000);
        var export = TableOutput.File("Write every such pair to this file instead");
        var table = new TableOutput("--output");
        var command = new DescribedCommand(
            "matrix",
            "Say which pairs of anomaly runs agree more than by chance, with p values adjusted for all pairs",
            "almagest runs matrix --dataset gaia-100pc",
            "almagest runs matrix 1f0c2a9e 77ab03d1 e4b0917c --max-q 0.01"
        )
        {
            ids,
            dataset,
            alternative,
            maxQ,
            top,
            export,
        };
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var most = parsed.GetValue(maxQ) ?? 1;
                if (most is < 0 or > 1)
                    throw new UsageException(
                        FormattableString.Invariant($"--max-q is {most}, expected a number from 0 to 1"),
                        null,
                        "--max-q"
                    );
                var path = parsed.GetValue(export);
                table.Check(shell, parsed, path);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var runs = await ChooseAsync(session.Ledger, parsed.GetValue(ids) ?? [], parsed.GetValue(dataset), shell.CancellationToken);
                var test =
                    parsed.GetValue(alternative) == ComparisonResources.TwoSided ? OverlapAlternative.TwoSided : OverlapAlternative.Greater;
                var marks = await new RunSetReader(session.Ledger).MarksAsync(runs, shell.CancellationToken);
                var all = PairSignificance.Matrix(runs, marks, test);
                var wanted = all.Where(p => Math.Pow(10, p.Log10QValue) <= most).ToList();
                if (path is not null)
                {
                    var words =
                        test == OverlapAlternative.TwoSided
                            ? FormattableString.Invariant($"pairs with a two-sided q value of at most {most}, most significant first")
                        : most < 1 ? FormattableString.Invariant($"pairs with a q value of at most {most}, most significant first")
                        : "all pairs, most significant first";
                    await table.WriteAsync(
                        shell,
                        parsed,
                        path,
                        await new MatrixExport(session.Ledger).TableAsync(runs, wanted, words, shell.CancellationToken),
                        "pair",
                        "pairs",
                        wanted.Count
                    );
                    return ExitCodes.Done;
                }
                var pairs = wanted.Take((int)(parsed.GetValue(top) ?? 20)).ToList();
                var tests = all.Count(p => p.Overlap.Shared > 0);
                shell.Answer(
                    ComparisonResources.PageOf(runs, all, wanted, 0, pairs.Count, test),
                    console =>
                    {
                        if (pairs.Count == 0)
                            console.Say(all.Count == 0 ? "There are no two anomaly runs to compare." : "No pair is so significant.");
                        else
                            PairLines.Show(console, pairs);
                        console.Say(
                            $"{ConsoleText.Plural(runs.Count, "run", "runs")}, {ConsoleText.Plural(tests, "pair", "pairs")} "
                                + $"tested{(pairs.Count < wanted.Count ? $"; more: --top {wanted.Count}" : "")}."
                        );
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    /// <summary>The anomaly runs that are named, else the newest of a dataset, in order of creation.</summary>
    public static async Task<IReadOnlyList<DiscoveryRun>> ChooseAsync(
        LedgerDatabase ledger,
        IReadOnlyList<string> words,
        string? dataset,
        CancellationToken cancellationToken
    )
    {
        if (words.Count == 0)
            return await ComparedRuns.NewestAsync(
                ledger,
                RunTypes.Anomaly,
                (await DatasetChoice.ResolveAnyAsync(ledger, dataset, cancellationToken)).DatasetId,
                cancellationToken: cancellationToken
            );
        if (dataset is not null)
            throw new UsageException("both runs and --dataset are given", "Give one of them.", "--dataset");
        var runs = await RunCompareCommand.FindAsync(ledger, words, 1, cancellationToken);
        ComparedRuns.RequireType(runs, RunTypes.Anomaly, "RUN");
        ComparedRuns.RequireOneDataset(runs, "RUN");
        return [.. runs.OrderBy(r => r.RunId)];
    }
}
