using System.Runtime.CompilerServices;

namespace Almagest.Discovery.Neighbours;

/// <summary>Grows a subtree of a <see cref="CellTree"/> into lists of nodes and boxes.</summary>
internal sealed unsafe class CellTreeBuilder(PointColumns points, double limit, int leafSize)
{
    private readonly int _boxLength = 2 * points.Dimensions;
    private CellTree.Node[] _nodes = new CellTree.Node[64];
    private double[] _boxes = new double[64 * 2 * points.Dimensions];
    private int _count;

    /// <summary>Where to halve a box: its widest side, at a pivot above its low, so that both halves hold points.</summary>
    public static (int Dimension, double Pivot) Halving(double* box, int dimensions)
    {
        var widest = 0;
        for (var j = 1; j < dimensions; j++)
            if (box[dimensions + j] - box[j] > box[dimensions + widest] - box[widest])
                widest = j;
        double low = box[widest],
            high = box[dimensions + widest];
        var middle = low / 2 + high / 2; // low + high may overflow
        return (widest, middle > low ? middle : high);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Grow(int start, int end)
    {
        // A stack of its own: the depth of a halved tree is bounded by the exponents of the values, not by log n.
        var open = new Stack<(int Start, int End, int Parent)>();
        open.Push((start, end, -1));
        var box = stackalloc double[_boxLength];
        while (open.TryPop(out var part))
        {
            points.Box(part.Start, part.End, box);
            var compact = BoxDistance.Farthest(box, box, points.Dimensions) <= limit;
            if (part.Parent >= 0)
                SetRight(part.Parent);
            var node = Add(part.Start, part.End, compact, box);
            if (compact || part.End - part.Start <= leafSize)
                continue;
            var (dimension, pivot) = Halving(box, points.Dimensions);
            var middle = points.Partition(part.Start, part.End, dimension, pivot);
            open.Push((middle, part.End, node));
            open.Push((part.Start, middle, -1));
        }
    }

    public int Add(int start, int end, bool compact, double* box)
    {
        Reserve(1);
        _nodes[_count] = new CellTree.Node(start, end, 0, compact);
        new ReadOnlySpan<double>(box, _boxLength).CopyTo(_boxes.AsSpan(_count * _boxLength));
        return _count++;
    }

    /// <summary>Makes the next node to come the right child of one already here.</summary>
    public void SetRight(int node) => _nodes[node] = _nodes[node] with { Right = _count };

    public void Append(CellTreeBuilder below)
    {
        Reserve(below._count);
        for (var i = 0; i < below._count; i++)
        {
            var node = below._nodes[i];
            _nodes[_count + i] = node.IsLeaf ? node : node with { Right = node.Right + _count };
        }

        below._boxes.AsSpan(0, below._count * _boxLength).CopyTo(_boxes.AsSpan(_count * _boxLength));
        _count += below._count;
    }

    public (CellTree.Node[] Nodes, double[] Boxes) ToArrays()
    {
        var boxes = GC.AllocateUninitializedArray<double>(_count * _boxLength, pinned: true);
        _boxes.AsSpan(0, boxes.Length).CopyTo(boxes);
        return (_nodes[.._count], boxes);
    }

    private void Reserve(int more)
    {
        if (_count + more <= _nodes.Length)
            return;
        var size = Math.Max(_count + more, 2 * _nodes.Length);
        Array.Resize(ref _nodes, size);
        Array.Resize(ref _boxes, size * _boxLength);
    }
}
