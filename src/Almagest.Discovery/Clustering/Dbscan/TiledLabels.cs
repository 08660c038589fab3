using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>Labels the stars of all tiles: core stars by their set, border stars by the lowest number that reaches them.</summary>
internal static class TiledLabels
{
    public static ClusterResult AllNoise(FeatureMatrix features)
    {
        var labels = features.Room.Create<int>(features.Rows);
        var noise = new int[Math.Min(features.Rows, 1 << 16)];
        Array.Fill(noise, -1);
        for (var first = 0; first < features.Rows; first += noise.Length)
            labels.Write(first, noise.AsSpan(0, Math.Min(noise.Length, features.Rows - first)));
        return new ClusterResult(labels, 0, features.Rows);
    }

    public static ClusterResult Assign(TiledDbscan work, TiledCores cores, TiledFragments fragments)
    {
        var (numbers, clusters) = fragments.Number();
        var tiles = work.Tiles.Tiles;
        for (var tile = 0; tile < tiles.Count; tile++)
        {
            Reach(work, cores, fragments, numbers, tile);
            work.Told(0.75, 0.95, tile + 1);
        }
        var sorted = work.Tiles.Room.Create<int>(work.Tiles.Rows);
        var noise = 0;
        for (var tile = 0; tile < tiles.Count; tile++)
        {
            var labels = LabelsOf(tiles[tile].Count, cores, fragments, numbers, tile);
            noise += labels.AsSpan().Count(-1);
            sorted.Write(tiles[tile].First, labels);
        }
        return new ClusterResult(work.Tiles.InOrder(sorted, work.Parallel.CancellationToken), clusters, noise)
        {
            Cores = new TiledClusters(work.Tiles, fragments, numbers, sorted),
        };
    }

    /// <summary>Lowers the numbers of the stars that are not core by the clusters of a tile.</summary>
    private static void Reach(TiledDbscan work, TiledCores cores, TiledFragments fragments, int[] numbers, int tile)
    {
        var run = fragments.CoresOf(tile);
        LowestNumbers? lowest = null;
        for (var other = 0; other < work.Tiles.Tiles.Count; other++)
        {
            if (!cores.OthersOf(other).Box.IsNear(run.Box, work.Limit))
                continue;
            lowest ??= new LowestNumbers(
                work.Grow(new FeatureMatrix(run.Count, work.Tiles.Names, fragments.Cores.Points(run))),
                Array.ConvertAll(fragments.Cores.Notes(run), fragment => numbers[fragment]),
                work.Limit
            );
            cores.Others.ForEachBlock(cores.OthersOf(other), true, work.Parallel, lowest.Lower);
        }
    }

    private static int[] LabelsOf(int count, TiledCores cores, TiledFragments fragments, int[] numbers, int tile)
    {
        var labels = new int[count];
        Array.Fill(labels, -1);
        var (places, notes) = (fragments.Cores.Places(fragments.CoresOf(tile)), fragments.Cores.Notes(fragments.CoresOf(tile)));
        for (var i = 0; i < places.Length; i++)
            labels[places[i]] = numbers[notes[i]];
        (places, notes) = (cores.Others.Places(cores.OthersOf(tile)), cores.Others.Notes(cores.OthersOf(tile)));
        for (var i = 0; i < places.Length; i++)
            if (notes[i] is not (TiledCores.Core or TiledCores.Unreached))
                labels[places[i]] = notes[i];
        return labels;
    }
}
