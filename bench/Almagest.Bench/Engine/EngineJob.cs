using Almagest.Bench.Clustering;
using Almagest.Bench.Forest;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.ExtendedIsolationForest;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Anomaly.Knn;
using Almagest.Discovery.Anomaly.Lof;
using Almagest.Discovery.Anomaly.Mcd;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Discovery.Features;

namespace Almagest.Bench.Engine;

/// <summary>A piece of work of the engine that is measured, and the yardstick that does the same.</summary>
/// <param name="Name">in the table, and for <c>engine-job</c></param>
/// <param name="Columns">features of the matrix</param>
/// <param name="Make">the matrix of so many rows</param>
/// <param name="Prepare">work that is not measured, such as growing the forest; answers what is</param>
/// <param name="MostRows">more would take minutes or does not fit the purpose</param>
/// <param name="YardstickRows">more would take the yardstick minutes, or more memory than there is</param>
internal sealed record EngineJob(
    string Name,
    int Columns,
    Func<int, int, FeatureMatrix> Make,
    Func<FeatureMatrix, Func<object>> Prepare,
    int MostRows,
    int YardstickRows
)
{
    public static IReadOnlyList<EngineJob> All { get; } =
    [
        new(
            "isolation-forest-grow",
            4,
            (rows, columns) => MadeField.Make(rows, columns),
            matrix => () => IsolationForestModel.Grow(matrix, new IsolationForestParameters()),
            int.MaxValue,
            1_000_000
        ),
        new(
            "isolation-forest-score",
            4,
            (rows, columns) => MadeField.Make(rows, columns),
            matrix =>
            {
                var model = IsolationForestModel.Grow(matrix, new IsolationForestParameters());
                return () => model.ScoreSamples(matrix);
            },
            int.MaxValue,
            1_000_000
        ),
        Detector("extended-forest", ExtendedForestAlgorithm.Instance, 0),
        Detector("mcd", McdAlgorithm.Instance, 1_000_000),
        Detector("knn", KnnAlgorithm.Instance, 1_000_000),
        Detector("lof", LofAlgorithm.Instance, 1_000_000),
        Dbscan("0.05", 0.05, 1_000_000),
        Dbscan("0.1", 0.1, 100_000),
        // scikit-learn keeps every neighbour: 1.6 GB at 100,000 stars, growing with the square.
        Dbscan("0.5", 0.5, 10_000),
        new(
            "hdbscan",
            5,
            Sky,
            matrix => () => HdbscanAlgorithm.Instance.Cluster(matrix, new HdbscanParameters { MinClusterSize = 15, MinSamples = 10 }),
            1_000_000,
            100_000
        ),
        new("k-distance", 3, Sky, matrix => () => KDistance.Compute(matrix, 10), int.MaxValue, 100_000),
    ];

    private static FeatureMatrix Sky(int rows, int columns) => ClumpySky.Make(rows, columns);

    private static EngineJob Detector(string name, Algorithm algorithm, int yardstickRows) =>
        new(
            name,
            4,
            (rows, columns) => MadeField.Make(rows, columns),
            matrix => () => algorithm.Run(matrix, algorithm.Defaults, new AlgorithmContext()),
            int.MaxValue,
            yardstickRows
        );

    private static EngineJob Dbscan(string name, double eps, int yardstickRows) =>
        new(
            $"dbscan-{name}",
            3,
            Sky,
            matrix => () => DbscanAlgorithm.Instance.Cluster(matrix, new DbscanParameters { Eps = eps, MinSamples = 10 }),
            int.MaxValue,
            yardstickRows
        );
}
