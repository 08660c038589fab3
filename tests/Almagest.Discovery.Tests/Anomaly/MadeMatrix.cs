using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Tests.Anomaly;

internal static class MadeMatrix
{
    /// <summary>Standard normal values, columns f0, f1, …</summary>
    public static FeatureMatrix Gaussian(int rows, int columns, int seed = 7)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return new FeatureMatrix(
            rows,
            [.. Enumerable.Range(0, columns).Select(c => $"f{c}")],
            [.. Enumerable.Range(0, rows * columns).Select(_ => Normal())]
        );
    }

    public static double[] Scores(this FeatureMatrix matrix, IsolationForestParameters parameters, int threads = 0) =>
        IsolationForestAlgorithm.Instance.Detect(matrix, parameters, new AlgorithmContext { MaxThreads = threads }).RawScores;
}
