using System.Runtime.CompilerServices;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>The core points of a tree, moved to the front of their leaves.</summary>
internal sealed unsafe class CorePoints
{
    private CorePoints(CellTree tree)
    {
        Tree = tree;
        Count = new int[tree.Nodes.Length];
    }

    public CellTree Tree { get; }

    /// <summary>The number of core points of each node.</summary>
    public int[] Count { get; }

    /// <summary>The end of the core points of a leaf, which begin at its start.</summary>
    public int CoreEnd(int leaf) => Tree.Nodes[leaf].Start + Count[leaf];

    /// <summary>Finds the points that have at least <paramref name="enough"/> points within the limit, themselves included.</summary>
    public static CorePoints Find(CellTree tree, double limit, int enough, ParallelOptions parallel)
    {
        var cores = new CorePoints(tree);
        var isCore = new bool[tree.Points.Count];
        CellWalk.ForEachLeaf(tree, parallel, (leaf, walk) => Mark(tree, leaf, limit, enough, walk, isCore, null));
        CellWalk.ForEachLeaf(tree, parallel, (leaf, _) => cores.Count[leaf] = MoveToFront(tree, leaf, isCore));
        for (var node = tree.Nodes.Length - 1; node >= 0; node--)
            if (!tree.Nodes[node].IsLeaf)
                cores.Count[node] = cores.Count[node + 1] + cores.Count[tree.Nodes[node].Right];
        return cores;
    }

    /// <summary>Of points that are all core.</summary>
    public static CorePoints All(CellTree tree)
    {
        var cores = new CorePoints(tree);
        for (var node = 0; node < tree.Nodes.Length; node++)
            cores.Count[node] = tree.Nodes[node].Count;
        return cores;
    }

    /// <summary>Of each place the points within the limit, itself included; of one that has enough, <paramref name="enough"/>.</summary>
    public static int[] CountNeighbours(CellTree tree, double limit, int enough, ParallelOptions parallel)
    {
        var isCore = new bool[tree.Points.Count];
        var counts = new int[tree.Points.Count];
        CellWalk.ForEachLeaf(tree, parallel, (leaf, walk) => Mark(tree, leaf, limit, enough, walk, isCore, counts));
        for (var place = 0; place < counts.Length; place++)
            if (isCore[place])
                counts[place] = enough;
        return counts;
    }

    /// <param name="counts">takes the neighbours of the points that are not core; null = nobody asks</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mark(CellTree tree, int leaf, double limit, int enough, CellWalk walk, bool[] isCore, int[]? counts)
    {
        ref readonly var cell = ref tree.Nodes[leaf];
        if (cell.Compact && cell.Count >= enough)
        {
            isCore.AsSpan(cell.Start, cell.Count).Fill(true);
            return;
        }

        if (MarkFromBeside(tree, cell, limit, enough, isCore))
            return;
        var shared = SharedNeighbours(tree, tree.Box(leaf), limit, enough, walk);
        if (shared >= enough)
        {
            isCore.AsSpan(cell.Start, cell.Count).Fill(true);
            return;
        }

        var points = tree.Points;
        var point = stackalloc double[points.Dimensions];
        for (var i = cell.Start; i < cell.End; i++)
        {
            if (isCore[i])
                continue;
            points.CopyPoint(i, point);
            var found = shared;
            foreach (var (start, end) in walk.Runs)
            {
                found += points.CountWithin(point, start, end, limit, enough - found);
                if (found >= enough)
                    break;
            }

            isCore[i] = found >= enough;
            if (counts is not null)
                counts[i] = found;
        }
    }

    /// <summary>
    /// Looks for enough neighbours among the points that stand beside the leaf, which lie beside it in space too: in a
    /// crowd that spares the search of the tree.
    /// </summary>
    /// <returns>whether all of the leaf's points are core by these neighbours alone</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool MarkFromBeside(CellTree tree, in CellTree.Node cell, double limit, int enough, bool[] isCore)
    {
        var points = tree.Points;
        var margin = Math.Clamp(2 * enough, 24, 128);
        var from = Math.Max(0, cell.Start - margin);
        var to = Math.Min(points.Count, cell.End + margin);
        var point = stackalloc double[points.Dimensions];
        var all = true;
        for (var i = cell.Start; i < cell.End; i++)
        {
            points.CopyPoint(i, point);
            isCore[i] = points.CountWithin(point, from, to, limit, enough) >= enough;
            all &= isCore[i];
        }

        return all;
    }

    /// <summary>Counts the points that neighbour all of a box's, until they are enough, and leaves the runs that must be looked at one by
    /// one in the walk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int SharedNeighbours(CellTree tree, double* box, double limit, int enough, CellWalk walk)
    {
        var dimensions = tree.Points.Dimensions;
        var runs = walk.Runs;
        var shared = 0;
        walk.Clear();
        walk.Push(0);
        while (walk.TryPop(out var at))
        {
            var other = tree.Box(at);
            if (BoxDistance.Nearest(box, other, dimensions) > limit)
                continue;
            ref readonly var node = ref tree.Nodes[at];
            if (BoxDistance.Farthest(box, other, dimensions) <= limit)
            {
                shared += node.Count;
                if (shared >= enough)
                    return shared;
            }
            else if (!node.IsLeaf)
            {
                walk.Push(node.Right);
                walk.Push(at + 1);
            }
            else if (runs.Count > 0 && runs[^1].End == node.Start)
            {
                runs[^1] = (runs[^1].Start, node.End);
            }
            else
            {
                runs.Add((node.Start, node.End));
            }
        }

        return shared;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int MoveToFront(CellTree tree, int leaf, bool[] isCore)
    {
        ref readonly var cell = ref tree.Nodes[leaf];
        int left = cell.Start,
            right = cell.End;
        while (true)
        {
            while (left < right && isCore[left])
                left++;
            while (left < right && !isCore[right - 1])
                right--;
            if (left >= right)
                return left - cell.Start;
            right--;
            tree.Points.Swap(left, right);
            (isCore[left], isCore[right]) = (true, false);
        }
    }
}
