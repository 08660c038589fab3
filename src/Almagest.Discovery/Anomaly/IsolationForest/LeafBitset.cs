using System.Runtime.CompilerServices;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// Up to 256 leaves of one tree as bits. For every feature and every interval between the cuts that bound these leaves there is a mask of
/// the leaves whose box contains the interval; the masks of a row's intervals, one per feature, have one bit in common: the row's leaf (or
/// none where the leaf is in another bitset of the tree). After Lucchese et al., "QuickScorer", SIGIR 2015, with intervals in place of
/// single comparisons.
/// </summary>
internal sealed class LeafBitset
{
    private const int MaxLeaves = 256;
    private const int MaxIntervals = 256;

    private readonly List<LeafBox> _boxes;
    private readonly int[][] _starts;

    private LeafBitset(List<LeafBox> boxes, int[][] starts)
    {
        _boxes = boxes;
        _starts = starts;
    }

    /// <summary>No leaf at all: adds nothing to any row.</summary>
    public static LeafBitset Empty { get; } = new([], []);

    /// <summary>Words of 64 leaves, 1 to 4.</summary>
    public int Words => Math.Max(1, (_boxes.Count + 63) / 64);

    /// <summary>Packs the leaves of a tree into as few bitsets as their number and their cuts allow.</summary>
    public static IEnumerable<LeafBitset> Pack(List<LeafBox> boxes, ThresholdRanks[] ranks)
    {
        for (var first = 0; first < boxes.Count; )
        {
            var cuts = ranks.Select(r => new CutSet(r.Count)).ToArray();
            var count = 0;
            while (count < MaxLeaves && first + count < boxes.Count && TryAddCuts(cuts, boxes[first + count]))
                count++;
            yield return new LeafBitset(boxes.GetRange(first, count), [.. cuts.Select(c => c.ToArray())]);
            first += count;
        }
    }

    /// <summary>The interval of every rank of a feature, 0 to its number of thresholds; zero for a feature that does not exist.</summary>
    public void WriteIntervals(int feature, Span<byte> intervals)
    {
        intervals.Clear();
        if (feature >= _starts.Length)
            return;
        for (var i = 0; i < _starts[feature].Length; i++)
            intervals[_starts[feature][i]..].Fill((byte)i);
    }

    /// <summary>The mask of every interval of a feature, for 64 leaves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void WriteMasks(int feature, int word, Span<ulong> masks)
    {
        masks.Clear();
        for (var bit = 0; bit < 64 && 64 * word + bit < _boxes.Count; bit++)
        {
            var box = _boxes[64 * word + bit];
            if (feature >= _starts.Length)
            {
                masks[0] |= 1UL << bit;
                continue;
            }
            for (var i = 0; i < _starts[feature].Length; i++)
            {
                if (box.Low[feature] <= _starts[feature][i] && _starts[feature][i] <= box.High[feature])
                    masks[i] |= 1UL << bit;
            }
        }
    }

    /// <summary>The path lengths of 64 leaves; zero where there is none.</summary>
    public void WritePathLengths(int word, Span<double> pathLengths)
    {
        pathLengths.Clear();
        for (var bit = 0; bit < 64 && 64 * word + bit < _boxes.Count; bit++)
            pathLengths[bit] = _boxes[64 * word + bit].PathLength;
    }

    private static bool TryAddCuts(CutSet[] cuts, LeafBox box)
    {
        foreach (var c in cuts)
        {
            if (c.Count + 2 > MaxIntervals)
                return false;
        }
        for (var f = 0; f < cuts.Length; f++)
        {
            cuts[f].Add(box.Low[f]);
            cuts[f].Add(box.High[f] + 1);
        }
        return true;
    }

    /// <summary>The ranks at which an interval begins; one beyond the last rank begins none.</summary>
    private sealed class CutSet
    {
        private readonly bool[] _isCut;

        public CutSet(int lastRank)
        {
            _isCut = new bool[lastRank + 1];
            Add(0);
        }

        public int Count { get; private set; }

        public void Add(int rank)
        {
            if (rank >= _isCut.Length || _isCut[rank])
                return;
            _isCut[rank] = true;
            Count++;
        }

        public int[] ToArray()
        {
            var cuts = new int[Count];
            for (int rank = 0, next = 0; rank < _isCut.Length; rank++)
            {
                if (_isCut[rank])
                    cuts[next++] = rank;
            }
            return cuts;
        }
    }
}
