using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Consensus;

/// <summary>What is to be reported of identities.</summary>
public sealed record ClusterMatchingOptions
{
    /// <summary>Least Jaccard similarity of clusters that are the same one, (0, 1].</summary>
    public double MinJaccard { get; init; } = 0.2;

    /// <summary>Most identities, those found in most runs first.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Most members listed of each.</summary>
    public int Members { get; init; }

    /// <summary>0 = one per core. Never changes an answer.</summary>
    public int MaxThreads { get; init; }
}

/// <summary>The identities of several runs' clusters.</summary>
/// <param name="Identities">those found in most runs first, then the larger</param>
/// <param name="Total">identities altogether</param>
/// <param name="Order">the runs in matching order: the most typical first</param>
/// <param name="MeanAgreement">of each run as given: its mean adjusted Rand index with the others; 0 where there is no other</param>
public sealed record ClusterIdentities(
    IReadOnlyList<ClusterIdentity> Identities,
    int Total,
    IReadOnlyList<int> Order,
    IReadOnlyList<double> MeanAgreement
);

/// <summary>
/// Recognises clusters across runs by their members. Runs are taken in the order of their mean agreement with the others; each in turn
/// gives its clusters that have no identity yet as anchors of new ones, and every later run's free clusters are matched to these anchors by
/// the assignment with the greatest sum of Jaccard similarities. So each cluster has one identity, and no identity two clusters of one run.
/// </summary>
public static class ClusterMatching
{
    // The thresholds of MONIC (Spiliopoulou et al. 2006): half makes a cluster the heir of another, a tenth is worth naming.
    private const double Mostly = 0.5,
        Worth = 0.1;

    /// <param name="runs">in the order of their ids: ties are decided by it</param>
    public static ClusterIdentities Match(
        IReadOnlyList<ClusteredRun> runs,
        ClusterMatchingOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(runs);
        options ??= new ClusterMatchingOptions();
        if (!(options.MinJaccard > 0 && options.MinJaccard <= 1))
            throw new ArgumentOutOfRangeException(nameof(options), options.MinJaccard, "the least Jaccard similarity lies in (0, 1]");
        var table = new ClusterLabelTable(runs, cancellationToken);
        var agreement = MeanAgreement(table, runs.Count, options.MaxThreads, cancellationToken);
        // Rounded, so that the order of a sum cannot decide.
        var order = Enumerable.Range(0, runs.Count).OrderByDescending(r => Math.Round(agreement[r], 12)).ThenBy(r => r).ToArray();
        var drafts = Drafts(runs, table, order, options, cancellationToken);
        var ranked = drafts
            .OrderByDescending(d => d.Found.Count)
            .ThenByDescending(d => table.Members[d.Run][d.Cluster].Length)
            .ThenBy(d => d.Run)
            .ThenBy(d => d.Cluster)
            .ToList();
        var reported = ranked.Take(options.Limit).ToList();
        var identities = new ClusterIdentity[reported.Count];
        RowBlocks.For(
            reported.Count,
            options.MaxThreads,
            i => identities[i] = Describe(runs, table, reported[i], options),
            cancellationToken
        );
        Merges(runs, table, reported, identities);
        return new ClusterIdentities(identities, ranked.Count, order, agreement);
    }

    /// <summary>Adjusted Rand index of every pair of runs, over the stars that both analysed, noise as a group; 1 on the
    /// diagonal.</summary>
    public static double[,] Agreement(IReadOnlyList<ClusteredRun> runs, int maxThreads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return Agreement(new ClusterLabelTable(runs, cancellationToken), runs.Count, maxThreads, cancellationToken);
    }

    private static double[,] Agreement(ClusterLabelTable table, int runs, int maxThreads, CancellationToken cancellationToken)
    {
        var pairs = new double[runs, runs];
        RowBlocks.For(
            runs,
            maxThreads,
            i =>
            {
                pairs[i, i] = 1;
                for (var j = 0; j < i; j++)
                    pairs[i, j] = pairs[j, i] = table.AdjustedRandIndex(i, j);
            },
            cancellationToken
        );
        return pairs;
    }

