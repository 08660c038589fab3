using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering.Hdbscan;

/// <summary>
/// Everything that HDBSCAN knows for one min_samples: the merging of all stars into one, by falling density. Build it once,
/// then <see cref="Condense"/> it for any number of cluster sizes.
/// </summary>
internal sealed class ClusterHierarchy
{
    private const int LeafSize = 8;

    // Node n + i is the i-th merge, by rising weight; nodes below n are stars. Stars stand in an order in which every
    // node is a run.
    private readonly int _stars;
    private readonly double[] _weight;
    private readonly (int Left, int Right)[] _children;
    private readonly int[] _size;
    private readonly int[] _firstRow;
    private readonly int[] _start;
    private readonly int[] _order;

    private ClusterHierarchy(int stars, List<MinimumSpanningTree.Edge> edges)
    {
        _stars = stars;
        edges.Sort((a, b) => a.SquaredWeight.CompareTo(b.SquaredWeight));
        var merges = edges.Count;
        _weight = new double[merges];
        _children = new (int, int)[merges];
        _size = new int[stars + merges];
        _firstRow = new int[stars + merges];
        _start = new int[stars + merges];
        _order = new int[stars];
        for (var i = 0; i < stars; i++)
            (_size[i], _firstRow[i]) = (1, i);
        var sets = new DisjointSets(stars);
        var nodeOfRoot = Enumerable.Range(0, stars).ToArray();
        for (var i = 0; i < merges; i++)
        {
            var edge = edges[i];
            int left = nodeOfRoot[sets.Find(edge.From)],
                right = nodeOfRoot[sets.Find(edge.To)];
            sets.Union(edge.From, edge.To);
            var node = stars + i;
            nodeOfRoot[sets.Find(edge.From)] = node;
            _children[i] = (left, right);
            _weight[i] = Math.Sqrt(edge.SquaredWeight);
            _size[node] = _size[left] + _size[right];
            _firstRow[node] = Math.Min(_firstRow[left], _firstRow[right]);
        }

        for (var node = stars + merges - 1; node >= stars; node--)
        {
            var (left, right) = _children[node - stars];
            _start[left] = _start[node];
            _start[right] = _start[node] + _size[left];
        }

        for (var i = 0; i < stars; i++)
            _order[_start[i]] = i;
    }

    /// <summary>The weights of the minimum spanning tree of mutual reachability, ascending; empty where there are fewer stars than
    /// min_samples.</summary>
    public IReadOnlyList<double> MergeDistances => _weight;

    /// <param name="minSamples">the rank of the neighbour at the core distance, the star itself counted as the first, ≥ 1</param>
    /// <exception cref="DiscoveryException">a value is not finite</exception>
    public static ClusterHierarchy Build(
        FeatureMatrix features,
        int minSamples,
        int maxThreads = 0,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ClusterInput.CheckSquares(features);
        ArgumentOutOfRangeException.ThrowIfLessThan(minSamples, 1);
        var parallel = new AlgorithmContext { MaxThreads = maxThreads, CancellationToken = cancellationToken }.Parallel();
        cancellationToken.ThrowIfCancellationRequested();
        if (features.Rows < Math.Max(2, minSamples))
        {
            progress?.Report(1);
            return new ClusterHierarchy(features.Rows, []); // no star has a core distance: nothing merges
        }

        var tree = CellTree.Build(new PointColumns(features), 0, LeafSize, parallel);
        var core = CoreDistances.Squared(tree, minSamples, parallel);
        progress?.Report(0.3);
        var edges = MinimumSpanningTree.Find(tree, core, parallel, progress is null ? null : new Rescaled(progress, 0.3, 1));
        var row = tree.Points.Row;
        var hierarchy = new ClusterHierarchy(
            features.Rows,
            [.. edges.Select(edge => edge with { From = row[edge.From], To = row[edge.To] })]
        );
        progress?.Report(1);
        return hierarchy;
    }

    /// <summary>The hierarchy of clusters of at least a size: smaller groups that split off are stars leaving their cluster.</summary>
    /// <param name="minClusterSize">≥ 2</param>
    public CondensedTree Condense(int minClusterSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minClusterSize, 2);
        var condensed = new CondensedTree(_stars);
        if (_weight.Length == 0 || _stars < minClusterSize)
            return condensed;
        var open = new Stack<(int Node, int Cluster)>();
        var parts = new List<int>();
        open.Push((_stars + _weight.Length - 1, CondensedTree.Root));
        while (open.TryPop(out var at))
        {
            var weight = _weight[at.Node - _stars];
            var density = weight == 0 ? double.PositiveInfinity : Math.Min(1 / weight, double.MaxValue); // infinite among equal stars only
            if (weight == 0)
            {
                Leave(condensed, at.Node, at.Cluster, density);
                continue;
            }

            Split(at.Node, parts);
            var large = parts.Count(part => _size[part] >= minClusterSize);
            foreach (var part in parts)
            {
                if (_size[part] < minClusterSize)
                    Leave(condensed, part, at.Cluster, density);
                else
                    open.Push((part, large > 1 ? condensed.Add(at.Cluster, density) : at.Cluster));
            }
        }

        condensed.Complete();
        return condensed;
    }

    /// <summary>The parts into which a node falls when all edges of its weight go, by their first row.</summary>
    private void Split(int node, List<int> parts)
    {
        parts.Clear();
        var weight = _weight[node - _stars];
        var open = new Stack<int>();
        open.Push(node);
        while (open.TryPop(out var at))
        {
            if (at < _stars || _weight[at - _stars] < weight)
            {
                parts.Add(at);
                continue;
            }

            open.Push(_children[at - _stars].Left);
            open.Push(_children[at - _stars].Right);
        }

        parts.Sort((a, b) => _firstRow[a].CompareTo(_firstRow[b]));
    }

    private void Leave(CondensedTree condensed, int node, int cluster, double density) =>
        condensed.Leave(_order.AsSpan(_start[node], _size[node]), cluster, density);

    private sealed class Rescaled(IProgress<double> progress, double from, double to) : IProgress<double>
    {
        public void Report(double value) => progress.Report(from + (to - from) * value);
    }
}
