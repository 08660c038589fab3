using System.CommandLine;
using System.Globalization;
using System.Runtime;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Kinds;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;

namespace Almagest.Cli.Commands;

/// <summary><c>discover</c>: one run over a dataset, or a sweep of several.</summary>
internal static class DiscoverCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "discover",
            "Run one discovery over a dataset, and keep what it finds",
            "almagest discover anomalies --dataset gaia-100pc --contamination 0.02",
            "almagest discover clusters --dataset praesepe --features astrometric --eps 0.09 --min-samples 15"
        )
        {
            Anomalies(shell, global),
            Clusters(shell, global),
            ActiveCommand.Create(shell, global),
            KDistanceCommand.Create(shell, global),
        };

    private static DescribedCommand Anomalies(CommandShell shell, GlobalOptions global) =>
        Of(
            shell,
            global,
            RunTypes.Anomaly,
            RecipeChoice.AnomalyOrder,
            new DescribedCommand(
                "anomalies",
                $"Find unusual stars with {Titles(RunTypes.Anomaly)}",
                "almagest discover anomalies --dataset gaia-100pc",
                "almagest discover anomalies --dataset gaia-100pc --features photometric --contamination 0.05 --trees 400",
                "almagest discover anomalies --dataset gaia-100pc --filter 'cone=56.75,24.1,10 parallax_over_error=10..' --json"
            )
        );

    private static DescribedCommand Clusters(CommandShell shell, GlobalOptions global) =>
        Of(
            shell,
            global,
            RunTypes.Cluster,
            RecipeChoice.ClusterOrder,
            new DescribedCommand(
                "clusters",
                $"Find groups of stars with {Titles(RunTypes.Cluster)}",
                "almagest discover clusters --dataset praesepe --features astrometric --eps 0.09 --min-samples 15",
                "almagest discover clusters --dataset praesepe --features astrometric --algorithm hdbscan --min-cluster-size 50 "
                    + "--min-samples 15",
                "almagest discover clusters --dataset praesepe --algorithm hdbscan --min-cluster-size 10,20,50,100 --min-samples 10",
                "almagest discover clusters --dataset gaia-100pc --filter 'magnitude=..12' --no-save"
            )
        );

    private static DescribedCommand Of(
        CommandShell shell,
        GlobalOptions global,
        string runType,
        IReadOnlyList<string> order,
        DescribedCommand command
    )
    {
        var options = new AlgorithmOptions(Algorithms.Of(runType));
        var common = new RunOptions(order);
        options.AddTo(command);
        common.AddTo(command);
        command.Add(common.Output);
        command.SetAction((parsed, _) => RunAsync(shell, parsed, global, common, options.Read(parsed, parsed.GetValue(common.Features))));
        return command;
    }

    private static string Titles(string runType) => string.Join(" or ", Algorithms.Of(runType).Select(a => a.Title));

    /// <param name="sweep">the parameters of one run, or of several that share what they can; within their ranges</param>
    public static async Task<int> RunAsync(
        CommandShell shell,
        ParseResult parsed,
        GlobalOptions global,
        RunOptions options,
        IReadOnlyList<RunParameters> sweep
    )
    {
        if (parsed.GetValue(options.Queue) && parsed.GetValue(options.NoSave))
            throw new UsageException("--queue leaves a run to a server, and --no-save keeps none", "Choose one of them.", "--no-save");
        var distributed = parsed.GetValue(options.Distributed);
        if (distributed && parsed.GetValue(options.NoSave))
            throw new UsageException(
                "--distributed goes by way of the ledger, and --no-save keeps none",
                "Choose one of them.",
                "--no-save"
            );
        if (distributed && sweep.Count > 1)
            throw new UsageException("--distributed takes one run", "Give each parameter one value.", "--distributed");
        var filter = StarFilterText.Parse(parsed.GetValue(options.Filter));
        if (parsed.GetValue(options.Quality) is { } quality)
        {
            filter = filter with { Quality = quality };
            filter.Validate();
        }
        // Nobody waits for an answer in between: where all cores are taken, collecting beside the work lets memory grow by half.
        GCSettings.LatencyMode = GCLatencyMode.Batch;
        await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
        var output = parsed.GetValue(options.Output);
        (var dataset, filter) = await DatasetChoice.ResolveAnyAsync(
            session.Ledger,
            parsed.GetValue(options.Dataset),
            filter,
            shell.CancellationToken
        );
        if (parsed.GetValue(options.NoSave) && dataset.InPlace is not null)
            return await InPlaceDiscovery.AnswerAsync(
                shell,
                session.Ledger,
                new RunRequest(dataset.Name, filter, InPlaceDiscovery.One(sweep)),
                output,
                (int)(parsed.GetValue(options.Threads) ?? 0),
                (int)(parsed.GetValue(options.Top) ?? RunOptions.DefaultTop)
            );
        if (output is not null)
            throw dataset.InPlace is null
                ? new UsageException(
                    $"--output is for runs that are not kept, over a dataset that is read where it lies, and '{dataset.Name}' is loaded",
                    "A run that is kept is written by: almagest runs export RUN -o FILE.",
                    "--output"
                )
                : new UsageException(
                    "--output is for runs that are not kept",
                    "Add --no-save; or keep the run, and write it by: almagest runs export RUN --format hats -o FOLDER.",
                    "--output"
                );
        if (parsed.GetValue(options.WithoutKind) is { } kinds)
            filter = filter with { Without = new SourceIds([.. filter.Without ?? [], .. await StarsAsync(shell, session.Ledger, kinds)]) };
        filter.Validate();
        if (parsed.GetValue(options.Queue))
            return await QueueAsync(shell, session.Ledger, dataset, filter, sweep, parsed.GetValue(options.Follow), distributed);
        if (distributed)
            return await SharedRun.AnswerAsync(
                shell,
                session.Ledger,
                new RunRequest(dataset.Name, filter, sweep[0]),
                (int)(parsed.GetValue(options.Threads) ?? 0),
                (int)(parsed.GetValue(options.Top) ?? RunOptions.DefaultTop)
            );
        var lines = parsed.GetValue(options.Follow) ? new StageLines(shell) : null;
        var service = new DiscoveryService(session.Ledger)
        {
            MaxThreads = (int)(parsed.GetValue(options.Threads) ?? 0),
            By = Environment.UserName,
            LeavesViewsToServer = true,
            Memory = sweep.Count > 1 ? new AnalysisCache(new SelectionCache(session.Ledger)) : null,
        };
        var reports = new List<DiscoveryReport>();
        foreach (var parameters in sweep)
        {
            var request = new RunRequest(dataset.Name, filter, parameters);
            var outcome = await ProgressDisplay.ShowAsync(
                shell,
                "starting",
                progress =>
                {
                    var relay = RunStages.Relay(progress, sweep.Count > 1 ? $"run {reports.Count + 1} of {sweep.Count}: " : "") ?? lines;
                    return parsed.GetValue(options.NoSave)
                        ? service.PreviewAsync(request, relay, shell.CancellationToken)
                        : service.RunAsync(request, relay, shell.CancellationToken);
                }
            );
            ViewUpkeep.Tell(shell, outcome.Views);
            reports.Add(
                await DiscoveryReport.CreateAsync(
                    session.Ledger,
                    outcome,
                    (int)(parsed.GetValue(options.Top) ?? RunOptions.DefaultTop),
                    shell.CancellationToken
                )
            );
        }
        if (reports.Count == 1)
            shell.Answer(reports[0].Document, reports[0].Show);
        else
            shell.Answer(
                new DiscoveryList(reports.ConvertAll(r => r.Document), service.Memory!.Work.Built),
                console => SweepReport.Show(console, reports, service.Memory!.Work.Built)
            );
        return ExitCodes.Done;
    }

    /// <summary>The stars of kinds, by their ids in the catalogue.</summary>
    private static async Task<List<string>> StarsAsync(CommandShell shell, LedgerDatabase ledger, string kinds)
    {
        var stars = new List<string>();
        using var finder = new RunKinds(ledger);
        foreach (var kind in kinds.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (
                kind.Split(':') is not [var run, var number]
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            )
                throw new UsageException($"'{kind}' is not a kind of a run", "Write RUN:KIND, such as 1f0c2a9e:2.", "--without-kind");
            var found = await new RunRepository(ledger).FindAsync(run, shell.CancellationToken);
            stars.AddRange((await finder.SourceIdsAsync(found.RunId, id, shell.CancellationToken)).SourceIds);
        }
        return stars;
    }

    private static async Task<int> QueueAsync(
        CommandShell shell,
        LedgerDatabase ledger,
        Dataset dataset,
        StarFilter filter,
        IReadOnlyList<RunParameters> sweep,
        bool follow,
        bool distributed
    )
    {
        if (sweep.Count > 1)
            throw new UsageException("--queue takes one run", "Use 'almagest sweep --queue' for several.", "--queue");
        var run = (
            await new RunSubmitter(ledger).SubmitAsync(
                new RunRequest(dataset.Name, filter, sweep[0]),
                RunPlacement.Queued with
                {
                    By = Environment.UserName,
                    Distributed = distributed,
                },
                null,
                shell.CancellationToken
            )
        ).Runs[0];
        if (follow)
            return await RunFollowCommand.AnswerAsync(shell, ledger, run.RunId);
        var view = await RunView.LoadAsync(ledger, run, 0, shell.CancellationToken);
        shell.Answer(
            view.Document,
            console =>
            {
                view.Show(console);
                console.Say(
                    "It waits for a worker (almagest serve, almagest worker); follow it: "
                        + $"almagest runs follow {ConsoleText.Short(run.RunId)}"
                );
            }
        );
        return ExitCodes.Done;
    }

    /// <summary>How far a run is, a line for each stage and each quarter of it.</summary>
    private sealed class StageLines(CommandShell shell) : IProgress<RunProgress>
    {
        private readonly Lock _gate = new();
        private (string Stage, int Quarter) _last = ("", -1);

        public void Report(RunProgress value)
        {
            var now = (value.Stage, (int)(4 * Math.Clamp(value.Fraction, 0, 1)));
            lock (_gate)
            {
                if (now == _last)
                    return;
                _last = now;
                shell.Say(
                    value.Stage == "views"
                        ? RunStages.Describe(value.Stage)
                        : $"{Math.Floor(value.Percent)} % {RunStages.Describe(value.Stage)}"
                );
            }
        }
    }
}
