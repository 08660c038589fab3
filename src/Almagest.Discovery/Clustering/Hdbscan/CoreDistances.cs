using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Hdbscan;

/// <summary>Squared distances of all points of a tree to their neighbour of a rank.</summary>
internal static class CoreDistances
{
    /// <param name="tree">built with a limit of 0, of at least <paramref name="rank"/> points</param>
    /// <param name="rank">the point itself is the first</param>
    public static double[] Squared(CellTree tree, int rank, ParallelOptions parallel)
    {
        var core = new double[tree.Points.Count];
        var leaves = tree.Leaves;
        const int AtOnce = 64;
        Parallel.For(
            0,
            (leaves.Length + AtOnce - 1) / AtOnce,
            parallel,
            () => new NearestNeighbours(tree, rank),
            (chunk, _, search) =>
            {
                foreach (var leaf in leaves.AsSpan(chunk * AtOnce, Math.Min(AtOnce, leaves.Length - chunk * AtOnce)))
                {
                    var node = tree.Nodes[leaf];
                    if (node.Compact && node.Count >= rank)
                        continue; // enough equal points: 0
                    for (var i = node.Start; i < node.End; i++)
                        core[i] = search.KthSquaredDistance(i);
                }

                return search;
            },
            _ => { }
        );
        return core;
    }
}
