using System.Runtime.CompilerServices;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// Up to 256 leaves of one tree as bits. For every feature and every interval between the cuts that bound these leaves there is a mask of the
/// leaves whose box contains the interval; the masks of a row's intervals, one per feature, have one bit in common: the row's leaf (or
/// none where the leaf is in another bitset of the tree). After Lucchese et al., "QuickScorer", SIGIR 2015, with intervals in place of
/// single comparisons.
/// </summary>
sealed class LeafBitset
{
    const int MaxLeaves = 256;
    const int MaxIntervals = 256;

    readonly List<LeafBox> boxes;
    readonly int[][] starts;

    LeafBitset(List<LeafBox> boxes, int[][] starts)
    {
        this.boxes = boxes;
        this.starts = starts;
    }

    /// <summary>No leaf at all: adds nothing to any row.</summary>
    public static LeafBitset Empty { get; } = new([], []);

    /// <summary>Words of 64 leaves, 1 to 4.</summary>
    public int Words => Math.Max(1, (boxes.Count + 63) / 64);

    /// <summary>Packs the leaves of a tree into as few bitsets as their number and their cuts allow.</summary>
    public static IEnumerable<LeafBitset> Pack(List<LeafBox> boxes, ThresholdRanks[] ranks)
    {
        for (var first = 0; first < boxes.Count;)
        {
            var cuts = ranks.Select(r => new CutSet(r.Count)).ToArray();
            var count = 0;
            while (count < MaxLeaves && first + count < boxes.Count && TryAddCuts(cuts, boxes[first + count])) count++;
            yield return new LeafBitset(boxes.GetRange(first, count), [.. cuts.Select(c => c.ToArray())]);
            first += count;
        }
    }

    /// <summary>The interval of every rank of a feature, 0 to its number of thresholds; zero for a feature that does not exist.</summary>
    public void WriteIntervals(int feature, Span<byte> intervals)
    {
        intervals.Clear();
        if (feature >= starts.Length) return;
        for (var i = 0; i < starts[feature].Length; i++) intervals[starts[feature][i]..].Fill((byte)i);
    }

    /// <summary>The mask of every interval of a feature, for 64 leaves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void WriteMasks(int feature, int word, Span<ulong> masks)
    {
        masks.Clear();
        for (var bit = 0; bit < 64 && 64 * word + bit < boxes.Count; bit++)
        {
            var box = boxes[64 * word + bit];
            if (feature >= starts.Length)
            {
                masks[0] |= 1UL << bit;
                continue;
            }
            for (var i = 0; i < starts[feature].Length; i++)
            {
                if (box.Low[feature] <= starts[feature][i] && starts[feature][i] <= box.High[feature]) masks[i] |= 1UL << bit;
            }
        }
    }

    /// <summary>The path lengths of 64 leaves; zero where there is none.</summary>
    public void WritePathLengths(int word, Span<double> pathLengths)
    {
        pathLengths.Clear();
        for (var bit = 0; bit < 64 && 64 * word + bit < boxes.Count; bit++) pathLengths[bit] = boxes[64 * word + bit].PathLength;
    }

    static bool TryAddCuts(CutSet[] cuts, LeafBox box)
    {
        foreach (var c in cuts)
        {
            if (c.Count + 2 > MaxIntervals) return false;
        }
        for (var f = 0; f < cuts.Length; f++)
        {
            cuts[f].Add(box.Low[f]);
            cuts[f].Add(box.High[f] + 1);
        }
        return true;
    }

    /// <summary>The ranks at which an interval begins; one beyond the last rank begins none.</summary>
    sealed class CutSet
    {
        readonly bool[] isCut;

        public CutSet(int lastRank)
        {
            isCut = new bool[lastRank + 1];
            Add(0);
        }

        public int Count { get; private set; }

        public void Add(int rank)
        {
            if (rank >= isCut.Length || isCut[rank]) return;
            isCut[rank] = true;
            Count++;
        }

        public int[] ToArray()
        {
            var cuts = new int[Count];
            for (int rank = 0, next = 0; rank < isCut.Length; rank++)
            {
                if (isCut[rank]) cuts[next++] = rank;
            }
            return cuts;
        }
    }
}
