using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering.Hdbscan;

/// <summary>
/// HDBSCAN: clusters of varying density without a radius (Campello, Moulavi and Sander 2013, PAKDD; McInnes and Healy 2017,
/// ICDMW). Clusters are numbered by their first star; each star carries its strength of membership. Edges of equal weight are
/// removed together, as the paper says, so the answer depends neither on the order of the rows nor on the threads.
/// </summary>
internal sealed class HdbscanAlgorithm : ClusterAlgorithm<HdbscanParameters>
{
    private HdbscanAlgorithm() { }

    public static HdbscanAlgorithm Instance { get; } = new();

    public override string Name => HdbscanParameters.Name;

    public override string Title => "HDBSCAN";

    public override string Finds => "clusters of any density";

    public override string Reference =>
        "Campello, Moulavi and Sander 2013, Density-Based Clustering Based on Hierarchical Density Estimates, PAKDD, 160";

    public override int WorkBytes(RunParameters parameters, int features) => 300 + 8 * features;

    public override SharedWork Shares { get; } = new("tree", "min_cluster_size", "min_samples");

    /// <summary>The tree depends on the rank of the neighbour alone; how it is cut is cheap.</summary>
    public override object WorkOf(RunParameters parameters)
    {
        var own = (HdbscanParameters)parameters;
        return own with
        {
            MinSamples = own.MinSamples ?? own.MinClusterSize,
            MinClusterSize = 0,
            ClusterSelectionMethod = "",
            AllowSingleCluster = false,
        };
    }

    public override string AdviceForNone =>
        "Try a smaller min_samples or min_cluster_size, allow_single_cluster where the selection may hold one cluster only, or auto, which "
        + "compares with the field.";

    public override string AdviceForOne =>
        "Try cluster_selection_method leaf, features in which the cluster is a clump (astrometric), or auto, which compares with "
        + "the field.";

    protected override ClusterResult Group(FeatureMatrix features, HdbscanParameters parameters, AlgorithmContext context)
    {
        var samples = parameters.MinSamples ?? parameters.MinClusterSize;
        return context
            .Memory.Get(
                features,
                (Name, samples),
                () => ClusterHierarchy.Build(features, samples, context.MaxThreads, context.Progress, context.CancellationToken)
            )
            .Condense(parameters.MinClusterSize)
            .Select(parameters.Selection, parameters.AllowSingleCluster);
    }
}
