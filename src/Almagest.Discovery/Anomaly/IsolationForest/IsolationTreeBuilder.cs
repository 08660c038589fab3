using System.Numerics;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// Grows one tree as Liu, Ting and Zhou and scikit-learn do: a subsample without replacement; at each node a feature drawn among those
/// that vary in it, a threshold drawn uniformly between its least and greatest value there; until a star is alone, all
/// stars are equal, or the depth is ceil(log2(subsample)).
/// </summary>
internal sealed class IsolationTreeBuilder
{
    private readonly double[] _values;
    private readonly int _columns;
    private readonly int[] _sample;
    private readonly int _maxDepth;
    private readonly int[] _candidates;
    private readonly List<int> _feature = [],
        _left = [],
        _right = [],
        _count = [];
    private readonly List<double> _threshold = [],
        _pathLength = [];
    private TreeRandom _random;

    private IsolationTreeBuilder(FeatureMatrix features, int subsample, TreeRandom random)
    {
        _random = random;
        var drawn = features.Pick(RowDraw.Of(features.Rows, subsample, ref _random));
        (_values, _columns) = (drawn.Values, drawn.Columns);
        _sample = [.. Enumerable.Range(0, drawn.Rows)];
        _maxDepth = subsample <= 1 ? 0 : BitOperations.Log2((uint)subsample - 1) + 1;
        _candidates = new int[features.Columns];
    }

    public static IsolationTree Grow(FeatureMatrix features, int subsample, long seed, int tree)
    {
        var builder = new IsolationTreeBuilder(features, subsample, new TreeRandom(seed, tree));
        builder.Grow(0, builder._sample.Length, 0);
        return new IsolationTree
        {
            Feature = [.. builder._feature],
            Threshold = [.. builder._threshold],
            Left = [.. builder._left],
            Right = [.. builder._right],
            Count = [.. builder._count],
            PathLength = [.. builder._pathLength],
        };
    }

    private int Grow(int start, int end, int depth)
    {
        var node = _left.Count;
        _feature.Add(-1);
        _threshold.Add(0);
        _left.Add(-1);
        _right.Add(-1);
        _count.Add(end - start);
        _pathLength.Add(0);
        if (end - start <= 1 || depth >= _maxDepth || !TryDrawSplit(start, end, out var splitFeature, out var splitThreshold))
        {
            _pathLength[node] = AveragePathLength.FromRoot(depth, end - start);
            return node;
        }
        _feature[node] = splitFeature;
        _threshold[node] = splitThreshold;
        var middle = Partition(start, end, splitFeature, splitThreshold);
        _left[node] = Grow(start, middle, depth + 1);
        _right[node] = Grow(middle, end, depth + 1);
        return node;
    }

    private bool TryDrawSplit(int start, int end, out int splitFeature, out double splitThreshold)
    {
        for (var f = 0; f < _candidates.Length; f++)
            _candidates[f] = f;
        for (var remaining = _candidates.Length; remaining > 0; remaining--)
        {
            var pick = _random.Next(remaining);
            splitFeature = _candidates[pick];
            var (min, max) = Range(start, end, splitFeature);
            if (min < max)
            {
                var u = _random.NextDouble();
                splitThreshold = min * (1 - u) + max * u;
                // Rounding must leave a star on either side: left is "at most", so the greatest value is not a threshold.
                if (!(splitThreshold >= min && splitThreshold < max))
                    splitThreshold = min;
                return true;
            }
            _candidates[pick] = _candidates[remaining - 1];
        }
        (splitFeature, splitThreshold) = (-1, 0);
        return false;
    }

    private (double Min, double Max) Range(int start, int end, int column)
    {
        double min = double.PositiveInfinity,
            max = double.NegativeInfinity;
        for (var i = start; i < end; i++)
        {
            var value = Value(_sample[i], column);
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }
        return (min, max);
    }

    private int Partition(int start, int end, int column, double splitThreshold)
    {
        var middle = start;
        for (var i = start; i < end; i++)
        {
            if (Value(_sample[i], column) > splitThreshold)
                continue;
            (_sample[middle], _sample[i]) = (_sample[i], _sample[middle]);
            middle++;
        }
        return middle;
    }

    private double Value(int row, int column) => _values[row * _columns + column];
}
