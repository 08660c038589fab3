using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>What was found tile by tile, for who asks later.</summary>
/// <param name="numbers">of the clusters of the fragments</param>
/// <param name="labels">tile by tile</param>
internal sealed class TiledClusters(MatrixTiles tiles, TiledFragments fragments, int[] numbers, Sequence<int> labels) : ICoreTiles
{
    public MatrixTiles Tiles => tiles;

    public int[] LabelsOf(int tile)
    {
        var of = new int[tiles.Tiles[tile].Count];
        labels.CopyTo(tiles.Tiles[tile].First, of);
        return of;
    }

    public int[] CountCores(int clusters)
    {
        var counts = new int[clusters];
        for (var tile = 0; tile < tiles.Tiles.Count; tile++)
            foreach (var fragment in fragments.Cores.Notes(fragments.CoresOf(tile)))
                counts[numbers[fragment]]++;
        return counts;
    }

    public PointBox BoxOf(int tile) => fragments.CoresOf(tile).Box;

    public CoreStars CoresOf(int tile)
    {
        var run = fragments.CoresOf(tile);
        var (places, order) = (fragments.Cores.Places(run), Enumerable.Range(0, run.Count).ToArray());
        Array.Sort(places, order);
        var points = new FeatureMatrix(run.Count, tiles.Names, fragments.Cores.Points(run)).Pick(order);
        var notes = fragments.Cores.Notes(run);
        return new CoreStars(places, points, Array.ConvertAll(order, i => numbers[notes[i]]));
    }
}