    private static double[] MeanAgreement(ClusterLabelTable table, int runs, int maxThreads, CancellationToken cancellationToken)
    {
        var pairs = Agreement(table, runs, maxThreads, cancellationToken);
        var mean = new double[runs];
        for (var i = 0; i < runs; i++)
        {
            for (var j = 0; j < runs; j++)
                mean[i] += i == j ? 0 : pairs[i, j] / Math.Max(1, runs - 1);
        }
        return mean;
    }

    private static List<Draft> Drafts(
        IReadOnlyList<ClusteredRun> runs,
        ClusterLabelTable table,
        int[] order,
        ClusterMatchingOptions options,
        CancellationToken cancellationToken
    )
    {
        var free = table.Members.Select(clusters => clusters.Select(_ => true).ToArray()).ToArray();
        var drafts = new List<Draft>();
        for (var at = 0; at < order.Length; at++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var run = order[at];
            var anchors = Enumerable.Range(0, free[run].Length).Where(c => free[run][c]).Select(c => new Draft(run, c)).ToList();
            foreach (var anchor in anchors)
                anchor.Found[run] = (anchor.Cluster, 1);
            var later = order[(at + 1)..];
            var matches = new IReadOnlyList<MatchCandidate>[later.Length];
            RowBlocks.For(
                later.Length,
                options.MaxThreads,
                l => matches[l] = Assignment.Maximize(Candidates(runs, table, anchors, later[l], free[later[l]], options.MinJaccard)),
                cancellationToken
            );
            for (var l = 0; l < later.Length; l++)
            {
                foreach (var match in matches[l])
                {
                    anchors[match.Row].Found[later[l]] = (match.Column, match.Weight);
                    free[later[l]][match.Column] = false;
                }
            }
            drafts.AddRange(anchors);
        }
        return drafts;
    }

    private static List<MatchCandidate> Candidates(
        IReadOnlyList<ClusteredRun> runs,
        ClusterLabelTable table,
        List<Draft> anchors,
        int run,
        bool[] free,
        double minJaccard
    )
    {
        var candidates = new List<MatchCandidate>();
        if (!free.Contains(true))
            return candidates;
        for (var a = 0; a < anchors.Count; a++)
        {
            foreach (var (cluster, jaccard) in Similarities(runs, table, anchors[a], run).Jaccard)
            {
                if (free[cluster] && jaccard >= minJaccard)
                    candidates.Add(new MatchCandidate(a, cluster, jaccard));
            }
        }
        return candidates;
    }

    /// <summary>How an anchor meets a run's clusters, among the stars that both runs analysed.</summary>
    private static ClusterOverlaps Similarities(IReadOnlyList<ClusteredRun> runs, ClusterLabelTable table, Draft anchor, int run)
    {
        var (size, overlaps) = table.Count(run, table.Members[anchor.Run][anchor.Cluster]);
        var sizes = table.SizesWithin(runs[anchor.Run].Analysed)[run];
        return new ClusterOverlaps(
            size,
            overlaps,
            sizes,
            [.. overlaps.Select(o => (o.Key, (double)o.Value / (size + sizes[o.Key] - o.Value))).OrderBy(o => o.Key)]
        );
    }

    private static ClusterIdentity Describe(
        IReadOnlyList<ClusteredRun> runs,
        ClusterLabelTable table,
        Draft draft,
        ClusterMatchingOptions options
    )
    {
        var (covered, others, sum) = (1, 0, 0.0);
        var events = new List<ClusterEvent>();
        for (var run = 0; run < runs.Count; run++)
        {
            if (run == draft.Run)
                continue;
            var meeting = Similarities(runs, table, draft, run);
            if (meeting.Size == 0)
                continue;
            covered++;
            others++;
            sum += meeting.Jaccard.Select(j => j.Jaccard).DefaultIfEmpty(0).Max();
            var parts = meeting
                .Overlaps.Where(o => o.Value >= Worth * meeting.Size && o.Value >= Mostly * meeting.Sizes[o.Key])
                .OrderByDescending(o => o.Value)
                .ThenBy(o => o.Key)
                .ToList();
            if (parts.Count >= 2 && parts.Sum(p => p.Value) >= Mostly * meeting.Size)
                events.Add(new ClusterEvent(ClusterEventKind.Split, run, [.. parts.Select(p => runs[run].Clusters[p.Key].ClusterId)], []));
        }
        var (members, memberCount, core) = Members(table, draft, options.Members);
        var found = draft.Found.OrderBy(f => f.Key).Select(f => Of(runs, f.Key, f.Value.Cluster, f.Value.Jaccard)).ToList();
        return new ClusterIdentity(Of(runs, draft.Run, draft.Cluster, 1), found, covered, others == 0 ? null : sum / others, core, events)
        {
            Members = members,
            MemberCount = memberCount,
        };
    }

