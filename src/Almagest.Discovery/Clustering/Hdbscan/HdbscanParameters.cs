using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Clustering.Hdbscan;

/// <summary>The parameters of HDBSCAN.</summary>
/// <remarks>
/// <see cref="MinClusterSize"/> is the one to choose: the smallest group worth a name. A larger <see cref="MinSamples"/>
/// smooths the density and leaves more stars as noise.
/// </remarks>
public sealed record HdbscanParameters : RunParameters
{
    public const string Name = "hdbscan";

    private const string ExcessOfMass = "eom",
        Leaf = "leaf";

    [Parameter(
        "Least stars of a cluster",
        Label = "Least stars of a cluster",
        Min = 2,
        Unit = "stars",
        Advice = "Groups that are smaller are noise."
    )]
    public int MinClusterSize { get; init; } = 15;

    /// <summary>
    /// A star's core distance reaches its neighbour of this rank, itself counted as the first; null = min_cluster_size.
    /// As in the paper and scikit-learn; the hdbscan package does not count the star itself (its 9 is 10 here).
    /// </summary>
    [Parameter(
        "Neighbours whose distance is a star's core distance, itself included",
        Label = "Least neighbours",
        Min = 1,
        WhenNull = "min_cluster_size"
    )]
    public int? MinSamples { get; init; }

    [Parameter(
        "Excess of mass, or the leaves of the tree",
        Label = "Selection",
        Choices = [ExcessOfMass, Leaf],
        Option = "cluster-selection",
        Advice = "Leaves are smaller and more alike in size."
    )]
    public string ClusterSelectionMethod { get; init; } = ExcessOfMass;

    /// <summary>
    /// Whether excess of mass may choose the whole as the only cluster, as in the hdbscan package and scikit-learn: its members are the
    /// stars that outlast the first time it falls apart into parts of <see cref="MinClusterSize"/> or, where it never does, the last ones
    /// to leave. False: one single clump has no clusters.
    /// </summary>
    [Parameter(
        "With eom all stars may be one cluster, whose members are those that stay until it first falls apart",
        Label = "All stars may be one cluster"
    )]
    public bool AllowSingleCluster { get; init; }

    public override Algorithm Algorithm => HdbscanAlgorithm.Instance;

    internal ClusterSelection Selection => ClusterSelectionMethod == Leaf ? ClusterSelection.Leaf : ClusterSelection.ExcessOfMass;

    public override IReadOnlyList<string> Summary =>
        [$"size {MinClusterSize}", $"min {MinSamples ?? MinClusterSize}", ClusterSelectionMethod + (AllowSingleCluster ? " or all" : "")];

    public override IReadOnlyList<string> Details(bool brief) => [];

    protected override void ValidateTogether()
    {
        if (AllowSingleCluster && Selection == ClusterSelection.Leaf)
        {
            throw new ParameterException(
                "allow_single_cluster",
                "allow_single_cluster is True, expected false with leaf, for the whole is not a leaf"
            );
        }
    }
}
