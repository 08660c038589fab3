using System.Numerics;

namespace Almagest.Discovery.Clustering;

/// <summary>Joins core points within the limit of each other into sets, cell by cell.</summary>
internal static unsafe class CoreLinks
{
    /// <summary>Comparisons of two cells beyond which they are compared by halving.</summary>
    private const long PlainComparisons = 1 << 20;

    /// <returns>sets over the places of the points; points that are no core stay alone</returns>
    public static DisjointSets Connect(CorePoints cores, double limit, ParallelOptions parallel)
    {
        var sets = new DisjointSets(cores.Tree.Points.Count);
        CellWalk.ForEachLeaf(cores.Tree, parallel, (leaf, _) =>
        {
            ref readonly var cell = ref cores.Tree.Nodes[leaf];
            if (!cell.Compact) return;
            for (var i = cell.Start + 1; i < cores.CoreEnd(leaf); i++) sets.Adopt(cell.Start, i);
        });
        CellWalk.ForEachLeaf(cores.Tree, parallel, (leaf, walk) =>
        {
            if (cores.Count[leaf] == 0) return;
            ref readonly var cell = ref cores.Tree.Nodes[leaf];
            if (!cell.Compact) JoinLoose(cores, sets, leaf, leaf, limit);
            walk.FindCoreLeaves(cores, leaf, cell.End, limit);
            foreach (var other in walk.Leaves) Join(cores, sets, leaf, other, limit);
        });
        return sets;
    }

    private static void Join(CorePoints cores, DisjointSets sets, int a, int b, double limit)
    {
        var nodes = cores.Tree.Nodes;
        if (nodes[a].Compact && nodes[b].Compact)
        {
            if (sets.Find(nodes[a].Start) != sets.Find(nodes[b].Start) && AnyPair(cores, a, b, limit))
                sets.Union(nodes[a].Start, nodes[b].Start);
        }
        else if (nodes[a].Compact)
        {
            JoinMixed(cores, sets, a, b, limit);
        }
        else if (nodes[b].Compact)
        {
            JoinMixed(cores, sets, b, a, limit);
        }
        else
        {
            JoinLoose(cores, sets, a, b, limit);
        }
    }

    private static void JoinMixed(CorePoints cores, DisjointSets sets, int compact, int loose, double limit)
    {
        var tree = cores.Tree;
        var points = tree.Points;
        var point = stackalloc double[points.Dimensions];
        var anchor = tree.Nodes[compact].Start;
        for (var i = tree.Nodes[loose].Start; i < cores.CoreEnd(loose); i++)
        {
            if (sets.Find(i) == sets.Find(anchor)) continue;
            points.CopyPoint(i, point);
            if (points.AnyWithin(point, anchor, cores.CoreEnd(compact), limit)) sets.Union(i, anchor);
        }
    }

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

    /// <summary>Whether a core point of one compact cell lies within the limit of a core point of another.</summary>
    private static bool AnyPair(CorePoints cores, int a, int b, double limit)
    {
        var tree = cores.Tree;
        var points = tree.Points;
        var dimensions = points.Dimensions;
        if (BoxDistance.Farthest(tree.Box(a), tree.Box(b), dimensions) <= limit) return true;
        if (cores.Count[a] > cores.Count[b]) (a, b) = (b, a);

        var point = stackalloc double[dimensions];
        var comparisons = 0L;
        for (var i = tree.Nodes[a].Start; i < cores.CoreEnd(a); i++)
        {
            points.CopyPoint(i, point);
            if (BoxDistance.NearestToPoint(point, tree.Box(b), dimensions) > limit) continue;
            if (points.AnyWithin(point, tree.Nodes[b].Start, cores.CoreEnd(b), limit)) return true;
            comparisons += cores.Count[b];
            if (comparisons > PlainComparisons)
                return new ClosePair(points, limit).Exists(i + 1, cores.CoreEnd(a), tree.Nodes[b].Start, cores.CoreEnd(b));
        }

        return false;
    }
}
