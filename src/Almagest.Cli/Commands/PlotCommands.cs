using System.CommandLine;
using Almagest.Charts.Export;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Comparison;
using Almagest.Runs.Lifecycle;

namespace Almagest.Cli.Commands;

/// <summary><c>plot</c>: the dashboard's charts as files, without a browser.</summary>
internal static class PlotCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "plot",
            "Write the dashboard's charts to a PDF, SVG or PNG file, without a browser",
            "almagest plot run 1f0c2a9e -o run.png",
            "almagest plot dataset gaia-100pc -o cmd.pdf --only cmd --width column"
        )
        {
            Run(shell, global),
            Dataset(shell, global),
            Compare(shell, global),
            PlotLedgerCommands.Sweep(shell, global),
            PlotLedgerCommands.Star(shell, global),
            PlotLedgerCommands.Coverage(shell, global),
            PlotLedgerCommands.Timeline(shell, global),
            PlotLedgerCommands.Distances(shell, global),
        };

    private static DescribedCommand Run(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id();
        var file = new PictureOutput();
        var only = Only(ChartExport.OfRun);
        var cluster = OptionFactory.Whole("--cluster", "N", "Only the members of this cluster, from near", 0, int.MaxValue);
        var contamination = OptionFactory.Real(
            "--contamination",
            "SHARE",
            "Flagged as with this share of the stars instead of the run's own"
        );
        var zoom = Zoom();
        var command = new DescribedCommand(
            "run",
            "The pictures of one run: scores or cluster sizes, colour-magnitude diagram, sky, and of clusters proper motions and "
                + "parallaxes",
            "almagest plot run 1f0c2a9e -o run.png",
            "almagest plot run 1f0c2a9e -o sky.svg --only sky",
            "almagest plot run 77ab03d1 -o cluster-3.pdf --cluster 3 --width two-columns --no-caption"
        )
        {
            id,
            only,
            cluster,
            contamination,
            zoom,
        };
        file.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                file.Check(parsed);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                if (parsed.GetValue(cluster) is not null && run.RunType != RunTypes.Cluster)
                    throw new UsageException(
                        $"run {ConsoleText.Short(run.RunId)} is an {run.RunType} run and has no clusters",
                        "Leave --cluster out.",
                        "--cluster"
                    );
                if (parsed.GetValue(contamination) is { } share)
                {
                    if (share is not (> 0 and <= 0.5))
                        throw new UsageException(
                            FormattableString.Invariant($"--contamination is {share}, expected above 0 and at most 0.5"),
                            null,
                            "--contamination"
                        );
                    if (run.RunType != RunTypes.Anomaly)
                        throw new UsageException(
                            $"run {ConsoleText.Short(run.RunId)} is a {run.RunType} run and has no threshold",
                            "Leave --contamination out.",
                            "--contamination"
                        );
                }
                await file.WriteAsync(
                    shell,
                    parsed,
                    await new ChartExport(session.Ledger).RunAsync(
                        run,
                        new RunPicture
                        {
                            Wanted = parsed.GetValue(only) ?? [],
                            Cluster = (int?)parsed.GetValue(cluster),
                            Contamination = parsed.GetValue(contamination),
                            Zoom = ZoomText.Parse(parsed.GetValue(zoom), "--zoom"),
                            Size = file.Size(parsed),
                            HasCaption = file.HasCaption(parsed),
                        },
                        shell.CancellationToken
                    )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Dataset(CommandShell shell, GlobalOptions global)
    {
        var name = new Argument<string?>("DATASET")
        {
            Description = "The dataset, by name or number; may be left out where there is just one",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var filter = OptionFactory.Text("--filter", "TERMS", "Which of its stars, as for 'discover'", "-f");
        var file = new PictureOutput();
        var only = Only(ChartExport.OfDataset);
        var zoom = Zoom();
        var command = new DescribedCommand(
            "dataset",
            "The pictures of a catalogue: colour-magnitude diagram, histograms, density on the sky",
            "almagest plot dataset gaia-100pc -o gaia.png",
            "almagest plot dataset -o cmd.svg --only cmd --filter 'parallax_over_error=10..'"
        )
        {
            name,
            filter,
            only,
            zoom,
        };
        file.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                file.Check(parsed);
                var stars = StarFilterText.Parse(parsed.GetValue(filter));
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var dataset = await DatasetChoice.ResolveAsync(session.Ledger, parsed.GetValue(name), shell.CancellationToken);
                await file.WriteAsync(
                    shell,
                    parsed,
                    await new ChartExport(session.Ledger).DatasetAsync(
                        dataset,
                        stars,
                        parsed.GetValue(only) ?? [],
                        file.Size(parsed),
                        file.HasCaption(parsed),
                        ZoomText.Parse(parsed.GetValue(zoom), "--zoom")
                    )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Compare(CommandShell shell, GlobalOptions global)
    {
        var ids = RunCompareCommand.Ids(2);
        var file = new PictureOutput();
        var command = new DescribedCommand(
            "compare",
            "How far runs of one kind over one dataset agree, as a matrix; of two also what each marks alone",
            "almagest plot compare 1f0c2a9e 77ab03d1 e4b0917c -o agreement.svg"
        )
        {
            ids,
        };
        file.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                file.Check(parsed);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var runs = await RunCompareCommand.FindAsync(session.Ledger, parsed.GetRequiredValue(ids), 2, shell.CancellationToken);
                ComparedRuns.RequireType(runs, runs[0].RunType, "RUN");
                ComparedRuns.RequireOneDataset(runs, "RUN");
                await file.WriteAsync(
                    shell,
                    parsed,
                    await new ChartExport(session.Ledger).CompareAsync(
                        runs,
                        file.Size(parsed),
                        file.HasCaption(parsed),
                        shell.CancellationToken
                    )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    internal static Option<string[]?> Only(IReadOnlyList<string> names) =>
        new("--only")
        {
            Arity = ArgumentArity.ExactlyOne,
            Description = $"Of the pictures these alone, joined by commas: {string.Join(", ", names)}",
            HelpName = "NAMES",
            CustomParser = result =>
            {
                var wanted = result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                if (
                    wanted.FirstOrDefault(w => !names.Contains(w)) is { } other
                    || (other = wanted.Length == 0 ? result.Tokens[0].Value : null) is not null
                )
                    result.AddError($"--only is '{other}', expected some of {string.Join(", ", names)}");
                return wanted;
            },
        };

    private static Option<string?> Zoom() =>
        OptionFactory.Text(
            "--zoom",
            "PARTS",
            "Parts of charts: NAME:LEFT,RIGHT,BOTTOM,TOP with ; between, in their own units, as the address of their page has them"
        );
}
