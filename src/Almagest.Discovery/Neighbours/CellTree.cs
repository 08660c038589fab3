namespace Almagest.Discovery.Neighbours;

/// <summary>
/// A tree of tight boxes over points, halved across the widest side until a cell is compact (all of its points within
/// the limit of each other) or holds few points. Compact cells may hold any number: dense data gives fewer cells, not more.
/// Nodes stand in depth-first order: a left child follows its parent, and leaves ascend with their points.
/// </summary>
internal sealed unsafe class CellTree
{
    private readonly double[] _boxes;
    private readonly double* _box;

    private CellTree(PointColumns points, Node[] nodes, double[] boxes)
    {
        Points = points;
        Nodes = nodes;
        _boxes = boxes;
        fixed (double* box = _boxes)
            _box = box; // pinned for life
        Leaves = [.. Enumerable.Range(0, nodes.Length).Where(i => nodes[i].IsLeaf)];
    }

    public PointColumns Points { get; }

    public Node[] Nodes { get; }

    /// <summary>The nodes that are cells, ascending.</summary>
    public int[] Leaves { get; }

    public double* Box(int node) => _box + (nint)node * 2 * Points.Dimensions;

    /// <param name="limit">the squared distance up to which a cell is compact</param>
    /// <param name="leafSize">the most points of a cell that is not compact</param>
    public static CellTree Build(PointColumns points, double limit, int leafSize, ParallelOptions parallel)
    {
        // The top of the tree is split level by level, many nodes at once, until there is a subtree for every thread.
        var roots = new List<Part> { new(0, points.Count) };
        var level = new List<Part>(roots);
        var threads = parallel.MaxDegreeOfParallelism > 0 ? parallel.MaxDegreeOfParallelism : Environment.ProcessorCount;
        while (level.Count > 0 && level.Count < 8 * threads)
        {
            Parallel.ForEach(level, parallel, part => part.Split(points, limit, leafSize));
            level = [.. level.Where(part => part.Left is not null).SelectMany(part => new[] { part.Left!, part.Right! })];
        }

        Parallel.ForEach(
            level.OrderByDescending(part => part.End - part.Start),
            parallel,
            part =>
            {
                var below = new CellTreeBuilder(points, limit, leafSize);
                below.Grow(part.Start, part.End);
                part.Below = below;
            }
        );

        var all = new CellTreeBuilder(points, limit, leafSize);
        roots[0].AppendTo(all);
        var (nodes, boxes) = all.ToArrays();
        return new CellTree(points, nodes, boxes);
    }

    internal readonly record struct Node(int Start, int End, int Right, bool Compact)
    {
        public bool IsLeaf => Right == 0;

        public int Count => End - Start;
    }

    private sealed class Part(int start, int end)
    {
        private double[]? _box;
        private bool _compact;

        public int Start => start;

        public int End => end;

        public Part? Left { get; private set; }

        public Part? Right { get; private set; }

        public CellTreeBuilder? Below { get; set; }

        public void Split(PointColumns points, double limit, int leafSize)
        {
            _box = new double[2 * points.Dimensions];
            fixed (double* box = _box)
            {
                points.Box(start, end, box);
                _compact = BoxDistance.Farthest(box, box, points.Dimensions) <= limit;
                if (_compact || end - start <= leafSize)
                    return;
                var (dimension, pivot) = CellTreeBuilder.Halving(box, points.Dimensions);
                var middle = points.Partition(start, end, dimension, pivot);
                Left = new Part(start, middle);
                Right = new Part(middle, end);
            }
        }

        public void AppendTo(CellTreeBuilder all)
        {
            if (Below is not null)
            {
                all.Append(Below);
                return;
            }

            int node;
            fixed (double* box = _box)
                node = all.Add(start, end, _compact, box);
            if (Left is null)
                return;
            Left.AppendTo(all);
            all.SetRight(node);
            Right!.AppendTo(all);
        }
    }
}
