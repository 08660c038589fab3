using System.Numerics;
using System.Runtime.CompilerServices;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>Numbers the sets of core points by their first row and gives border points the lowest number that reaches them.</summary>
internal static unsafe class ClusterLabels
{
    public static ClusterResult Assign(CorePoints cores, DisjointSets sets, double limit, ParallelOptions parallel)
    {
        var tree = cores.Tree;
        var (numbers, clusters) = Number(cores, sets);
        var lowest = LowestOfEachLeaf(cores, sets, numbers, parallel);
        var labels = GC.AllocateUninitializedArray<int>(tree.Points.Count);
        CellWalk.ForEachLeaf(
            tree,
            parallel,
            (leaf, walk) =>
            {
                ref readonly var cell = ref tree.Nodes[leaf];
                var coreEnd = cores.CoreEnd(leaf);
                for (var i = cell.Start; i < coreEnd; i++)
                    labels[tree.Points.Row[i]] = numbers[sets.Find(i)];
                if (coreEnd == cell.End)
                    return;
                walk.FindLeaves(cores.Tree, cores.Count, leaf, 0, limit);
                for (var i = coreEnd; i < cell.End; i++)
                    labels[tree.Points.Row[i]] = LowestReaching(cores, sets, numbers, lowest, i, limit, walk.Leaves);
            }
        );
        return ClusterInput.Result(labels, clusters);
    }

    /// <summary>The cluster number of each set, at the place of its root.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int[] Numbers, int Clusters) Number(CorePoints cores, DisjointSets sets)
    {
        var tree = cores.Tree;
        var numbers = new int[tree.Points.Count]; // the first row of a root's set, until it is numbered
        Array.Fill(numbers, int.MaxValue);
        var roots = new List<int>();
        foreach (var leaf in tree.Leaves)
        {
            for (var i = tree.Nodes[leaf].Start; i < cores.CoreEnd(leaf); i++)
            {
                var root = sets.Find(i);
                if (numbers[root] == int.MaxValue)
                    roots.Add(root);
                numbers[root] = Math.Min(numbers[root], tree.Points.Row[i]);
            }
        }

        roots.Sort((a, b) => numbers[a].CompareTo(numbers[b]));
        for (var cluster = 0; cluster < roots.Count; cluster++)
            numbers[roots[cluster]] = cluster;
        return (numbers, roots.Count);
    }

    private static int[] LowestOfEachLeaf(CorePoints cores, DisjointSets sets, int[] numbers, ParallelOptions parallel)
    {
        var lowest = new int[cores.Tree.Nodes.Length];
        CellWalk.ForEachLeaf(
            cores.Tree,
            parallel,
            (leaf, _) =>
            {
                var found = int.MaxValue;
                for (var i = cores.Tree.Nodes[leaf].Start; i < cores.CoreEnd(leaf); i++)
                    found = Math.Min(found, numbers[sets.Find(i)]);
                lowest[leaf] = found;
            }
        );
        return lowest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int LowestReaching(
        CorePoints cores,
        DisjointSets sets,
        int[] numbers,
        int[] lowestOfLeaf,
        int place,
        double limit,
        List<int> leaves
    )
    {
        var tree = cores.Tree;
        var points = tree.Points;
        var point = stackalloc double[points.Dimensions];
        points.CopyPoint(place, point);
        var lowest = int.MaxValue;
        foreach (var leaf in leaves)
        {
            // A leaf that cannot lower the answer is not looked at: in most places there is but one cluster to find.
            if (lowestOfLeaf[leaf] >= lowest || BoxDistance.NearestToPoint(point, tree.Box(leaf), points.Dimensions) > limit)
                continue;
            int start = tree.Nodes[leaf].Start,
                end = cores.CoreEnd(leaf);
            if (tree.Nodes[leaf].Compact)
            {
                if (points.AnyWithin(point, start, end, limit))
                    lowest = lowestOfLeaf[leaf];
                continue;
            }

            for (var i = start; i < end; i += 4)
            for (var near = points.Near4(point, i, end, limit); near != 0; near &= near - 1)
                lowest = Math.Min(lowest, numbers[sets.Find(i + BitOperations.TrailingZeroCount(near))]);
        }

        return lowest == int.MaxValue ? -1 : lowest;
    }
}
