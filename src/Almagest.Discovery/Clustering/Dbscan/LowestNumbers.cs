using System.Numerics;
using System.Runtime.CompilerServices;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>Finds the lowest number of a cluster whose core stars reach a star.</summary>
internal sealed unsafe class LowestNumbers
{
    private readonly CellTree _tree;
    private readonly int[] _numbers;
    private readonly int[] _lowest;
    private readonly double _limit;

    /// <param name="tree">of core stars</param>
    /// <param name="numbers">of the clusters of its rows</param>
    public LowestNumbers(CellTree tree, int[] numbers, double limit)
    {
        (_tree, _limit) = (tree, limit);
        _numbers = Array.ConvertAll(tree.Points.Row, row => numbers[row]);
        _lowest = new int[tree.Nodes.Length];
        for (var node = _lowest.Length - 1; node >= 0; node--)
        {
            ref readonly var cell = ref tree.Nodes[node];
            if (!cell.IsLeaf)
            {
                _lowest[node] = Math.Min(_lowest[node + 1], _lowest[cell.Right]);
                continue;
            }
            _lowest[node] = int.MaxValue;
            for (var i = cell.Start; i < cell.End; i++)
                _lowest[node] = Math.Min(_lowest[node], _numbers[i]);
        }
    }

    /// <summary>Lowers the numbers of a block of points that a cluster of a lower number reaches; negative ones stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Lower(ReadOnlySpan<double> points, Span<int> numbers, CellWalk walk)
    {
        var dimensions = _tree.Points.Dimensions;
        var box = stackalloc double[2 * dimensions];
        if (
            !PointBlock.Box(points, numbers, 1, int.MaxValue, dimensions, box)
            || BoxDistance.Nearest(box, _tree.Box(0), dimensions) > _limit
        )
            return;
        fixed (double* all = points)
            for (var i = 0; i < numbers.Length; i++)
                if (numbers[i] > 0)
                    numbers[i] = Lowest(all + i * dimensions, numbers[i], walk);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Lowest(double* point, int lowest, CellWalk walk)
    {
        var points = _tree.Points;
        walk.Clear();
        walk.Push(0);
        while (walk.TryPop(out var at))
        {
            if (_lowest[at] >= lowest || BoxDistance.NearestToPoint(point, _tree.Box(at), points.Dimensions) > _limit)
                continue;
            ref readonly var node = ref _tree.Nodes[at];
            if (!node.IsLeaf)
            {
                walk.Push(node.Right);
                walk.Push(at + 1);
            }
            else if (node.Compact)
            {
                // All of its core stars are of one cluster.
                if (points.AnyWithin(point, node.Start, node.End, _limit))
                    lowest = _lowest[at];
            }
            else
            {
                for (var i = node.Start; i < node.End; i += 4)
                for (var near = points.Near4(point, i, node.End, _limit); near != 0; near &= near - 1)
                    lowest = Math.Min(lowest, _numbers[i + BitOperations.TrailingZeroCount(near)]);
            }
        }
        return lowest;
    }
}
