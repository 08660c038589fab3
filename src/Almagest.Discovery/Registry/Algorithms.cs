using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Discovery.Anomaly.ExtendedIsolationForest;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Anomaly.Knn;
using Almagest.Discovery.Anomaly.Lof;
using Almagest.Discovery.Anomaly.Mcd;
using Almagest.Discovery.Anomaly.RankEnsemble;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Auto;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;

namespace Almagest.Discovery.Registry;

/// <summary>The algorithms that this program has. A new one is one more line here.</summary>
public static class Algorithms
{
    /// <summary>In the order in which they are offered; the first of a run type is the one that is taken where none is named.</summary>
    public static IReadOnlyList<Algorithm> All { get; } =
    [
        IsolationForestAlgorithm.Instance,
        ExtendedForestAlgorithm.Instance,
        McdAlgorithm.Instance,
        KnnAlgorithm.Instance,
        LofAlgorithm.Instance,
        RankEnsembleAlgorithm.Instance,
        ActiveForestAlgorithm.Instance,
        AutoAlgorithm.Instance,
        DbscanAlgorithm.Instance,
        HdbscanAlgorithm.Instance,
    ];

    /// <summary>Those to choose from, without those whose runs are made of other runs.</summary>
    public static IReadOnlyList<Algorithm> Offered { get; } = [.. All.Where(a => a.IsOffered)];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(a => a.Name)];

    /// <summary>The names by run type, in one phrase: <c>isolation_forest (anomalies), dbscan or hdbscan (clusters)</c>.</summary>
    public static string Choices { get; } = $"{OneOf(AnomalyAlgorithm.Type)} (anomalies), {OneOf(ClusterAlgorithm.Type)} (clusters)";

    /// <summary>Null where there is none of this name.</summary>
    public static Algorithm? Find(string name) => All.FirstOrDefault(a => a.Name == name);

    /// <summary>The algorithms to choose from that make runs of a type.</summary>
    public static IReadOnlyList<Algorithm> Of(string runType) => [.. Offered.Where(a => a.RunType == runType)];

    /// <summary>The algorithm of a run that names none: the first of its type that has all the parameters that are given, or the
    /// first.</summary>
    /// <param name="parameters">names as stored</param>
    public static Algorithm Meant(string runType, IReadOnlyCollection<string> parameters) =>
        Of(runType).FirstOrDefault(a => parameters.All(name => a.Parameters.Any(p => p.Name == name))) ?? Of(runType)[0];

    private static string OneOf(string runType) => string.Join(" or ", Of(runType).Select(a => a.Name));
}
