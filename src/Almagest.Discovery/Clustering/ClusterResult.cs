using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Clustering;

/// <summary>What a clusterer says of every row.</summary>
/// <param name="Labels">cluster number from 0, or -1 for noise</param>
/// <param name="Probabilities">strength of membership in [0, 1], where the algorithm has one</param>
public sealed record ClusterResult(int[] Labels, int ClusterCount, int NoiseCount, double[]? Probabilities = null) : AlgorithmResult;
