using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Recovery;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Recovery;

namespace Almagest.Cli.Commands;

/// <summary><c>runs recovery</c>: plants stars of known properties, and counts what the run's algorithm finds.</summary>
internal static class RunRecoveryCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id();
        var plant = OptionFactory.Choice(
            "--plant",
            "What to plant (default: outliers for an anomaly run, clusters for a cluster run)",
            RecoverySettings.Outliers,
            RecoverySettings.Clusters
        );
        var traits = OptionFactory.Text(
            "--traits",
            "T[,T…]",
            "In what outliers are odd: color, magnitude, motion (default: all that the run's features show)"
        );
        var contrasts = OptionFactory.RealList(
            "--contrasts",
            "C[,C…]",
            "How odd, in spreads of the trait; 0 = ordinary stars, the control (default 0,1,2,3,4,6)"
        );
        var stars = OptionFactory.Whole(
            "--stars",
            "N",
            "Outliers in each repetition (default: a hundredth of the stars, at most a fifth of what the run flags)",
            1,
            int.MaxValue
        );
        var members = OptionFactory.WholeList("--members", "N[,N…]", "Members of the clusters (default 25,50,100,200)");
        var distances = OptionFactory.RealList(
            "--distances",
            "PC[,PC…]",
            "Distances of the clusters in parsecs (default: the quartiles of the selection's)"
        );
        var spreads = OptionFactory.RealList("--spreads", "PC[,PC…]", "Standard deviations of the members' places in parsecs (default 2)");
        var dispersions = OptionFactory.RealList(
            "--dispersions",
            "M[,M…]",
            "Standard deviations of their proper motions in mas/yr (default: 0.6 km/s at the distance)"
        );
        var repetitions = OptionFactory.Whole(
            "--repetitions",
            "N",
            "How often each is planted; each time is one run (default 10)",
            1,
            RecoverySettings.MostRuns
        );
        var seed = OptionFactory.Whole("--seed", "S", "The same seed plants the same stars (default 42)", long.MinValue, long.MaxValue);
        var threads = OptionFactory.Whole("--threads", "N", "Threads to use; never changes a result (default: one per core)", 1, 1024);
        var command = new DescribedCommand(
            "recovery",
            "Injection and recovery: plant stars of known properties into a run's selection, in memory, and count what its algorithm finds",
            "almagest runs recovery 1f0c2a9e",
            "almagest runs recovery 1f0c2a9e --traits color --contrasts 0,2,4,8 --repetitions 50",
            "almagest runs recovery 77ab03d1 --members 30,100 --distances 130,400 --spreads 1,3"
        )
        {
            id,
            plant,
            traits,
            contrasts,
            stars,
            members,
            distances,
            spreads,
            dispersions,
            repetitions,
            seed,
            threads,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                // The parser answers an empty list where none is given.
                T[]? List<T>(Option<T[]?> option) => parsed.GetValue(option) is { Length: > 0 } given ? given : null;
                var settings = new RecoverySettings
                {
                    Plant = parsed.GetValue(plant),
                    Traits = parsed.GetValue(traits)?.Split(',', StringSplitOptions.TrimEntries),
                    Contrasts = List(contrasts),
                    Stars = (int?)parsed.GetValue(stars),
                    Members = List(members),
                    DistancesPc = List(distances),
                    SpreadsPc = List(spreads),
                    DispersionsMasYr = List(dispersions),
                    Repetitions = (int?)parsed.GetValue(repetitions),
                    Seed = parsed.GetValue(seed),
                };
                settings.Validate();
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                var trials = new RecoveryTrials(session.Ledger) { MaxThreads = (int)(parsed.GetValue(threads) ?? 0) };
                var report = await ProgressDisplay.ShowAsync(
                    shell,
                    "starting",
                    progress => trials.RunAsync(run.RunId, settings, RunStages.Relay(progress), shell.CancellationToken)
                );
                shell.Answer(report, console => RecoveryView.Show(console, report, run));
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
