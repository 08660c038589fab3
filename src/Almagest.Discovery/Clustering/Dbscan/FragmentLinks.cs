using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>Joins fragments of other tiles with those of a tile that have core stars within the limit. What is one set already is passed
/// over, branch by branch.</summary>
/// <param name="tree">of the core stars of the tile</param>
/// <param name="fragments">of its places</param>
internal sealed unsafe class FragmentLinks(CellTree tree, int[] fragments, DisjointSets sets, double limit)
{
    /// <summary>A cell of more points gets a tree of its own, so that a crowd which is not reached is not compared one by one.</summary>
    private const int Crowd = 512;

    private const int LeafSize = 16;

    private readonly ConcurrentDictionary<int, Lazy<CellTree>> _crowds = new();

    // Of each node a fragment of its one set; -1 = it has several.
    private readonly int[] _sets = new int[tree.Nodes.Length];

    /// <summary>Looks which branches are one set by now; before the first block, while no other thread is at work.</summary>
    public void Refresh()
    {
        for (var node = _sets.Length - 1; node >= 0; node--)
        {
            ref readonly var cell = ref tree.Nodes[node];
            if (!cell.IsLeaf)
            {
                _sets[node] = _sets[node + 1] == _sets[cell.Right] ? _sets[node + 1] : -1;
                continue;
            }
            _sets[node] = sets.Find(fragments[cell.Start]);
            for (var i = cell.Start + 1; i < cell.End && _sets[node] >= 0; i++)
                if (sets.Find(fragments[i]) != _sets[node])
                    _sets[node] = -1;
        }
    }

    /// <summary>Joins what a block of core points of another tile is of.</summary>
    /// <param name="theirs">their fragments</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Join(ReadOnlySpan<double> points, Span<int> theirs, CellWalk walk)
    {
        var dimensions = tree.Points.Dimensions;
        var box = stackalloc double[2 * dimensions];
        PointBlock.Box(points, theirs, 0, int.MaxValue, dimensions, box);
        var isOne = true;
        for (var i = 1; i < theirs.Length && isOne; i++)
            isOne = sets.Find(theirs[i]) == sets.Find(theirs[0]);
        walk.Clear();
        walk.Push(0);
        while (walk.TryPop(out var at))
        {
            if (BoxDistance.Nearest(box, tree.Box(at), dimensions) > limit)
                continue;
            if (isOne && _sets[at] >= 0)
            {
                if (sets.Find(_sets[at]) == sets.Find(theirs[0]))
                    continue;
                if (BoxDistance.Farthest(box, tree.Box(at), dimensions) <= limit)
                {
                    sets.Union(_sets[at], theirs[0]);
                    continue;
                }
            }
            if (tree.Nodes[at].IsLeaf)
            {
                JoinLeaf(at, points, theirs);
                continue;
            }
            walk.Push(tree.Nodes[at].Right);
            walk.Push(at + 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void JoinLeaf(int leaf, ReadOnlySpan<double> points, ReadOnlySpan<int> theirs)
    {
        ref readonly var cell = ref tree.Nodes[leaf];
        var dimensions = tree.Points.Dimensions;
        fixed (double* all = points)
        {
            for (var i = 0; i < theirs.Length; i++)
            {
                var point = all + i * dimensions;
                if (_sets[leaf] >= 0 && sets.Find(_sets[leaf]) == sets.Find(theirs[i]))
                    continue;
                if (BoxDistance.NearestToPoint(point, tree.Box(leaf), dimensions) > limit)
                    continue;
                if (_sets[leaf] >= 0)
                {
                    if (IsReached(point, leaf))
                        sets.Union(_sets[leaf], theirs[i]);
                    continue;
                }
                for (var j = cell.Start; j < cell.End; j += 4)
                for (var near = tree.Points.Near4(point, j, cell.End, limit); near != 0; near &= near - 1)
                    sets.Union(fragments[j + BitOperations.TrailingZeroCount(near)], theirs[i]);
            }
        }
    }

    private bool IsReached(double* point, int leaf)
    {
        ref readonly var cell = ref tree.Nodes[leaf];
        if (cell.Count <= Crowd)
            return tree.Points.AnyWithin(point, cell.Start, cell.End, limit);
        var crowd = _crowds.GetOrAdd(leaf, l => new Lazy<CellTree>(() => Split(l))).Value;
        return IsReached(point, crowd, 0);
    }

    private bool IsReached(double* point, CellTree crowd, int at)
    {
        var dimensions = crowd.Points.Dimensions;
        if (BoxDistance.NearestToPoint(point, crowd.Box(at), dimensions) > limit)
            return false;
        ref readonly var node = ref crowd.Nodes[at];
        return node.IsLeaf
            ? crowd.Points.AnyWithin(point, node.Start, node.End, limit)
            : IsReached(point, crowd, at + 1) || IsReached(point, crowd, node.Right);
    }

    private CellTree Split(int leaf)
    {
        var cell = tree.Nodes[leaf];
        var dimensions = tree.Points.Dimensions;
        var values = new double[cell.Count * dimensions];
        fixed (double* target = values)
            for (var i = 0; i < cell.Count; i++)
                tree.Points.CopyPoint(cell.Start + i, target + i * dimensions);
        var names = Enumerable.Repeat("", dimensions).ToArray();
        return CellTree.Build(
            new PointColumns(new FeatureMatrix(cell.Count, names, values)),
            0,
            LeafSize,
            new ParallelOptions { MaxDegreeOfParallelism = 1 }
        );
    }
}
