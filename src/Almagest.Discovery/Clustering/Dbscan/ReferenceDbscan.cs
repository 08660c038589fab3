using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>
/// DBSCAN as its definition reads (Ester et al. 1996, KDD-96), by comparing every pair: quadratic in time, linear in
/// memory. The yardstick for <see cref="DbscanAlgorithm"/>, whose labels are the same.
/// </summary>
internal static class ReferenceDbscan
{
    public static ClusterResult Cluster(FeatureMatrix features, DbscanParameters parameters, AlgorithmContext context)
    {
        ClusterInput.Check(features);
        var rows = features.Rows;
        var limit = parameters.Eps * parameters.Eps;
        var isCore = new bool[rows];
        for (var i = 0; i < rows; i++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var neighbours = 0;
            for (var j = 0; j < rows; j++)
                if (Near(features, i, j, limit))
                    neighbours++;
            isCore[i] = neighbours >= parameters.MinSamples;
            context.Progress?.Report(0.5 * (i + 1) / rows);
        }

        // Clusters grow one after another from their first core star, so the first to reach a border star keeps it.
        var labels = new int[rows];
        Array.Fill(labels, -1);
        var clusters = 0;
        var open = new Stack<int>();
        for (var seed = 0; seed < rows; seed++)
        {
            if (labels[seed] >= 0 || !isCore[seed])
                continue;
            labels[seed] = clusters;
            open.Push(seed);
            while (open.TryPop(out var i))
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                for (var j = 0; j < rows; j++)
                {
                    if (labels[j] >= 0 || !Near(features, i, j, limit))
                        continue;
                    labels[j] = clusters;
                    if (isCore[j])
                        open.Push(j);
                }
            }

            clusters++;
        }

        context.Progress?.Report(1);
        return ClusterInput.Result(labels, clusters);
    }

    private static bool Near(FeatureMatrix features, int i, int j, double limit)
    {
        var a = features.Row(i);
        var b = features.Row(j);
        double sum = 0;
        for (var k = 0; k < a.Length; k++)
            sum += (a[k] - b[k]) * (a[k] - b[k]);
        return sum <= limit;
    }
}
