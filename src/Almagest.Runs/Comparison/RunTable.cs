using System.Text.Json;
using Almagest.Contract.Comparison;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views.RunStats;

namespace Almagest.Runs.Comparison;

/// <summary>Several runs side by side.</summary>
/// <param name="Runs">in the order in which they were asked for</param>
/// <param name="Differing">the parameters that are not the same in all of them</param>
/// <param name="SeedGroups">runs that are the same except for the seed</param>
/// <param name="Pairs">every pair, the most significant first</param>
public sealed record RunTable(
    IReadOnlyList<ComparedRun> Runs,
    IReadOnlyList<DifferingParameter> Differing,
    IReadOnlyList<SeedGroup> SeedGroups,
    IReadOnlyList<PairSignificance> Pairs
);

/// <summary>One run with its metrics.</summary>
/// <param name="Marked">stars that it flags, or leaves out of every cluster</param>
/// <param name="Stats">its row of <c>mv_discovery_run_stats</c>; null where the view does not show it yet</param>
/// <param name="MeanKappa">mean agreement of its marks with the other runs' (Cohen's kappa); null where none shares a star with it</param>
/// <param name="Draw">from 1: runs of one number share a fitted detector and are no independent witnesses (<see cref="ConsensusRun"/>);
/// over anomaly runs only, null for others</param>
/// <param name="Seconds">how long it took</param>
public sealed record ComparedRun(
    DiscoveryRun Run,
    string Dataset,
    long Marked,
    RunStatsRow? Stats,
    double? MeanKappa,
    int? Draw,
    double? Seconds
);

/// <summary>A parameter that differs among runs.</summary>
/// <param name="Name">as stored; also algorithm, dataset, selection, program_version</param>
/// <param name="Values">JSON of each run's value, in the order of the runs; null where a run has no such parameter</param>
public sealed record DifferingParameter(string Name, IReadOnlyList<string?> Values);

/// <summary>Runs with the same algorithm, parameters and selection, and different seeds.</summary>
/// <param name="Marked">of the numbers of marked stars</param>
/// <param name="MeanScore">of the mean scores of flagged stars; null where there are none</param>
/// <param name="Clusters">of the numbers of clusters; null for anomaly runs</param>
/// <param name="Kappa">of the agreement of its pairs</param>
/// <param name="Jaccard">of the similarity of its pairs</param>
public sealed record SeedGroup(
    IReadOnlyList<DiscoveryRun> Members,
    IReadOnlyList<long> Seeds,
    Spread Marked,
    Spread? MeanScore,
    Spread? Clusters,
    Spread? Kappa,
    Spread? Jaccard
);

/// <summary>Sets complete runs side by side: what differs between them, what each found, how they agree.</summary>
public sealed class RunTableReader(LedgerDatabase ledger)
{
    /// <param name="runs">complete; see <see cref="ComparedRuns"/></param>
    public async Task<RunTable> ReadAsync(IReadOnlyList<DiscoveryRun> runs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var sets = new RunSetReader(ledger);
        var marks = await sets.MarksAsync(runs, cancellationToken);
        var pairs = await WithRandIndicesAsync(sets, runs, PairSignificance.Matrix(runs, marks), cancellationToken);
        var ids = runs.Select(r => r.RunId).ToArray();
        var stats = (
            await ledger.ReadAsync(context => context.Set<RunStatsRow>().Where(s => ids.Contains(s.RunId)), cancellationToken)
        ).ToDictionary(s => s.RunId);
        var names = await new DatasetRepository(ledger).NamesAsync(cancellationToken);
        var kappas = runs.ToDictionary(
            r => r.RunId,
            r =>
                Spread
                    .Of([
                        .. pairs
                            .Where(p => p.Run1.RunId == r.RunId || p.Run2.RunId == r.RunId)
                            .Select(p => p.Overlap.Kappa)
                            .OfType<double>(),
                    ])
                    ?.Mean
        );
        var draws = runs.All(r => r.RunType == RunTypes.Anomaly) ? RunOrigin.Draws(runs) : null;
        var compared = runs.Select(
                (r, i) =>
                    new ComparedRun(
                        r,
                        names.GetValueOrDefault(r.DatasetId, ""),
                        marks[i].Marked.Count,
                        stats.GetValueOrDefault(r.RunId),
                        kappas[r.RunId],
                        draws?[i],
                        r is { StartedAt: { } start, CompletedAt: { } end } ? (end - start).TotalSeconds : null
                    )
            )
            .ToList();
        return new RunTable(compared, Differences(compared), Groups(compared, pairs), pairs);
    }

