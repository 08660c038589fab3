using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering;

/// <summary>
/// DBSCAN as its definition reads (Ester et al. 1996, KDD-96), by comparing every pair: quadratic in time, linear in
/// memory. The yardstick for <see cref="Dbscan"/>, whose labels are the same.
/// </summary>
public sealed class ReferenceDbscan : IClusterer
{
    private readonly DbscanOptions _options;

    /// <exception cref="DiscoveryException">a parameter is out of range</exception>
    public ReferenceDbscan(DbscanOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    public ClusterResult Cluster(FeatureMatrix features, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ClusterInput.Check(features);
        var rows = features.Rows;
        var limit = _options.Eps * _options.Eps;
        var isCore = new bool[rows];
        for (var i = 0; i < rows; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var neighbours = 0;
            for (var j = 0; j < rows; j++)
                if (Near(features, i, j, limit)) neighbours++;
            isCore[i] = neighbours >= _options.MinSamples;
            progress?.Report(0.5 * (i + 1) / rows);
        }

        // Clusters grow one after another from their first core star, so the first to reach a border star keeps it.
        var labels = new int[rows];
        Array.Fill(labels, -1);
        var clusters = 0;
        var open = new Stack<int>();
        for (var seed = 0; seed < rows; seed++)
        {
            if (labels[seed] >= 0 || !isCore[seed]) continue;
            labels[seed] = clusters;
            open.Push(seed);
            while (open.TryPop(out var i))
            {
                cancellation.ThrowIfCancellationRequested();
                for (var j = 0; j < rows; j++)
                {
                    if (labels[j] >= 0 || !Near(features, i, j, limit)) continue;
                    labels[j] = clusters;
                    if (isCore[j]) open.Push(j);
                }
            }

            clusters++;
        }

        progress?.Report(1);
        return ClusterInput.Result(labels, clusters);
    }

    private static bool Near(FeatureMatrix features, int i, int j, double limit)
    {
        var a = features.Row(i);
        var b = features.Row(j);
        double sum = 0;
        for (var k = 0; k < a.Length; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
        return sum <= limit;
    }
}
