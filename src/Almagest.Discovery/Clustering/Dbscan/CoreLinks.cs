using System.Numerics;
using System.Runtime.CompilerServices;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>Joins core points within the limit of each other into sets, cell by cell.</summary>
internal static unsafe class CoreLinks
{
    /// <summary>Comparisons of two cells beyond which they are compared by halving.</summary>
    private const long PlainComparisons = 1 << 20;

    /// <returns>sets over the places of the points; points that are not core stay alone</returns>
    public static DisjointSets Connect(CorePoints cores, double limit, ParallelOptions parallel)
    {
        var sets = new DisjointSets(cores.Tree.Points.Count);
        var linked = new bool[cores.Tree.Nodes.Length]; // leaves whose core points are one set by themselves
        CellWalk.ForEachLeaf(cores.Tree, parallel, (leaf, _) => linked[leaf] = Link(cores, sets, leaf, limit));
        CellWalk.ForEachLeaf(
            cores.Tree,
            parallel,
            (leaf, walk) =>
            {
                if (cores.Count[leaf] == 0)
                    return;
                walk.FindLeaves(cores.Tree, cores.Count, leaf, cores.Tree.Nodes[leaf].End, limit);
                foreach (var other in walk.Leaves)
                    Join(cores, sets, linked, leaf, other, limit);
            }
        );
        return sets;
    }

    /// <summary>Joins the core points of a leaf among themselves; true where they become one set.</summary>
    private static bool Link(CorePoints cores, DisjointSets sets, int leaf, double limit)
    {
        ref readonly var cell = ref cores.Tree.Nodes[leaf];
        var end = cores.CoreEnd(leaf);
        if (cell.Compact)
        {
            for (var i = cell.Start + 1; i < end; i++)
                sets.Adopt(cell.Start, i);
            return true;
        }

        JoinLoose(cores, sets, leaf, leaf, limit);
        for (var i = cell.Start + 1; i < end; i++)
            if (sets.Find(i) != sets.Find(cell.Start))
                return false;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Join(CorePoints cores, DisjointSets sets, bool[] linked, int a, int b, double limit)
    {
        var nodes = cores.Tree.Nodes;
        if (linked[a] && linked[b])
        {
            if (sets.Find(nodes[a].Start) != sets.Find(nodes[b].Start) && AnyPair(cores, a, b, limit))
                sets.Union(nodes[a].Start, nodes[b].Start);
        }
        else if (linked[a])
        {
            JoinMixed(cores, sets, a, b, limit);
        }
        else if (linked[b])
        {
            JoinMixed(cores, sets, b, a, limit);
        }
        else
        {
            JoinLoose(cores, sets, a, b, limit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void JoinMixed(CorePoints cores, DisjointSets sets, int whole, int loose, double limit)
    {
        var tree = cores.Tree;
        var points = tree.Points;
        var point = stackalloc double[points.Dimensions];
        var anchor = tree.Nodes[whole].Start;
        for (var i = tree.Nodes[loose].Start; i < cores.CoreEnd(loose); i++)
        {
            if (sets.Find(i) == sets.Find(anchor))
                continue;
            points.CopyPoint(i, point);
            if (points.AnyWithin(point, anchor, cores.CoreEnd(whole), limit))
                sets.Union(i, anchor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void JoinLoose(CorePoints cores, DisjointSets sets, int a, int b, double limit)
    {
        var tree = cores.Tree;
        var points = tree.Points;
        var point = stackalloc double[points.Dimensions];
        var end = cores.CoreEnd(b);
        for (var i = tree.Nodes[a].Start; i < cores.CoreEnd(a); i++)
        {
            points.CopyPoint(i, point);
            for (var j = a == b ? i + 1 : tree.Nodes[b].Start; j < end; j += 4)
            for (var near = points.Near4(point, j, end, limit); near != 0; near &= near - 1)
                sets.Union(i, j + BitOperations.TrailingZeroCount(near));
        }
    }

    /// <summary>Whether a core point of one leaf lies within the limit of a core point of another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool AnyPair(CorePoints cores, int a, int b, double limit)
    {
        var tree = cores.Tree;
        var points = tree.Points;
        var dimensions = points.Dimensions;
        if (BoxDistance.Farthest(tree.Box(a), tree.Box(b), dimensions) <= limit)
            return true;
        if (cores.Count[a] > cores.Count[b])
            (a, b) = (b, a);

        var point = stackalloc double[dimensions];
        var comparisons = 0L;
        for (var i = tree.Nodes[a].Start; i < cores.CoreEnd(a); i++)
        {
            points.CopyPoint(i, point);
            if (BoxDistance.NearestToPoint(point, tree.Box(b), dimensions) > limit)
                continue;
            if (points.AnyWithin(point, tree.Nodes[b].Start, cores.CoreEnd(b), limit))
                return true;
            comparisons += cores.Count[b];
            if (comparisons > PlainComparisons)
                return new ClosePair(points, limit).Exists(i + 1, cores.CoreEnd(a), tree.Nodes[b].Start, cores.CoreEnd(b));
        }

        return false;
    }
}
