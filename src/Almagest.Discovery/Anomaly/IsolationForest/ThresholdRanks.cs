using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// The distinct thresholds of one feature over many trees, and the rank of a value among them: how many are less than the value. A value
/// is at most the k-th threshold exactly where its rank is at most k, so comparing ranks is comparing values, without rounding.
/// </summary>
internal sealed class ThresholdRanks
{
    /// <summary>Thresholds compared at once; buckets that hold more are rare and are searched.</summary>
    private const int Lanes = 4;

    private readonly double[] _thresholds;
    private readonly int[] _bucketStart;
    private readonly double _origin,
        _perBucket;

    /// <param name="sorted">ascending, distinct, finite</param>
    public ThresholdRanks(double[] sorted)
    {
        Count = sorted.Length;
        // Padding that is less than no value lets the last comparison read past the end.
        _thresholds = [.. sorted, .. Enumerable.Repeat(double.PositiveInfinity, Lanes)];
        var buckets = Math.Max(1, 2 * sorted.Length);
        _perBucket = sorted.Length < 2 ? 0 : buckets / (sorted[^1] - sorted[0]);
        // Ranges that overflow or underflow leave one bucket.
        if (!double.IsFinite(_perBucket))
            _perBucket = 0;
        _origin = _perBucket > 0 ? sorted[0] : 0;
        _bucketStart = new int[buckets + 1];
        foreach (var threshold in sorted)
            _bucketStart[Bucket(threshold) + 1]++;
        for (var b = 0; b < buckets; b++)
            _bucketStart[b + 1] += _bucketStart[b];
    }

    /// <summary>Number of thresholds: ranks go from 0 to this.</summary>
    public int Count { get; }

    /// <summary>The rank of a finite value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(double value)
    {
        var bucket = Bucket(value);
        // Bucket never decreases, so that thresholds of other buckets need no look.
        int low = _bucketStart[bucket],
            high = _bucketStart[bucket + 1];
        while (high - low > Lanes)
        {
            var middle = (low + high) >>> 1;
            if (_thresholds[middle] < value)
                low = middle + 1;
            else
                high = middle;
        }
        var next = Vector256.LoadUnsafe(ref _thresholds[0], (nuint)low);
        return low + BitOperations.PopCount(Vector256.LessThan(next, Vector256.Create(value)).ExtractMostSignificantBits());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Bucket(double value) => (int)Math.Min(Math.Max((value - _origin) * _perBucket, 0), _bucketStart.Length - 2);
}
