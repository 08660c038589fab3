using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering;

/// <summary>
/// HDBSCAN: clusters of varying density without a radius (Campello, Moulavi and Sander 2013, PAKDD; McInnes and Healy 2017,
/// ICDMW). Clusters are numbered by their first star; each star carries its strength of membership. Edges of equal weight are
/// removed together, as the paper says, so the answer depends neither on the order of the rows nor on the threads.
/// </summary>
public sealed class Hdbscan : IClusterer
{
    private readonly HdbscanOptions _options;

    /// <exception cref="DiscoveryException">a parameter is out of range</exception>
    public Hdbscan(HdbscanOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    public ClusterResult Cluster(FeatureMatrix features, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        ClusterHierarchy.Build(features, _options.MinSamples ?? _options.MinClusterSize, _options.MaxThreads, progress, cancellation)
            .Condense(_options.MinClusterSize)
            .Select(_options.Selection, _options.AllowSingleCluster);
}
