using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering;

/// <summary>
/// Exact DBSCAN (Ester et al. 1996, KDD-96) with Euclidean distances in any number of dimensions, fast in 2 to 6. Clusters
/// are numbered in the order of their first core star, and a border star belongs to the lowest-numbered cluster that
/// reaches it: scikit-learn's labels, whatever the number of threads.
/// </summary>
/// <remarks>
/// Stars are sorted into cells small enough that all stars of a cell are neighbours (after Gan and Tao 2015, SIGMOD, and
/// Wang, Gu and Shun 2020, SIGMOD), found by halving boxes instead of a fixed grid, so that neither the dimension nor
/// the range of the data counts. A cell of min_samples stars is core at once, two cells that already share a cluster are
/// never compared, and no neighbour list is kept: memory is linear in the stars whatever eps is.
/// </remarks>
public sealed class Dbscan : IClusterer
{
    private const int LeafSize = 16;

    private readonly DbscanOptions _options;

    /// <exception cref="DiscoveryException">a parameter is out of range</exception>
    public Dbscan(DbscanOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <summary>The fast implementation, or the plain one where the environment says <c>ALMAGEST_KERNELS=reference</c>.</summary>
    /// <exception cref="DiscoveryException">a parameter is out of range</exception>
    public static IClusterer Create(DbscanOptions options) =>
        Environment.GetEnvironmentVariable("ALMAGEST_KERNELS") == "reference" ? new ReferenceDbscan(options) : new Dbscan(options);

    public ClusterResult Cluster(FeatureMatrix features, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ClusterInput.Check(features);
        cancellation.ThrowIfCancellationRequested();
        if (features.Rows < _options.MinSamples)
        {
            progress?.Report(1);
            return ClusterInput.Result(Enumerable.Repeat(-1, features.Rows).ToArray(), 0);
        }

        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = _options.MaxThreads == 0 ? Environment.ProcessorCount : _options.MaxThreads,
            CancellationToken = cancellation,
        };
        var limit = _options.Eps * _options.Eps;
        var tree = CellTree.Build(new PointColumns(features), limit, LeafSize, parallel);
        progress?.Report(0.25);

        var cores = CorePoints.Find(tree, limit, _options.MinSamples, parallel);
        progress?.Report(0.5);

        var sets = CoreLinks.Connect(cores, limit, parallel);
        progress?.Report(0.75);

        var result = ClusterLabels.Assign(cores, sets, limit, parallel);
        progress?.Report(1);
        return result;
    }
}
