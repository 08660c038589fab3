namespace Almagest.Discovery.Clustering;

/// <summary>Which clusters of the hierarchy HDBSCAN answers with.</summary>
public enum ClusterSelection
{
    /// <summary>The set of clusters with the largest total stability (excess of mass).</summary>
    ExcessOfMass,

    /// <summary>The clusters that split no further: more, smaller and more even ones.</summary>
    Leaf,
}

/// <summary>The parameters of HDBSCAN.</summary>
/// <remarks>
/// <see cref="MinClusterSize"/> is the one to choose: the smallest group worth a name. A larger <see cref="MinSamples"/>
/// smooths the density and leaves more stars as noise.
/// </remarks>
public sealed record HdbscanOptions
{
    /// <summary>The fewest stars of a cluster, ≥ 2.</summary>
    public int MinClusterSize { get; init; } = 15;

    /// <summary>
    /// A star's core distance reaches its neighbour of this rank, itself counted as the first, ≥ 1; null = min_cluster_size.
    /// As in the paper and scikit-learn; the hdbscan package does not count the star itself (its 9 is 10 here).
    /// </summary>
    public int? MinSamples { get; init; }

    public ClusterSelection Selection { get; init; } = ClusterSelection.ExcessOfMass;

    /// <summary>
    /// Whether excess of mass may choose the whole as the only cluster, as in the hdbscan package and scikit-learn: its members are the stars that
    /// outlast the first time it falls apart into parts of <see cref="MinClusterSize"/> or, where it never does, the last ones to leave. False: one
    /// single clump has no clusters.
    /// </summary>
    public bool AllowSingleCluster { get; init; }

    /// <summary>The most threads to use; 0 = one a processor. The labels do not depend on it.</summary>
    public int MaxThreads { get; init; }

    /// <exception cref="DiscoveryException">a parameter is out of range</exception>
    public void Validate()
    {
        CheckMinClusterSize(MinClusterSize);
        CheckMinSamples(MinSamples ?? MinClusterSize);
        CheckThreads(MaxThreads);
        if (AllowSingleCluster && Selection == ClusterSelection.Leaf)
            throw new DiscoveryException("allow_single_cluster means nothing to leaf selection, for the whole is no leaf; leave it out, or select by excess of mass");
        if (!Enum.IsDefined(Selection))
            throw new DiscoveryException($"selection is {Selection}; expected {ClusterSelection.ExcessOfMass} or {ClusterSelection.Leaf}");
    }

    internal static void CheckMinClusterSize(int size)
    {
        if (size < 2) throw new DiscoveryException($"min_cluster_size is {size}; HDBSCAN needs 2 or more");
    }

    internal static void CheckMinSamples(int samples)
    {
        if (samples < 1) throw new DiscoveryException($"min_samples is {samples}; HDBSCAN needs 1 or more (the star itself counts)");
    }

    internal static void CheckThreads(int threads)
    {
        if (threads < 0) throw new DiscoveryException($"max_threads is {threads}; expected 0 (one thread a processor) or a positive number");
    }
}
