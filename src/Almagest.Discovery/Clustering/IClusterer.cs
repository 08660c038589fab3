using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering;

/// <summary>Groups the rows of a matrix. Implementations are exact and deterministic at any thread count.</summary>
public interface IClusterer
{
    /// <exception cref="DiscoveryException">the input cannot be analysed; the message says what to do</exception>
    ClusterResult Cluster(FeatureMatrix features, IProgress<double>? progress = null, CancellationToken cancellation = default);
}

/// <summary>What a clusterer says of every row.</summary>
/// <param name="Labels">cluster number from 0, or -1 for noise</param>
/// <param name="Probabilities">strength of membership in [0, 1], where the algorithm has one</param>
public sealed record ClusterResult(int[] Labels, int ClusterCount, int NoiseCount, double[]? Probabilities = null);
