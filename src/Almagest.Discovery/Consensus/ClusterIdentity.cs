namespace Almagest.Discovery.Consensus;

/// <summary>One cluster of one run.</summary>
/// <param name="Members">star ids, each once</param>
public sealed record LabelledCluster(int ClusterId, long[] Members);

/// <summary>The clusters of one run, and all stars that it analysed, noise included. Runs over one selection share one set.</summary>
public sealed record ClusteredRun(Statistics.StarSet Analysed, IReadOnlyList<LabelledCluster> Clusters);

/// <summary>A cluster that is the same one in several runs, recognised by its members.</summary>
/// <param name="Anchor">the cluster in which it was first seen: in the earliest run of the matching order that has it</param>
/// <param name="Found">the anchor and the clusters matched to it, at most one a run, in the order of the runs</param>
/// <param name="Covered">runs that analysed any of the anchor's stars</param>
/// <param name="Stability">mean over the other covered runs of the greatest Jaccard similarity of any cluster with the anchor (Hennig
/// 2007); null where there is no other</param>
/// <param name="CoreSize">stars with a membership probability above ½</param>
/// <param name="Events">splits and merges, in the order of the runs</param>
public sealed record ClusterIdentity(
    IdentityMatch Anchor,
    IReadOnlyList<IdentityMatch> Found,
    int Covered,
    double? Stability,
    int CoreSize,
    IReadOnlyList<ClusterEvent> Events
)
{
    /// <summary>The likeliest members, the surest first, then by id; as many as were asked for.</summary>
    public IReadOnlyList<MembershipProbability> Members { get; init; } = [];

    /// <summary>Stars that are members in at least one run.</summary>
    public int MemberCount { get; init; }
}

/// <summary>A cluster of a run that is the identity's.</summary>
/// <param name="Run">number of the run, as they were given</param>
/// <param name="Size">its members, all of them</param>
/// <param name="Jaccard">its Jaccard similarity with the anchor, among the stars that both runs analysed; 1 for the anchor</param>
public sealed record IdentityMatch(int Run, int ClusterId, int Size, double Jaccard);

/// <summary>How surely a star belongs to an identity.</summary>
/// <param name="In">runs in which it does</param>
/// <param name="Of">runs that analysed it</param>
public sealed record MembershipProbability(long StarId, int In, int Of)
{
    /// <summary>In / Of: the share of evidence (Fred and Jain 2005), accumulated for the identity instead of for pairs of stars.</summary>
    public double Probability => (double)In / Of;
}

/// <summary>What became of an identity in a run other than its anchor's.</summary>
public enum ClusterEventKind
{
    /// <summary>Several clusters of the run are parts of it.</summary>
    Split,

    /// <summary>One cluster of the run holds it together with another identity.</summary>
    Merge,
}

/// <summary>A split or a merge of an identity in one run.</summary>
/// <param name="ClusterIds">the parts, largest first; or the one cluster that holds several identities</param>
/// <param name="With">of a merge: the other identities in that cluster, as numbers in the list of identities; empty for a split</param>
public sealed record ClusterEvent(ClusterEventKind Kind, int Run, IReadOnlyList<int> ClusterIds, IReadOnlyList<int> With);
