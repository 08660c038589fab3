using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// The distinct thresholds of one feature over many trees, and the rank of a value among them: how many are less than the value. A value
/// is at most the k-th threshold exactly where its rank is at most k, so comparing ranks is comparing values, without rounding.
/// </summary>
sealed class ThresholdRanks
{
    /// <summary>Thresholds compared at once; buckets that hold more are rare and are searched.</summary>
    const int Lanes = 4;

    readonly double[] thresholds;
    readonly int[] bucketStart;
    readonly double origin, perBucket;

    /// <param name="sorted">ascending, distinct, finite</param>
    public ThresholdRanks(double[] sorted)
    {
        Count = sorted.Length;
        // Padding that is less than no value lets the last comparison read past the end.
        thresholds = [.. sorted, .. Enumerable.Repeat(double.PositiveInfinity, Lanes)];
        var buckets = Math.Max(1, 2 * sorted.Length);
        perBucket = sorted.Length < 2 ? 0 : buckets / (sorted[^1] - sorted[0]);
        // Ranges that overflow or underflow leave one bucket.
        if (!double.IsFinite(perBucket)) perBucket = 0;
        origin = perBucket > 0 ? sorted[0] : 0;
        bucketStart = new int[buckets + 1];
        foreach (var threshold in sorted) bucketStart[Bucket(threshold) + 1]++;
        for (var b = 0; b < buckets; b++) bucketStart[b + 1] += bucketStart[b];
    }

    /// <summary>Number of thresholds: ranks go from 0 to this.</summary>
    public int Count { get; }

    /// <summary>The rank of a finite value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(double value)
    {
        var bucket = Bucket(value);
        // Bucket never decreases, so that thresholds of other buckets need no look.
        int low = bucketStart[bucket], high = bucketStart[bucket + 1];
        while (high - low > Lanes)
        {
            var middle = (low + high) >>> 1;
            if (thresholds[middle] < value) low = middle + 1;
            else high = middle;
        }
        var next = Vector256.LoadUnsafe(ref thresholds[0], (nuint)low);
        return low + BitOperations.PopCount(Vector256.LessThan(next, Vector256.Create(value)).ExtractMostSignificantBits());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Bucket(double value) => (int)Math.Min(Math.Max((value - origin) * perBucket, 0), bucketStart.Length - 2);
}
