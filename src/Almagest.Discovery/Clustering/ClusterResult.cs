using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Clustering;

/// <summary>What a clusterer says of every row.</summary>
/// <param name="Labels">cluster number from 0, or -1 for noise</param>
/// <param name="Probabilities">strength of membership in [0, 1], where the algorithm has one; of <c>auto</c> the calibrated probability,
/// which
/// stars in no cluster have too: that of the cluster they are likeliest in</param>
public sealed record ClusterResult(int[] Labels, int ClusterCount, int NoiseCount, double[]? Probabilities = null) : AlgorithmResult
{
    /// <summary>What speaks for each cluster, in the order of the labels; null where the algorithm does not judge them.</summary>
    public IReadOnlyList<FoundCluster>? Clusters { get; init; }
}