    private static IdentityMatch Of(IReadOnlyList<ClusteredRun> runs, int run, int cluster, double jaccard) =>
        new(run, runs[run].Clusters[cluster].ClusterId, runs[run].Clusters[cluster].Members.Length, jaccard);

    private static (IReadOnlyList<MembershipProbability> Listed, int Count, int Core) Members(
        ClusterLabelTable table,
        Draft draft,
        int limit
    )
    {
        var counts = new Dictionary<int, int>();
        foreach (var (run, (cluster, _)) in draft.Found)
        {
            foreach (var star in table.Members[run][cluster])
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, star, out _)++;
        }
        var core = counts.Count(c => 2 * c.Value > table.AnalysedBy[c.Key]);
        var listed =
            limit == 0
                ? []
                : counts
                    .Select(c => new MembershipProbability(table.Stars[c.Key], c.Value, table.AnalysedBy[c.Key]))
                    .OrderByDescending(m => m.Probability)
                    .ThenByDescending(m => m.In)
                    .ThenBy(m => m.StarId)
                    .Take(limit)
                    .ToList();
        return (listed, counts.Count, core);
    }

    /// <summary>Adds the merges: clusters of a run that mostly hold two or more identities with anchors in one other run.</summary>
    private static void Merges(
        IReadOnlyList<ClusteredRun> runs,
        ClusterLabelTable table,
        List<Draft> reported,
        ClusterIdentity[] identities
    )
    {
        foreach (var sameRun in reported.Index().GroupBy(d => d.Item.Run))
        {
            for (var run = 0; run < runs.Count; run++)
            {
                if (run == sameRun.Key)
                    continue;
                var holders = new List<(int Identity, int Cluster)>();
                foreach (var (number, draft) in sameRun)
                {
                    var meeting = Similarities(runs, table, draft, run);
                    foreach (var (cluster, shared) in meeting.Overlaps)
                    {
                        if (shared >= Mostly * meeting.Size && shared >= Worth * meeting.Sizes[cluster])
                            holders.Add((number, cluster));
                    }
                }
                foreach (var merged in holders.GroupBy(h => h.Cluster).Where(g => g.Count() > 1).OrderBy(g => g.Key))
                {
                    var all = merged.Select(m => m.Identity).Order().ToList();
                    foreach (var identity in all)
                    {
                        var merge = new ClusterEvent(
                            ClusterEventKind.Merge,
                            run,
                            [runs[run].Clusters[merged.Key].ClusterId],
                            [.. all.Where(i => i != identity)]
                        );
                        identities[identity] = identities[identity] with
                        {
                            Events = [.. identities[identity].Events.Append(merge).OrderBy(e => e.Run)],
                        };
                    }
                }
            }
        }
    }

    /// <summary>An identity in the making.</summary>
    private sealed record Draft(int Run, int Cluster)
    {
        public Dictionary<int, (int Cluster, double Jaccard)> Found { get; } = [];
    }

    /// <param name="Size">of the anchor, in stars that the run analysed</param>
    /// <param name="Overlaps">by cluster: how many of them are in it</param>
    /// <param name="Sizes">of the clusters, in stars that the anchor's run analysed</param>
    private readonly record struct ClusterOverlaps(
        int Size,
        Dictionary<int, int> Overlaps,
        int[] Sizes,
        IReadOnlyList<(int Cluster, double Jaccard)> Jaccard
    );
}
