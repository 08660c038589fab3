using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>
/// DBSCAN over stars that are not in memory, tile by tile of the space of the features. Nothing is approximate: a star whose neighbours
/// in its own tile do not make it core asks the tiles within eps of it; core stars of two tiles within eps of each other join their
/// clusters; border stars ask all tiles within eps for the lowest number. Labels are those of <see cref="DbscanAlgorithm"/> over stars in
/// memory.
/// </summary>
/// <remarks>Held are one tile with its tree and, for every piece of a cluster that is whole in its tile, twelve bytes: it does not matter
/// how dense the stars are, for no star's neighbours are brought to it.</remarks>
internal sealed class TiledDbscan
{
    private const int LeafSize = 16;

    private readonly IProgress<double>? _progress;

    private TiledDbscan(MatrixTiles tiles, DbscanParameters parameters, AlgorithmContext context)
    {
        Tiles = tiles;
        Limit = parameters.Eps * parameters.Eps;
        Enough = parameters.MinSamples;
        Parallel = context.Parallel();
        _progress = context.Progress;
    }

    public MatrixTiles Tiles { get; }

    /// <summary>The square of eps.</summary>
    public double Limit { get; }

    /// <summary>Neighbours of a core star.</summary>
    public int Enough { get; }

    public ParallelOptions Parallel { get; }

    /// <param name="most">stars of a tile</param>
    public static ClusterResult Cluster(FeatureMatrix features, DbscanParameters parameters, AlgorithmContext context, int most)
    {
        ClusterInput.Check(features);
        context.CancellationToken.ThrowIfCancellationRequested();
        if (features.Rows < parameters.MinSamples)
        {
            context.Progress?.Report(1);
            return TiledLabels.AllNoise(features);
        }

        var tiles = MatrixTiles.Of(features, parameters.Eps, most, context.CancellationToken);
        var work = new TiledDbscan(tiles, parameters, context);
        work.Told(0.1);
        var cores = TiledCores.Find(work);
        work.Told(0.5);
        var fragments = TiledFragments.Find(work, cores);
        work.Told(0.75);
        var result = TiledLabels.Assign(work, cores, fragments);
        work.Told(1);
        return result;
    }

    /// <summary>A tree with cells for eps.</summary>
    public CellTree Grow(FeatureMatrix points) => CellTree.Build(new PointColumns(points), Limit, LeafSize, Parallel);

    public void Told(double share) => _progress?.Report(share);

    /// <summary>Told the share of the tiles done, of a part of the work.</summary>
    public void Told(double from, double to, int tiles) => Told(from + (to - from) * tiles / Tiles.Tiles.Count);
}
