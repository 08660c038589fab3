using System.CommandLine;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Discovery.Features;
using Almagest.Runs.Requests;

namespace Almagest.Cli.Commands;

/// <summary><c>discover clusters</c>: DBSCAN, or HDBSCAN with one or several cluster sizes.</summary>
internal static class DiscoverClustersCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var (dbscan, hdbscan) = (new DbscanParameters(), new HdbscanParameters());
        var algorithm = Values.Text("--algorithm", "NAME", $"{DbscanParameters.Name} (default), or {HdbscanParameters.Name}: clusters of any density, no eps");
        var eps = Values.Real("--eps", "D", $"Largest distance of neighbours, in standard deviations of the features, above 0 (default {dbscan.Eps}); 'discover k-distance' suggests one");
        var minSamples = Values.Whole("--min-samples", "N", $"Neighbours that make a core star, itself included (default {dbscan.MinSamples}; hdbscan: min-cluster-size)", int.MinValue, int.MaxValue);
        var sizes = Values.WholeList("--min-cluster-size", "N[,N…]",
            $"hdbscan: least stars of a cluster (default {hdbscan.MinClusterSize}); a list makes one run each, all from one tree where --min-samples is given");
        var selection = Values.Text("--cluster-selection", "eom|leaf", $"hdbscan: excess of mass, or the leaves of the tree (default {hdbscan.ClusterSelectionMethod})");
        var single = Values.Flag("--allow-single-cluster", "hdbscan with eom: all stars may be one cluster, whose members are those that stay until it first falls apart");
        var common = new RunOptions(RecipeChoice.ClusterOrder);
        var command = new DescribedCommand("clusters", "Find groups of stars with DBSCAN or HDBSCAN",
            "almagest discover clusters --dataset praesepe --features astrometric --eps 0.09 --min-samples 15",
            "almagest discover clusters --dataset praesepe --features astrometric --algorithm hdbscan --min-cluster-size 50 --min-samples 15",
            "almagest discover clusters --dataset praesepe --algorithm hdbscan --min-cluster-size 10,20,50,100 --min-samples 10",
            "almagest discover clusters --dataset gaia-100pc --filter 'magnitude=..12' --no-save")
        {
            algorithm, eps, minSamples, sizes, selection, single,
        };
        common.AddTo(command);
        command.SetAction((parsed, _) => DiscoverCommands.RunAsync(shell, parsed, global, common, Parameters(parsed)));
        return command;

        RunParameters[] Parameters(ParseResult parsed)
        {
            var features = parsed.GetValue(common.Features);
            switch (parsed.GetValue(algorithm))
            {
                case null or DbscanParameters.Name:
                    foreach (var option in new Option[] { sizes, selection, single }) Refuse(parsed, option, DbscanParameters.Name);
                    return [new DbscanParameters { Eps = parsed.GetValue(eps) ?? dbscan.Eps, MinSamples = (int)(parsed.GetValue(minSamples) ?? dbscan.MinSamples), Features = features }];
                case HdbscanParameters.Name:
                    Refuse(parsed, eps, HdbscanParameters.Name);
                    // The parser answers an empty list where none is given.
                    var wanted = parsed.GetValue(sizes) is { Length: > 0 } given ? given : [hdbscan.MinClusterSize];
                    return [.. wanted.Select(size => new HdbscanParameters
                    {
                        MinClusterSize = size, MinSamples = (int?)parsed.GetValue(minSamples), ClusterSelectionMethod = parsed.GetValue(selection) ?? hdbscan.ClusterSelectionMethod,
                        AllowSingleCluster = parsed.GetValue(single), Features = features,
                    })];
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
}
