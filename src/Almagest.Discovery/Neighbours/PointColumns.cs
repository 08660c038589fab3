using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Neighbours;

/// <summary>
/// Points as columns, in an order of their own, with kernels that compare one point with a run of others. Every distance
/// is the plain sum of squared differences in the order of the features, without fused operations, so that each pair
/// gives the same answer here, in the plain reference and in scikit-learn.
/// </summary>
internal sealed unsafe class PointColumns
{
    private const int Padding = 4; // kernels read whole vectors past the last point

    private readonly double[] _pinned;
    private readonly double* _values;
    private readonly nint _stride;

    public PointColumns(FeatureMatrix features)
    {
        Count = features.Rows;
        Dimensions = features.Columns;
        _stride = Count + Padding;
        _pinned = GC.AllocateUninitializedArray<double>(checked((int)(_stride * Dimensions)), pinned: true);
        fixed (double* values = _pinned)
            _values = values; // stays valid: the array is pinned for life
        Row = GC.AllocateUninitializedArray<int>(Count);
        var source = features.Values.AsSpan();
        for (var j = 0; j < Dimensions; j++)
        {
            var column = Column(j);
            for (int i = 0, at = j; i < Count; i++, at += Dimensions)
                column[i] = source[at];
            new Span<double>(column + Count, Padding).Clear();
        }

        for (var i = 0; i < Count; i++)
            Row[i] = i;
    }

    public int Count { get; }

    public int Dimensions { get; }

    /// <summary>The row in the matrix of the point at each place.</summary>
    public int[] Row { get; }

    public double* Column(int dimension) => _values + dimension * _stride;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyPoint(int index, double* target)
    {
        for (var j = 0; j < Dimensions; j++)
            target[j] = Column(j)[index];
    }

    public void Swap(int a, int b)
    {
        for (var j = 0; j < Dimensions; j++)
        {
            var column = Column(j);
            (column[a], column[b]) = (column[b], column[a]);
        }

        (Row[a], Row[b]) = (Row[b], Row[a]);
    }

    /// <summary>How many points of a run lie within the limit (a squared distance) of a point; stops once it has found enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int CountWithin(double* point, int from, int to, double limit, int enough)
    {
        var count = 0;
        for (var i = from; i < to; i += 4)
        {
            count += BitOperations.PopCount(Near4(point, i, to, limit));
            if (count >= enough)
                break;
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool AnyWithin(double* point, int from, int to, double limit)
    {
        for (var i = from; i < to; i += 4)
            if (Near4(point, i, to, limit) != 0)
                return true;
        return false;
    }

    /// <summary>A bit for each of the points i … i+3 before <paramref name="to"/> that lies within the limit of a point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Near4(double* point, int i, int to, double limit)
    {
        var sum = SquaredDistances4(point, i);
        var near = Vector256.LessThanOrEqual(sum, Vector256.Create(limit)).ExtractMostSignificantBits();
        return to - i >= 4 ? near : near & ((1u << (to - i)) - 1);
    }

    /// <summary>The squared distances from a point to the points i … i+3; past the last point they mean nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SquaredDistances4(double* point, int i, double* target) => SquaredDistances4(point, i).Store(target);

    /// <summary>Both: the squared distances from a point to the points i … i+3, and a bit for each that is within the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Near4(double* point, int i, int to, double limit, double* target)
    {
        var sum = SquaredDistances4(point, i);
        sum.Store(target);
        var near = Vector256.LessThanOrEqual(sum, Vector256.Create(limit)).ExtractMostSignificantBits();
        return to - i >= 4 ? near : near & ((1u << (to - i)) - 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<double> SquaredDistances4(double* point, int i)
    {
        var column = _values + i;
        var difference = Vector256.Load(column) - Vector256.Create(point[0]);
        var sum = difference * difference;
        if (Dimensions == 3)
        {
            var second = Vector256.Load(column + _stride) - Vector256.Create(point[1]);
            var third = Vector256.Load(column + 2 * _stride) - Vector256.Create(point[2]);
            sum += second * second;
            sum += third * third;
        }
        else
        {
            for (var j = 1; j < Dimensions; j++)
            {
                column += _stride;
                difference = Vector256.Load(column) - Vector256.Create(point[j]);
                sum += difference * difference;
            }
        }

        return sum;
    }

    /// <summary>The bounding box of a run that is not empty: the lows, then the highs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Box(int from, int to, double* box)
    {
        for (var j = 0; j < Dimensions; j++)
        {
            var column = Column(j);
            double low = column[from],
                high = low;
            var i = from;
            if (to - from >= 8)
            {
                var lows = Vector256.Load(column + i);
                var highs = lows;
                for (i += 4; i + 4 <= to; i += 4)
                {
                    var next = Vector256.Load(column + i);
                    lows = Vector256.MinNative(lows, next);
                    highs = Vector256.MaxNative(highs, next);
                }

                for (var lane = 0; lane < 4; lane++)
                {
                    low = double.MinNative(low, lows[lane]);
                    high = double.MaxNative(high, highs[lane]);
                }
            }

            for (; i < to; i++)
            {
                low = double.MinNative(low, column[i]);
                high = double.MaxNative(high, column[i]);
            }

            box[j] = low;
            box[Dimensions + j] = high;
        }
    }

    /// <summary>
    /// Moves the points of a run whose coordinate is below the pivot before the others, and returns the first of the
    /// others. Misplaced points are collected in blocks without branches, then swapped (Edelkamp and Weiß 2016,
    /// BlockQuicksort, ESA).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Partition(int from, int to, int dimension, double pivot)
    {
        const int Block = 64;
        var key = Column(dimension);
        var lefts = stackalloc byte[Block];
        var rights = stackalloc byte[Block];
        int left = from,
            right = to,
            leftCount = 0,
            rightCount = 0,
            leftStart = 0,
            rightStart = 0;
        while (right - left > 2 * Block)
        {
            if (leftCount == 0)
            {
                leftStart = 0;
                for (var i = 0; i < Block; i++)
                {
                    lefts[leftCount] = (byte)i;
                    leftCount += key[left + i] < pivot ? 0 : 1;
                }
            }

            if (rightCount == 0)
            {
                rightStart = 0;
                for (var i = 0; i < Block; i++)
                {
                    rights[rightCount] = (byte)i;
                    rightCount += key[right - 1 - i] < pivot ? 1 : 0;
                }
            }

            var swaps = Math.Min(leftCount, rightCount);
            SwapBlocks(left, lefts + leftStart, right - 1, rights + rightStart, swaps);
            leftCount -= swaps;
            rightCount -= swaps;
            leftStart += swaps;
            rightStart += swaps;
            if (leftCount == 0)
                left += Block;
            if (rightCount == 0)
                right -= Block;
        }

        while (true)
        {
            while (left < right && key[left] < pivot)
                left++;
            while (left < right && !(key[right - 1] < pivot))
                right--;
            if (left >= right)
                return left;
            Swap(left++, --right);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SwapBlocks(int left, byte* lefts, int right, byte* rights, int count)
    {
        for (var j = 0; j < Dimensions; j++)
        {
            double* a = Column(j) + left,
                b = Column(j) + right;
            for (var i = 0; i < count; i++)
                (a[lefts[i]], b[-rights[i]]) = (b[-rights[i]], a[lefts[i]]);
        }

        fixed (int* rows = Row)
        {
            int* a = rows + left,
                b = rows + right;
            for (var i = 0; i < count; i++)
                (a[lefts[i]], b[-rights[i]]) = (b[-rights[i]], a[lefts[i]]);
        }
    }
}
