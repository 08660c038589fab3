using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>What DBSCAN finds at one eps.</summary>
/// <param name="LargestCluster">stars of the largest cluster: one that goes on growing with eps is the field, one that keeps its size is a
/// clump</param>
/// <param name="IsSuggested">this is the eps that the distances suggest</param>
public sealed record EpsCandidate(double Eps, int Clusters, int LargestCluster, int Noise, bool IsSuggested)
{
    private const int Below = 4,
        Above = 2;

    /// <summary>Runs DBSCAN at the suggested eps and at values around it, a factor √2 apart from a quarter to the double;
    /// ascending.</summary>
    /// <returns>empty where no eps suggests itself</returns>
    public static IReadOnlyList<EpsCandidate> Around(
        FeatureMatrix features,
        KDistance distances,
        int maxThreads = 0,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(distances);
        if (distances.SuggestedEps is not { } suggested)
            return [];
        return
        [
            .. Enumerable
                .Range(-Below, Below + Above + 1)
                .Select(step => Try(features, distances.K, suggested * Math.Pow(2, step / 2.0), step == 0, maxThreads, cancellationToken)),
        ];
    }

    private static EpsCandidate Try(
        FeatureMatrix features,
        int minSamples,
        double eps,
        bool suggested,
        int maxThreads,
        CancellationToken cancellationToken
    )
    {
        var found = DbscanAlgorithm.Instance.Cluster(
            features,
            new DbscanParameters { Eps = eps, MinSamples = minSamples },
            new AlgorithmContext { MaxThreads = maxThreads, CancellationToken = cancellationToken }
        );
        return new EpsCandidate(eps, found.ClusterCount, found.Sizes.DefaultIfEmpty().Max(), found.NoiseCount, suggested);
    }
}
