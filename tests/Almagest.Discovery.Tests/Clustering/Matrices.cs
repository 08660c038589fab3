using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering;

internal static class Matrices
{
    /// <summary>A matrix of row-major values with features f0, f1, …</summary>
    public static FeatureMatrix Of(int columns, double[] values) =>
        new(values.Length / columns, [.. Enumerable.Range(0, columns).Select(i => $"f{i}")], values);

    public static FeatureMatrix OneColumn(params double[] values) => Of(1, values);

    public static ClusterResult Run(this DbscanParameters parameters, FeatureMatrix features, int threads = 0) =>
        DbscanAlgorithm.Instance.Cluster(features, parameters, Context(threads));

    /// <summary>By the plain kernel.</summary>
    public static ClusterResult RunPlainly(this DbscanParameters parameters, FeatureMatrix features) =>
        ReferenceDbscan.Cluster(features, parameters, Context(0));

    public static ClusterResult Run(this HdbscanParameters parameters, FeatureMatrix features, int threads = 0) =>
        HdbscanAlgorithm.Instance.Cluster(features, parameters, Context(threads));

    private static AlgorithmContext Context(int threads) =>
        new() { MaxThreads = threads, CancellationToken = TestContext.Current.CancellationToken };

    /// <summary>Clumps of several widths on a field, with some rows repeated, shuffled.</summary>
    public static FeatureMatrix Clumpy(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var centres = Enumerable
            .Range(0, 6)
            .Select(_ => Enumerable.Range(0, columns).Select(_ => 4 * random.NextDouble()).ToArray())
            .ToArray();
        var values = new double[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            var clump = random.Next(10);
            for (var j = 0; j < columns; j++)
            {
                values[i * columns + j] = clump switch
                {
                    < 6 => centres[clump][j] + 0.05 * (clump + 1) * Normal(random),
                    9 when i > 0 => values[i / 2 * columns + j],
                    _ => 4 * random.NextDouble(),
                };
            }
        }

        return Of(columns, values);
    }

    /// <summary>The distance between two rows by its definition.</summary>
    public static double Distance(FeatureMatrix features, int i, int j)
    {
        var a = features.Row(i);
        var b = features.Row(j);
        var sum = 0.0;
        for (var k = 0; k < features.Columns; k++)
            sum += (a[k] - b[k]) * (a[k] - b[k]);
        return Math.Sqrt(sum);
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
