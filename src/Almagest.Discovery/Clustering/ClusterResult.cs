using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Clustering;

/// <summary>What a clusterer says of every row.</summary>
/// <param name="Labels">cluster number from 0, or -1 for noise</param>
/// <param name="Strengths">how firmly a row stands in its cluster, [0, 1], where the algorithm has such a number (HDBSCAN); no
/// probability</param>
public sealed record ClusterResult(int[] Labels, int ClusterCount, int NoiseCount, double[]? Strengths = null) : AlgorithmResult
{
    /// <summary>Probability of being a member, where the algorithm calibrates one (auto); rows in no cluster have it, too: that of the
    /// cluster they are likeliest in.</summary>
    public double[]? Probabilities { get; init; }

    /// <summary>What speaks for each cluster, in the order of the labels; null where the algorithm does not judge them.</summary>
    public IReadOnlyList<FoundCluster>? Clusters { get; init; }

    /// <summary>Whether motions were compared by the directions of the middle of the field, and not by each star's own.</summary>
    public bool CarriesMotions { get; init; }
}
