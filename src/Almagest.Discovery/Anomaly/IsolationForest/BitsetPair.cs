namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// The tables of two bitsets, laid out for <see cref="BitsetKernel"/>: a row's rank is looked up once for both.
/// </summary>
internal sealed class BitsetPair
{
    /// <summary>Words from one table of masks to the next: a little over 256, so that tables do not share cache sets.</summary>
    public const int TableStride = 264;

    /// <summary>Path lengths of a word: 64 leaves, and zero for "no bit set", which is what counting trailing zeros gives as 64.</summary>
    public const int PathLengthsPerWord = 65;

    /// <param name="slotOffsets">per feature, padding included: its first slot; the last element is the number of slots</param>
    public BitsetPair(LeafBitset even, LeafBitset odd, int[] slotOffsets)
    {
        var features = slotOffsets.Length - 1;
        Words = Math.Max(even.Words, odd.Words);
        Intervals = new ushort[slotOffsets[^1]];
        Masks = new ulong[features * 2 * Words * TableStride];
        PathLengths = new double[2 * Words * PathLengthsPerWord];
        LeafBitset[] both = [even, odd];
        var intervals = new byte[Intervals.Length];
        for (var side = 0; side < 2; side++)
        {
            for (var f = 0; f < features; f++)
            {
                both[side].WriteIntervals(f, intervals.AsSpan(slotOffsets[f]..slotOffsets[f + 1]));
                for (var w = 0; w < Words; w++)
                    both[side].WriteMasks(f, w, Masks.AsSpan(((f * 2 + side) * Words + w) * TableStride, TableStride));
            }
            for (var slot = 0; slot < intervals.Length; slot++)
                Intervals[slot] |= (ushort)(intervals[slot] << 8 * side);
            for (var w = 0; w < Words; w++)
                both[side].WritePathLengths(w, PathLengths.AsSpan((side * Words + w) * PathLengthsPerWord, PathLengthsPerWord));
        }
    }

    /// <summary>By slot (a feature's offset plus the rank): the interval of the even bitset in the low byte, of the odd one in the high
    /// byte.</summary>
    public ushort[] Intervals { get; }

    /// <summary>By ((feature × 2 + side) × words + word) × stride + interval: the leaves.</summary>
    public ulong[] Masks { get; }

    /// <summary>By (side × words + word) × 65 + bit.</summary>
    public double[] PathLengths { get; }

    /// <summary>Words of 64 leaves on either side, 1 to 4.</summary>
    public int Words { get; }
}
