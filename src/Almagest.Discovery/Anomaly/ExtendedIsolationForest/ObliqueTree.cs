using System.Numerics;
using System.Runtime.CompilerServices;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.ExtendedIsolationForest;

/// <summary>
/// A tree whose nodes cut in random directions: a row goes left where (row - intercept) · normal is at most 0. The intercept is uniform in
/// the box of the node's rows, the normal has Gaussian components, of which as many are not zero as the extension level allows.
/// </summary>
internal sealed class ObliqueTree
{
    private readonly List<double> _normals = [];
    private readonly List<double> _offsets = [],
        _pathLength = [];
    private readonly List<int> _left = [],
        _right = [];
    private readonly int _columns;
    private double[] _normal = [];
    private double[] _offset = [];
    private double[] _path = [];
    private int[] _children = [];

    private ObliqueTree(int columns) => _columns = columns;

    public static ObliqueTree Grow(FeatureMatrix features, int subsample, int level, long seed, int tree)
    {
        var grown = new ObliqueTree(features.Columns);
        var random = new TreeRandom(seed, tree);
        features = features.Pick(RowDraw.Of(features.Rows, subsample, ref random));
        var sample = Enumerable.Range(0, features.Rows).ToArray();
        var maxDepth = subsample <= 1 ? 0 : BitOperations.Log2((uint)subsample - 1) + 1;
        grown.Grow(features, sample, 0, sample.Length, 0, maxDepth, level, ref random);
        grown._normal = [.. grown._normals];
        grown._offset = [.. grown._offsets];
        grown._path = [.. grown._pathLength];
        grown._children = new int[2 * grown._left.Count];
        for (var node = 0; node < grown._left.Count; node++)
            (grown._children[2 * node], grown._children[2 * node + 1]) = (grown._left[node], grown._right[node]);
        return grown;
    }

    public void Write(BinaryWriter to)
    {
        to.Write(_offset.Length);
        foreach (var value in _normal)
            to.Write(value);
        foreach (var value in _offset)
            to.Write(value);
        foreach (var value in _path)
            to.Write(value);
        foreach (var node in _children)
            to.Write(node);
    }

    public static ObliqueTree Read(BinaryReader from, int columns)
    {
        var nodes = from.ReadInt32();
        var tree = new ObliqueTree(columns)
        {
            _normal = new double[nodes * columns],
            _offset = new double[nodes],
            _path = new double[nodes],
            _children = new int[2 * nodes],
        };
        foreach (var values in new[] { tree._normal, tree._offset, tree._path })
            for (var i = 0; i < values.Length; i++)
                values[i] = from.ReadDouble();
        for (var i = 0; i < tree._children.Length; i++)
            tree._children[i] = from.ReadInt32();
        return tree;
    }

    /// <summary>Adds the path lengths of rows to sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<double> rows, Span<double> sums)
    {
        for (var i = 0; i < sums.Length; i++)
            sums[i] += PathLength(rows.Slice(i * _columns, _columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double PathLength(ReadOnlySpan<double> row)
    {
        var node = 0;
        while (_children[2 * node] >= 0)
        {
            var normal = _normal.AsSpan(node * _columns, _columns);
            double projection = 0;
            for (var f = 0; f < normal.Length; f++)
                projection += normal[f] * row[f];
            node = _children[2 * node + (projection > _offset[node] ? 1 : 0)];
        }
        return _path[node];
    }

    private int Grow(FeatureMatrix features, int[] sample, int start, int end, int depth, int maxDepth, int level, ref TreeRandom random)
    {
        var node = _left.Count;
        _normals.AddRange(Enumerable.Repeat(0.0, _columns));
        _offsets.Add(0);
        _left.Add(-1);
        _right.Add(-1);
        _pathLength.Add(0);
        // Of equal rows none can be isolated.
        if (end - start <= 1 || depth >= maxDepth || !TryCut(features, sample.AsSpan(start, end - start), level, node, ref random))
        {
            _pathLength[node] = AveragePathLength.FromRoot(depth, end - start);
            return node;
        }
        var middle = start;
        for (var i = start; i < end; i++)
        {
            var row = features.Row(sample[i]);
            double projection = 0;
            for (var f = 0; f < _columns; f++)
                projection += _normals[node * _columns + f] * row[f];
            if (projection > _offsets[node])
                continue;
            (sample[middle], sample[i]) = (sample[i], sample[middle]);
            middle++;
        }
        // One side may be empty: it is a leaf, too, for rows that are not in the sample.
        _left[node] = Grow(features, sample, start, middle, depth + 1, maxDepth, level, ref random);
        _right[node] = Grow(features, sample, middle, end, depth + 1, maxDepth, level, ref random);
        return node;
    }

    private bool TryCut(FeatureMatrix features, ReadOnlySpan<int> sample, int level, int node, ref TreeRandom random)
    {
        var (low, high) = (features.Row(sample[0]).ToArray(), features.Row(sample[0]).ToArray());
        foreach (var at in sample[1..])
        {
            var row = features.Row(at);
            for (var f = 0; f < _columns; f++)
                (low[f], high[f]) = (Math.Min(low[f], row[f]), Math.Max(high[f], row[f]));
        }
        // A feature that is the same in all rows of the node cannot cut it.
        var varying = Enumerable.Range(0, _columns).Where(f => low[f] < high[f]).ToArray();
        if (varying.Length == 0)
            return false;
        double offset = 0;
        var combined = Math.Min(level + 1, varying.Length);
        for (var i = 0; i < combined; i++)
        {
            var pick = i + random.Next(varying.Length - i);
            (varying[i], varying[pick]) = (varying[pick], varying[i]);
            var f = varying[i];
            var normal = Normal(ref random);
            var u = random.NextDouble();
            _normals[node * _columns + f] = normal;
            offset += normal * (low[f] * (1 - u) + high[f] * u);
        }
        _offsets[node] = offset;
        return true;
    }

    private static double Normal(ref TreeRandom random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
