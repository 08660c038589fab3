using System.Numerics;
using System.Runtime.CompilerServices;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>The inner loop of <see cref="BitsetForestScorer"/>: up to eight features of many rows against two bitsets.</summary>
internal static unsafe class BitsetKernel
{
    private const nint Stride = BitsetPair.TableStride;
    private const nint PathLengths = BitsetPair.PathLengthsPerWord;

    /// <summary>
    /// Adds the path lengths of a block of rows to <paramref name="sums"/>. Features come in quads, four 16-bit slots to a word, and passes
    /// of one or two quads; between several passes the masks so far are kept in <paramref name="masks"/>.
    /// </summary>
    /// <param name="slots">quad after quad, each with one word per row</param>
    public static void Add(BitsetPair pair, int quads, ReadOnlySpan<ulong> slots, Span<ulong> masks, Span<double> sums)
    {
        switch (pair.Words)
        {
            case 1:
                Add<One>(pair, quads, slots, masks, sums);
                break;
            case 2:
                Add<Two>(pair, quads, slots, masks, sums);
                break;
            case 3:
                Add<Three>(pair, quads, slots, masks, sums);
                break;
            default:
                Add<Four>(pair, quads, slots, masks, sums);
                break;
        }
    }

    private static void Add<TWords>(BitsetPair pair, int quads, ReadOnlySpan<ulong> slots, Span<ulong> masks, Span<double> sums)
        where TWords : struct, INumber
    {
        if (quads == 1)
            Pass<TWords, One, One, One>(pair, 0, slots, masks, sums);
        else if (quads == 2)
            Pass<TWords, Two, One, One>(pair, 0, slots, masks, sums);
        else
        {
            Pass<TWords, Two, One, Zero>(pair, 0, slots, masks, sums);
            for (var quad = 2; quad < quads - 2; quad += 2)
                Pass<TWords, Two, Zero, Zero>(pair, quad, slots, masks, sums);
            Pass<TWords, Two, Zero, One>(pair, quads - 2, slots, masks, sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pass<TWords, TQuads, TFirst, TLast>(
        BitsetPair pair,
        int quad,
        ReadOnlySpan<ulong> slots,
        Span<ulong> masks,
        Span<double> sums
    )
        where TWords : struct, INumber
        where TQuads : struct, INumber
        where TFirst : struct, INumber
        where TLast : struct, INumber
    {
        var quadTables = 8 * TWords.Value * Stride;
        nint rows = sums.Length;
        fixed (ushort* intervals = pair.Intervals)
        fixed (ulong* allTables = pair.Masks)
        fixed (double* pathLengths = pair.PathLengths)
        fixed (ulong* slot = slots)
        fixed (ulong* kept = masks)
        fixed (double* sum = sums)
        {
            var tables = allTables + quad * quadTables;
            var quadSlots = slot + quad * rows;
            for (nint row = 0; row < rows; row++)
            {
                var packed = quadSlots[row];
                nuint a = intervals[(ushort)packed];
                nuint b = intervals[(ushort)(packed >> 16)];
                nuint c = intervals[(ushort)(packed >> 32)];
                nuint d = intervals[packed >> 48];
                nuint e = 0,
                    f = 0,
                    g = 0,
                    h = 0;
                if (TQuads.Value == 2)
                {
                    packed = quadSlots[row + rows];
                    e = intervals[(ushort)packed];
                    f = intervals[(ushort)(packed >> 16)];
                    g = intervals[(ushort)(packed >> 32)];
                    h = intervals[packed >> 48];
                }
                double pathLength = 0;
                for (var side = 0; side < 2; side++)
                {
                    for (var w = 0; w < TWords.Value; w++)
                    {
                        nint word = side * TWords.Value + w;
                        var leaves = Leaves<TWords>(
                            tables,
                            word,
                            Interval(a, side),
                            Interval(b, side),
                            Interval(c, side),
                            Interval(d, side)
                        );
                        if (TQuads.Value == 2)
                            leaves &= Leaves<TWords>(
                                tables + quadTables,
                                word,
                                Interval(e, side),
                                Interval(f, side),
                                Interval(g, side),
                                Interval(h, side)
                            );
                        if (TFirst.Value == 0)
                            leaves &= kept[row * 2 * TWords.Value + word];
                        if (TLast.Value == 0)
                            kept[row * 2 * TWords.Value + word] = leaves;
                        else
                            pathLength += pathLengths[word * PathLengths + (nint)(uint)BitOperations.TrailingZeroCount(leaves)];
                    }
                }
                if (TLast.Value == 1)
                    sum[row] += pathLength;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Interval(nuint pair, int side) => side == 0 ? (byte)pair : pair >> 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Leaves<TWords>(ulong* tables, nint word, nuint a, nuint b, nuint c, nuint d)
        where TWords : struct, INumber
    {
        var feature = 2 * TWords.Value * Stride;
        var first = tables + word * Stride;
        return first[a] & (first + feature)[b] & (first + 2 * feature)[c] & (first + 3 * feature)[d];
    }

    /// <summary>A number that the compiler knows.</summary>
    private interface INumber
    {
        static abstract int Value { get; }
    }

    private readonly struct Zero : INumber
    {
        public static int Value => 0;
    }

    private readonly struct One : INumber
    {
        public static int Value => 1;
    }

    private readonly struct Two : INumber
    {
        public static int Value => 2;
    }

    private readonly struct Three : INumber
    {
        public static int Value => 3;
    }

    private readonly struct Four : INumber
    {
        public static int Value => 4;
    }
}
