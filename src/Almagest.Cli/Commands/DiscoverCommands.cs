using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Discovery.Features;
using Almagest.Ledger;
using Almagest.Ledger.Runs;
using Almagest.Ledger.Selections;

namespace Almagest.Cli.Commands;

/// <summary><c>discover anomalies</c> and <c>discover clusters</c>: one run.</summary>
internal static class DiscoverCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) => new DescribedCommand("discover",
        "Run one discovery over a dataset, and keep what it finds",
        "almagest discover anomalies --dataset gaia-100pc --contamination 0.02",
        "almagest discover clusters --dataset pleiades --features astrometric --eps 0.3 --min-samples 15")
    {
        Anomalies(shell, global),
        Clusters(shell, global),
        KDistanceCommand.Create(shell, global),
    };

    static DescribedCommand Anomalies(CommandShell shell, GlobalOptions global)
    {
        var defaults = new IsolationForestParameters();
        var contamination = Values.Real("--contamination", "SHARE", $"Share of stars to flag, in (0, 0.5] (default {defaults.Contamination})");
        var trees = Values.Whole("--trees", "N", $"Trees, 1 to 10000 (default {defaults.NEstimators})", int.MinValue, int.MaxValue, "--n-estimators");
        var subsample = Values.Whole("--subsample", "N", $"Stars drawn for each tree, 2 to 65536 (default {defaults.MaxSamples})", int.MinValue, int.MaxValue, "--max-samples");
        var seed = Values.Whole("--seed", "S", $"Random seed: the same seed gives the same rows (default {defaults.RandomState})", long.MinValue, long.MaxValue, "--random-state");
        var common = new RunOptions();
        var command = new DescribedCommand("anomalies", "Find unusual stars with an isolation forest",
            "almagest discover anomalies --dataset gaia-100pc",
            "almagest discover anomalies --dataset gaia-100pc --features photometric --contamination 0.05 --trees 400",
            "almagest discover anomalies --dataset gaia-100pc --filter 'cone=56.75,24.1,10 parallax_over_error=10..' --json")
        {
            contamination, trees, subsample, seed,
        };
        common.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(shell, parsed, global, common, new IsolationForestParameters
        {
            Contamination = parsed.GetValue(contamination) ?? defaults.Contamination,
            NEstimators = (int)(parsed.GetValue(trees) ?? defaults.NEstimators),
            MaxSamples = (int)(parsed.GetValue(subsample) ?? defaults.MaxSamples),
            RandomState = parsed.GetValue(seed) ?? defaults.RandomState,
            Features = parsed.GetValue(common.Features) ?? defaults.Features,
        }));
        return command;
    }

    static DescribedCommand Clusters(CommandShell shell, GlobalOptions global)
    {
        var defaults = new DbscanParameters();
        var eps = Values.Real("--eps", "D", $"Largest distance of neighbours, in standard deviations of the features, above 0 (default {defaults.Eps})");
        var minSamples = Values.Whole("--min-samples", "N", $"Neighbours that make a core star, itself included (default {defaults.MinSamples})", int.MinValue, int.MaxValue);
        var algorithm = Values.Text("--algorithm", "NAME", $"{DbscanParameters.Name} (default), or {HdbscanParameters.Name}: clusters of any density, no eps");
        var hdefaults = new HdbscanParameters();
        var minClusterSize = Values.Whole("--min-cluster-size", "N", $"hdbscan: least stars of a cluster (default {hdefaults.MinClusterSize})", int.MinValue, int.MaxValue);
        var selection = Values.Text("--cluster-selection", "eom|leaf", $"hdbscan: excess of mass, or the leaves of the tree (default {hdefaults.ClusterSelectionMethod})");
        var common = new RunOptions();
        var command = new DescribedCommand("clusters", "Find groups of stars with DBSCAN or HDBSCAN",
            "almagest discover clusters --dataset praesepe --features astrometric --eps 0.25 --min-samples 15",
            "almagest discover clusters --dataset praesepe --features astrometric --algorithm hdbscan --min-cluster-size 50 --min-samples 15",
            "almagest discover clusters --dataset gaia-100pc --filter 'magnitude=..12' --no-save")
        {
            algorithm, eps, minSamples, minClusterSize, selection,
        };
        common.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(shell, parsed, global, common, Parameters(parsed)));
        return command;

        RunParameters Parameters(ParseResult parsed)
        {
            var features = parsed.GetValue(common.Features) ?? defaults.Features;
            switch (parsed.GetValue(algorithm))
            {
                case null or DbscanParameters.Name:
                    Refuse(parsed, minClusterSize, DbscanParameters.Name);
                    Refuse(parsed, selection, DbscanParameters.Name);
                    return new DbscanParameters { Eps = parsed.GetValue(eps) ?? defaults.Eps, MinSamples = (int)(parsed.GetValue(minSamples) ?? defaults.MinSamples), Features = features };
                case HdbscanParameters.Name:
                    Refuse(parsed, eps, HdbscanParameters.Name);
                    return new HdbscanParameters
                    {
                        MinClusterSize = (int)(parsed.GetValue(minClusterSize) ?? hdefaults.MinClusterSize), MinSamples = (int?)parsed.GetValue(minSamples),
                        ClusterSelectionMethod = parsed.GetValue(selection) ?? hdefaults.ClusterSelectionMethod, Features = features,
                    };
                case var other:
                    throw LedgerException.Invalid("algorithm", $"there is no clustering algorithm '{other}'", $"Choose {DbscanParameters.Name} or {HdbscanParameters.Name}.");
            }
        }
    }

    // An option that would be ignored is a misunderstanding.
    static void Refuse(ParseResult parsed, Option option, string algorithm)
    {
        if (parsed.GetResult(option) is { Implicit: false })
            throw LedgerException.Invalid(option.Name.TrimStart('-'), $"{option.Name} means nothing to {algorithm}", "Leave it out, or choose another --algorithm.");
    }

    static async Task<int> RunAsync(CommandShell shell, ParseResult parsed, GlobalOptions global, RunOptions options, RunParameters parameters)
    {
        // What can be told wrong without a database is.
        parameters.Validate();
        var filter = StarFilterText.Parse(parsed.GetValue(options.Filter));
        await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
        var dataset = await DatasetChoice.ResolveAsync(session.Ledger, parsed.GetValue(options.Dataset), shell.Cancellation);
        var service = new DiscoveryService(session.Ledger) { MaxThreads = (int)(parsed.GetValue(options.Threads) ?? 0) };
        var request = new RunRequest(dataset.Name, filter, parameters);
        var outcome = await ProgressDisplay.ShowAsync(shell, "starting", progress =>
        {
            var relay = RunStages.Relay(progress);
            return parsed.GetValue(options.NoSave)
                ? service.PreviewAsync(request, relay, shell.Cancellation)
                : service.RunAsync(request, relay, shell.Cancellation);
        });
        var report = await DiscoveryReport.CreateAsync(session.Ledger, outcome, (int)(parsed.GetValue(options.Top) ?? RunOptions.DefaultTop), shell.Cancellation);
        shell.Answer(report.Document, report.Show);
        return CommandLine.Done;
    }

    /// <summary>The options of every run.</summary>
    sealed class RunOptions
    {
        public const int DefaultTop = 10;

        public Option<string?> Dataset { get; } = Values.Text("--dataset", "NAME", "The dataset, by name or number; may be left out where there is just one", "-d");

        public Option<string?> Filter { get; } = Values.Text("--filter", "TERMS",
            "Which of its stars, e.g. 'cone=56.75,24.1,2 magnitude=..15 parallax_over_error=5..', or the JSON of the API", "-f");

        public Option<string?> Features { get; } = Values.Text("--features", "RECIPE",
            $"Feature recipe, or several joined by '+': {string.Join(", ", FeatureRecipes.All.Select(r => r.Name == FeatureRecipes.Default ? r.Name + " (where none is named)" : r.Name))}");

        public Option<bool> NoSave { get; } = Values.Flag("--no-save", "Only print what is found; the ledger keeps nothing");

        public Option<long?> Top { get; } = Values.Whole("--top", "N", $"How many stars or clusters to print (default {DefaultTop})", 0, 10_000);

        public Option<long?> Threads { get; } = Values.Whole("--threads", "N", "Threads to use; never changes a result (default: one per core)", 1, 1024);

        public void AddTo(Command command)
        {
            foreach (var option in new Option[] { Dataset, Filter, Features, NoSave, Top, Threads }) command.Add(option);
        }
    }
}
