using System.Runtime.CompilerServices;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Hdbscan;

/// <summary>
/// A minimum spanning tree of the mutual reachability graph, whose edge between two stars weighs the largest of their
/// distance and their two core distances. Borůvka's rounds over a tree of boxes: each point seeks the nearest point outside
/// its component (after March, Ram and Gray 2010, KDD, and McInnes and Healy 2017, ICDMW).
/// </summary>
internal sealed unsafe class MinimumSpanningTree
{
    private const int PointsAtOnce = 512;

    private readonly CellTree _tree;
    private readonly double[] _core; // squared core distance of each point
    private readonly double[] _nodeCore; // the smallest in each node
    private readonly int[] _component;
    private readonly int[] _nodeComponent; // of a node whose points share one, else -1
    private readonly double[] _bestWeight; // by component
    private readonly (int From, int To)[] _bestEdge;
    private readonly Lock[] _locks;

    private MinimumSpanningTree(CellTree tree, double[] core)
    {
        (_tree, _core) = (tree, core);
        var points = tree.Points.Count;
        _nodeCore = new double[tree.Nodes.Length];
        _nodeComponent = new int[tree.Nodes.Length];
        _component = new int[points];
        _bestWeight = new double[points];
        _bestEdge = new (int, int)[points];
        _locks = [.. Enumerable.Range(0, 256).Select(_ => new Lock())];
        for (var at = tree.Nodes.Length - 1; at >= 0; at--)
        {
            var node = tree.Nodes[at];
            _nodeCore[at] = node.IsLeaf
                ? core.AsSpan(node.Start, node.Count).ToArray().Min()
                : Math.Min(_nodeCore[at + 1], _nodeCore[node.Right]);
        }
    }

    /// <returns>one edge fewer than points, between places of the tree, with squared weights, in no particular order</returns>
    public static List<Edge> Find(CellTree tree, double[] squaredCoreDistances, ParallelOptions parallel, IProgress<double>? progress)
    {
        var search = new MinimumSpanningTree(tree, squaredCoreDistances);
        var sets = new DisjointSets(tree.Points.Count);
        var edges = new List<Edge>(tree.Points.Count);
        while (edges.Count < tree.Points.Count - 1)
        {
            search.Round(sets, parallel);
            search.AddBest(sets, edges);
            progress?.Report((double)edges.Count / tree.Points.Count);
        }

        return edges;
    }

    private void Round(DisjointSets sets, ParallelOptions parallel)
    {
        for (var i = 0; i < _component.Length; i++)
            _component[i] = sets.Find(i);
        Array.Fill(_bestWeight, double.PositiveInfinity);
        for (var at = _tree.Nodes.Length - 1; at >= 0; at--)
            _nodeComponent[at] = SharedComponent(at);
        var chunks = (_component.Length + PointsAtOnce - 1) / PointsAtOnce;
        Parallel.For(
            0,
            chunks,
            parallel,
            () => new CellWalk(),
            (chunk, _, walk) =>
            {
                var end = Math.Min(_component.Length, (chunk + 1) * PointsAtOnce);
                for (var i = chunk * PointsAtOnce; i < end; i++)
                    Seek(i, walk);
                return walk;
            },
            _ => { }
        );
    }

    private int SharedComponent(int at)
    {
        var node = _tree.Nodes[at];
        if (!node.IsLeaf)
            return _nodeComponent[at + 1] == _nodeComponent[node.Right] ? _nodeComponent[at + 1] : -1;
        var shared = _component[node.Start];
        return _component.AsSpan(node.Start, node.Count).ContainsAnyExcept(shared) ? -1 : shared;
    }

    /// <summary>Looks for an edge from a point out of its component, lighter than the best that the component has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Seek(int from, CellWalk walk)
    {
        var component = _component[from];
        var core = _core[from];
        var best = Volatile.Read(ref _bestWeight[component]);
        if (core >= best)
            return; // no edge of this point can be lighter

        var points = _tree.Points;
        var dimensions = points.Dimensions;
        var point = stackalloc double[dimensions];
        var distances = stackalloc double[4];
        points.CopyPoint(from, point);
        var to = -1;
        walk.Clear();
        walk.Push(0);
        while (best > core && walk.TryPop(out var at))
        {
            if (
                _nodeComponent[at] == component
                || _nodeCore[at] >= best
                || BoxDistance.NearestToPoint(point, _tree.Box(at), dimensions) >= best
            )
                continue;
            ref readonly var node = ref _tree.Nodes[at];
            if (!node.IsLeaf)
            {
                walk.PushNearLast(_tree, at, point);
                continue;
            }

            for (var i = node.Start; i < node.End; i += 4)
            {
                points.SquaredDistances4(point, i, distances);
                for (var j = i; j < Math.Min(i + 4, node.End); j++)
                {
                    var weight = Math.Max(core, Math.Max(_core[j], distances[j - i]));
                    if (weight < best && _component[j] != component)
                        (best, to) = (weight, j);
                }

                if (best <= core)
                    break;
            }
        }

        if (to < 0)
            return;
        lock (_locks[component & (_locks.Length - 1)])
        {
            if (best >= _bestWeight[component])
                return;
            _bestEdge[component] = (from, to);
            Volatile.Write(ref _bestWeight[component], best);
        }
    }

    /// <summary>Adds each component's lightest edge. Edges of one weight may close a circle: the last of them is left out.</summary>
    private void AddBest(DisjointSets sets, List<Edge> edges)
    {
        for (var i = 0; i < _component.Length; i++)
        {
            if (_component[i] != i)
                continue; // a component goes by its root
            var (from, to) = _bestEdge[i];
            if (sets.Union(from, to))
                edges.Add(new Edge(from, to, _bestWeight[i]));
        }
    }

    internal readonly record struct Edge(int From, int To, double SquaredWeight);
}