    private static async Task<IReadOnlyList<PairSignificance>> WithRandIndicesAsync(
        RunSetReader sets,
        IReadOnlyList<DiscoveryRun> runs,
        IReadOnlyList<PairSignificance> pairs,
        CancellationToken cancellationToken
    )
    {
        var clusterRuns = runs.Where(r => r.RunType == RunTypes.Cluster).ToList();
        if (clusterRuns.Count < 2)
            return pairs;
        var index = ClusterMatching.Agreement(
            await sets.ClustersAsync(clusterRuns, cancellationToken),
            cancellationToken: cancellationToken
        );
        var place = clusterRuns.Index().ToDictionary(r => r.Item.RunId, r => r.Index);
        return
        [
            .. pairs.Select(p =>
                p.Overlap.Shared > 0 && place.TryGetValue(p.Run1.RunId, out var i) && place.TryGetValue(p.Run2.RunId, out var j)
                    ? p with
                    {
                        AdjustedRandIndex = index[i, j],
                    }
                    : p
            ),
        ];
    }

    private static List<DifferingParameter> Differences(List<ComparedRun> runs)
    {
        var columns = runs.ConvertAll(r =>
        {
            var values = new Dictionary<string, string?>
            {
                ["algorithm"] = JsonSerializer.Serialize(r.Run.Algorithm),
                ["dataset"] = JsonSerializer.Serialize(r.Dataset),
                ["selection"] = JsonSerializer.Serialize(StarFilter.FromJson(r.Run.DatasetFilter).Describe()),
            };
            foreach (var (name, value) in RunParametersJson.Of(r.Run))
                values[name] = value?.ToJsonString() ?? "null";
            values["program_version"] = JsonSerializer.Serialize(r.Run.ProgramVersion);
            return values;
        });
        return
        [
            .. columns
                .SelectMany(c => c.Keys)
                .Distinct()
                .Select(name => new DifferingParameter(name, [.. columns.Select(c => c.GetValueOrDefault(name))]))
                .Where(p => p.Values.Distinct().Count() > 1),
        ];
    }

    private static List<SeedGroup> Groups(List<ComparedRun> runs, IReadOnlyList<PairSignificance> pairs)
    {
        var groups = new List<SeedGroup>();
        foreach (var group in runs.Where(r => r.Run.RandomSeed is not null).GroupBy(r => Key(r.Run)))
        {
            var members = group.OrderBy(r => r.Run.RandomSeed).ThenBy(r => r.Run.RunId).ToList();
            if (members.Select(m => m.Run.RandomSeed).Distinct().Count() < 2)
                continue;
            var ids = members.Select(m => m.Run.RunId).ToHashSet();
            var own = pairs.Where(p => ids.Contains(p.Run1.RunId) && ids.Contains(p.Run2.RunId)).ToList();
            var isCluster = members[0].Run.RunType == RunTypes.Cluster;
            groups.Add(
                new SeedGroup(
                    [.. members.Select(m => m.Run)],
                    [.. members.Select(m => m.Run.RandomSeed!.Value)],
                    Spread.Of([.. members.Select(m => (double)m.Marked)])!,
                    Spread.Of([.. members.Select(m => m.Stats?.AvgAnomalyScore).OfType<double>()]),
                    isCluster ? Spread.Of([.. members.Where(m => m.Stats is not null).Select(m => (double)m.Stats!.ClusterCount)]) : null,
                    Spread.Of([.. own.Select(p => p.Overlap.Kappa).OfType<double>()]),
                    Spread.Of([.. own.Select(p => p.Overlap.Jaccard)])
                )
            );
        }
        return groups;

        static (string, long, string, string) Key(DiscoveryRun run)
        {
            var parameters = RunParametersJson.Of(run);
            parameters.Remove("random_state");
            parameters.Remove(RunParameters.DrawsName);
            return (run.Algorithm, run.DatasetId, run.DatasetFilter, parameters.ToJsonString());
        }
    }
}
