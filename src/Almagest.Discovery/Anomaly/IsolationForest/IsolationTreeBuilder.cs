using System.Numerics;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// Grows one tree as Liu, Ting and Zhou and scikit-learn do: a subsample without replacement; at each node a feature drawn among those
/// that vary in it, a threshold drawn uniformly between its least and greatest value there; until a star is alone, all
/// stars are equal, or the depth is ceil(log2(subsample)).
/// </summary>
sealed class IsolationTreeBuilder
{
    readonly FeatureMatrix features;
    readonly int[] sample;
    readonly int maxDepth;
    readonly int[] candidates;
    readonly List<int> feature = [], left = [], right = [], count = [];
    readonly List<double> threshold = [], pathLength = [];
    TreeRandom random;

    IsolationTreeBuilder(FeatureMatrix features, int subsample, TreeRandom random)
    {
        this.features = features;
        this.random = random;
        sample = Draw(features.Rows, subsample, ref this.random);
        maxDepth = subsample <= 1 ? 0 : BitOperations.Log2((uint)subsample - 1) + 1;
        candidates = new int[features.Columns];
    }

    public static IsolationTree Grow(FeatureMatrix features, int subsample, long seed, int tree)
    {
        var builder = new IsolationTreeBuilder(features, subsample, new TreeRandom(seed, tree));
        builder.Grow(0, builder.sample.Length, 0);
        return new IsolationTree
        {
            Feature = [.. builder.feature],
            Threshold = [.. builder.threshold],
            Left = [.. builder.left],
            Right = [.. builder.right],
            Count = [.. builder.count],
            PathLength = [.. builder.pathLength],
        };
    }

    /// <summary>Distinct row numbers by Floyd's algorithm: as many draws as the sample has stars, however large the selection.</summary>
    static int[] Draw(int rows, int size, ref TreeRandom random)
    {
        var chosen = new HashSet<int>(size);
        var order = new int[size];
        for (var i = 0; i < size; i++)
        {
            var last = rows - size + i;
            var row = random.Next(last + 1);
            if (!chosen.Add(row)) chosen.Add(row = last);
            order[i] = row;
        }
        return order;
    }

    int Grow(int start, int end, int depth)
    {
        var node = left.Count;
        feature.Add(-1);
        threshold.Add(0);
        left.Add(-1);
        right.Add(-1);
        count.Add(end - start);
        pathLength.Add(0);
        if (end - start <= 1 || depth >= maxDepth || !TryDrawSplit(start, end, out var splitFeature, out var splitThreshold))
        {
            pathLength[node] = AveragePathLength.FromRoot(depth, end - start);
            return node;
        }
        feature[node] = splitFeature;
        threshold[node] = splitThreshold;
        var middle = Partition(start, end, splitFeature, splitThreshold);
        left[node] = Grow(start, middle, depth + 1);
        right[node] = Grow(middle, end, depth + 1);
        return node;
    }

    bool TryDrawSplit(int start, int end, out int splitFeature, out double splitThreshold)
    {
        for (var f = 0; f < candidates.Length; f++) candidates[f] = f;
        for (var remaining = candidates.Length; remaining > 0; remaining--)
        {
            var pick = random.Next(remaining);
            splitFeature = candidates[pick];
            var (min, max) = Range(start, end, splitFeature);
            if (min < max)
            {
                var u = random.NextDouble();
                splitThreshold = min * (1 - u) + max * u;
                // Rounding must leave a star on either side: left is "at most", so the greatest value is no threshold.
                if (!(splitThreshold >= min && splitThreshold < max)) splitThreshold = min;
                return true;
            }
            candidates[pick] = candidates[remaining - 1];
        }
        (splitFeature, splitThreshold) = (-1, 0);
        return false;
    }

    (double Min, double Max) Range(int start, int end, int column)
    {
        double min = double.PositiveInfinity, max = double.NegativeInfinity;
        for (var i = start; i < end; i++)
        {
            var value = Value(sample[i], column);
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }
        return (min, max);
    }

    int Partition(int start, int end, int column, double splitThreshold)
    {
        var middle = start;
        for (var i = start; i < end; i++)
        {
            if (Value(sample[i], column) > splitThreshold) continue;
            (sample[middle], sample[i]) = (sample[i], sample[middle]);
            middle++;
        }
        return middle;
    }

    double Value(int row, int column) => features.Values[row * features.Columns + column];
}
