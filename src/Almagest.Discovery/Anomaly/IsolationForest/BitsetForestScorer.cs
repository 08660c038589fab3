using System.Buffers;
using System.Runtime.CompilerServices;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// The fast scorer: every value is replaced once by its rank among all thresholds of its feature, exactly; then each tree costs, for a
/// row, one table look-up and one AND per feature and one count of trailing zeros. No branch depends on the data.
/// </summary>
internal sealed class BitsetForestScorer : IForestScorer
{
    /// <summary>Slots are 16-bit; and a tree's interval table should share the first-level cache with its masks.</summary>
    private const int MaxSlots = 12_000;

    /// <summary>Beyond this many leaves, walking the tree is cheaper than several bitsets.</summary>
    private const int MaxLeavesPerTree = 1024;

    /// <summary>Ranks and sums of this many rows stay in the second-level cache while the trees pass over them.</summary>
    private const int BlockRows = 2048;

    private readonly List<TreeGroup> _groups;

    private BitsetForestScorer(List<TreeGroup> groups) => _groups = groups;

    /// <summary>Null where a tree is too large for bitsets to pay.</summary>
    public static BitsetForestScorer? TryCreate(IReadOnlyList<IsolationTree> trees, int columns)
    {
        if (trees.Any(t => (t.Nodes + 1) / 2 > MaxLeavesPerTree))
            return null;
        var groups = new List<TreeGroup>();
        for (var first = 0; first < trees.Count; )
        {
            int count = 0,
                slots = columns + 7;
            while (first + count < trees.Count && (count == 0 || slots + trees[first + count].Nodes / 2 <= MaxSlots))
                slots += trees[first + count++].Nodes / 2;
            if (slots > ushort.MaxValue)
                return null;
            groups.Add(new TreeGroup([.. trees.Skip(first).Take(count)], columns));
            first += count;
        }
        return new BitsetForestScorer(groups);
    }

    public void SumPathLengths(ReadOnlySpan<double> rows, Span<double> sums)
    {
        sums.Clear();
        var columns = sums.Length == 0 ? 0 : rows.Length / sums.Length;
        for (var first = 0; first < sums.Length; first += BlockRows)
        {
            var count = Math.Min(BlockRows, sums.Length - first);
            foreach (var group in _groups)
                group.Add(rows.Slice(first * columns, count * columns), sums.Slice(first, count));
        }
    }

    /// <summary>Consecutive trees that share one set of ranks.</summary>
    private sealed class TreeGroup
    {
        private readonly ThresholdRanks[] _ranks;
        private readonly int[] _slotOffsets;
        private readonly List<BitsetPair> _pairs = [];
        private readonly int _quads;

        public TreeGroup(IsolationTree[] trees, int columns)
        {
            _ranks = new ThresholdRanks[columns];
            for (var f = 0; f < columns; f++)
                _ranks[f] = new ThresholdRanks([
                    .. trees
                        .SelectMany(t => Enumerable.Range(0, t.Nodes).Where(n => t.Feature[n] == f).Select(n => t.Threshold[n]))
                        .Distinct()
                        .Order(),
                ]);
            _quads = QuadsFor(columns);
            _slotOffsets = new int[4 * _quads + 1];
            for (var f = 0; f < 4 * _quads; f++)
                _slotOffsets[f + 1] = _slotOffsets[f] + (f < columns ? _ranks[f].Count + 1 : 1);
            // Sums do not depend on the order, so that bitsets of one size go together.
            var bitsets = trees.SelectMany(t => LeafBitset.Pack(LeafBox.Of(t, _ranks), _ranks)).OrderBy(b => b.Words).ToArray();
            for (var i = 0; i < bitsets.Length; i += 2)
                _pairs.Add(new BitsetPair(bitsets[i], i + 1 < bitsets.Length ? bitsets[i + 1] : LeafBitset.Empty, _slotOffsets));
        }

        /// <summary>One or two quads, or an even number of them.</summary>
        private static int QuadsFor(int columns) => columns <= 4 ? 1 : (columns + 7) / 8 * 2;

        public void Add(ReadOnlySpan<double> rows, Span<double> sums)
        {
            var slots = ArrayPool<ulong>.Shared.Rent(_quads * sums.Length);
            var masks = ArrayPool<ulong>.Shared.Rent(_quads > 2 ? 8 * sums.Length : 1);
            for (var quad = 0; quad < _quads; quad++)
                Quantise(rows, quad, slots.AsSpan(quad * sums.Length, sums.Length));
            foreach (var pair in _pairs)
                BitsetKernel.Add(pair, _quads, slots.AsSpan(0, _quads * sums.Length), masks, sums);
            ArrayPool<ulong>.Shared.Return(slots);
            ArrayPool<ulong>.Shared.Return(masks);
        }

        /// <summary>Packs the slots of four features into one word per row.</summary>
        // Optimised at once: a run is often over before a method would be found to be hot. So elsewhere here.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Quantise(ReadOnlySpan<double> rows, int quad, Span<ulong> slots)
        {
            slots.Clear();
            for (var lane = 0; lane < 4; lane++)
            {
                var f = 4 * quad + lane;
                var offset = _slotOffsets[f];
                if (f >= _ranks.Length)
                {
                    foreach (ref var slot in slots)
                        slot |= (ulong)offset << 16 * lane;
                    continue;
                }
                var featureRanks = _ranks[f];
                for (var row = 0; row < slots.Length; row++)
                    slots[row] |= (ulong)(offset + featureRanks.Of(rows[row * _ranks.Length + f])) << 16 * lane;
            }
        }
    }
}
