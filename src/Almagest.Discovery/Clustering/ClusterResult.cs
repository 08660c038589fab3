using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Clustering;

/// <summary>What a clusterer says of every row.</summary>
/// <param name="OfLabels">cluster number from 0, or -1 for noise</param>
/// <param name="Strengths">how firmly a row stands in its cluster, [0, 1], where the algorithm has such a number (HDBSCAN); no
/// probability</param>
public sealed record ClusterResult(Sequence<int> OfLabels, int ClusterCount, int NoiseCount, double[]? Strengths = null) : AlgorithmResult
{
    /// <summary>Of labels in memory.</summary>
    public ClusterResult(int[] labels, int clusterCount, int noiseCount, double[]? strengths = null)
        : this((Sequence<int>)labels, clusterCount, noiseCount, strengths) { }

    /// <summary>The same as <see cref="OfLabels"/>, where they are in memory.</summary>
    /// <exception cref="InvalidOperationException">they are not</exception>
    public int[] Labels => OfLabels.InMemory;

    /// <summary>How many rows each cluster has, by its number.</summary>
    public IReadOnlyList<int> Sizes => field ??= Count();

    /// <summary>Probability of being a member, where the algorithm calibrates one (auto); rows in no cluster have it, too: that of the
    /// cluster they are likeliest in.</summary>
    public double[]? Probabilities { get; init; }

    /// <summary>The core stars, where they are not in memory and the algorithm has any.</summary>
    internal ICoreTiles? Cores { get; init; }

    /// <summary>What speaks for each cluster, in the order of the labels; null where the algorithm does not judge them.</summary>
    public IReadOnlyList<FoundCluster>? Clusters { get; init; }

    /// <summary>Whether motions were compared by the directions of the middle of the field, and not by each star's own.</summary>
    public bool CarriesMotions { get; init; }

    private int[] Count()
    {
        var sizes = new int[ClusterCount];
        OfLabels.ForEach(
            (_, labels) =>
            {
                foreach (var label in labels)
                    if (label >= 0)
                        sizes[label]++;
            }
        );
        return sizes;
    }
}
