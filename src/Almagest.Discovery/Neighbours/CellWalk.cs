using System.Runtime.CompilerServices;

namespace Almagest.Discovery.Neighbours;

/// <summary>Runs work over the leaves of a tree on many threads, and holds what one thread needs to walk the tree.</summary>
internal sealed unsafe class CellWalk
{
    private const int LeavesAtOnce = 64;

    private int[] _open = new int[128];
    private int _openCount;

    /// <summary>The leaves that the last search found, ascending.</summary>
    public List<int> Leaves { get; } = [];

    /// <summary>The runs of points [Start, End) that the last search found, ascending and apart.</summary>
    public List<(int Start, int End)> Runs { get; } = [];

    public void Push(int node)
    {
        if (_openCount == _open.Length)
            Array.Resize(ref _open, 2 * _open.Length);
        _open[_openCount++] = node;
    }

    /// <summary>Pushes the children of a node so that the one nearer to a point is visited first.</summary>
    public void PushNearLast(CellTree tree, int node, double* point)
    {
        int left = node + 1,
            right = tree.Nodes[node].Right;
        var dimensions = tree.Points.Dimensions;
        var leftFirst =
            BoxDistance.NearestToPoint(point, tree.Box(left), dimensions) <= BoxDistance.NearestToPoint(point, tree.Box(right), dimensions);
        Push(leftFirst ? right : left);
        Push(leftFirst ? left : right);
    }

    public bool TryPop(out int node)
    {
        node = _openCount > 0 ? _open[--_openCount] : -1;
        return node >= 0;
    }

    public void Clear()
    {
        _openCount = 0;
        Leaves.Clear();
        Runs.Clear();
    }

    /// <summary>Finds the leaves that hold points that count, end after a place, and may have points within the limit of a leaf.</summary>
    /// <param name="counts">of the points of each node, those that count; a node without any is passed over</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FindLeaves(CellTree tree, int[] counts, int leaf, int after, double limit)
    {
        var dimensions = tree.Points.Dimensions;
        var box = tree.Box(leaf);
        Clear();
        Push(0);
        while (TryPop(out var at))
        {
            ref readonly var node = ref tree.Nodes[at];
            if (node.End <= after || counts[at] == 0 || BoxDistance.Nearest(box, tree.Box(at), dimensions) > limit)
                continue;
            if (node.IsLeaf)
            {
                Leaves.Add(at);
                continue;
            }

            Push(node.Right);
            Push(at + 1);
        }
    }

    /// <summary>Calls the work for each leaf of the tree, each thread with a walk of its own.</summary>
    public static void ForEachLeaf(CellTree tree, ParallelOptions parallel, Action<int, CellWalk> work)
    {
        var leaves = tree.Leaves;
        var chunks = (leaves.Length + LeavesAtOnce - 1) / LeavesAtOnce;
        Parallel.For(
            0,
            chunks,
            parallel,
            () => new CellWalk(),
            (chunk, _, walk) =>
            {
                var end = Math.Min(leaves.Length, (chunk + 1) * LeavesAtOnce);
                for (var i = chunk * LeavesAtOnce; i < end; i++)
                    work(leaves[i], walk);
                return walk;
            },
            _ => { }
        );
    }
}
