using System.Text.Json.Nodes;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Dbscan;

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
public sealed class DbscanAlgorithm : ClusterAlgorithm<DbscanParameters>
{
    private const int LeafSize = 16;

    private DbscanAlgorithm() { }

    public static DbscanAlgorithm Instance { get; } = new();

    public override string Name => DbscanParameters.Name;

    public override string Title => "DBSCAN";

    public override string Finds => "clusters of one density";

    public override string Reference => "Ester, Kriegel, Sander and Xu 1996, A Density-Based Algorithm for Discovering Clusters, KDD, 226";

    /// <summary>What it says of a star depends on its neighbours alone, and what these are of.</summary>
    public override bool TakesTiles(RunParameters parameters) => true;

    public override int WorkBytes(RunParameters parameters, int features) => 100 + 8 * features;

    /// <summary>The features sorted into tiles, as core stars and as others; members by cluster; with draws the members with their errors,
    /// and draws that wait.</summary>
    public override int FileBytes(RunParameters parameters, int features) => 24 * features + 160 + (parameters.Draws > 0 ? 500 : 0);

    public override IReadOnlyDictionary<string, JsonNode?> Before { get; } =
        new Dictionary<string, JsonNode?>(RunParameters.Before) { [RunParameters.DrawsName] = 0 };

    public override string AdviceForNone =>
        "No star has min_samples neighbours within eps: try a larger eps ('discover k-distance' suggests one), a smaller "
        + "min_samples, or auto, "
        + "which chooses the scale itself.";

    public override string AdviceForOne =>
        "Try a smaller eps or a larger min_samples, features in which the cluster is a clump (astrometric), or auto, which chooses "
        + "the scale "
        + "itself.";

    protected override ClusterResult Group(FeatureMatrix features, DbscanParameters parameters, AlgorithmContext context) =>
        features.Numbers.Array is null ? TiledDbscan.Cluster(features, parameters, context, features.Room.Tile)
        : Kernels.AreReference ? ReferenceDbscan.Cluster(features, parameters, context)
        : Fast(features, parameters, context);

    private static ClusterResult Fast(FeatureMatrix features, DbscanParameters parameters, AlgorithmContext context)
    {
        ClusterInput.Check(features);
        context.CancellationToken.ThrowIfCancellationRequested();
        var progress = context.Progress;
        if (features.Rows < parameters.MinSamples)
        {
            progress?.Report(1);
            return ClusterInput.Result(Enumerable.Repeat(-1, features.Rows).ToArray(), 0);
        }

        var parallel = context.Parallel();
        var limit = parameters.Eps * parameters.Eps;
        var tree = CellTree.Build(new PointColumns(features), limit, LeafSize, parallel);
        progress?.Report(0.25);

        var cores = CorePoints.Find(tree, limit, parameters.MinSamples, parallel);
        progress?.Report(0.5);

        var sets = CoreLinks.Connect(cores, limit, parallel);
        progress?.Report(0.75);

        var result = ClusterLabels.Assign(cores, sets, limit, parallel);
        progress?.Report(1);
        return result;
    }
}
