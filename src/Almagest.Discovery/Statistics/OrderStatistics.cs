using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Statistics;

/// <summary>
/// Percentiles and medians by selection: linear time, no copy of the input and no sorting. NaN stands for a missing
/// value and is passed over.
/// </summary>
public static class OrderStatistics
{
    /// <summary>Below this many values, sorting a copy is quicker than counting digits.</summary>
    private const int SortLimit = 2048;

    /// <summary>
    /// The percentile as NumPy's default method <c>linear</c> defines it: the value at index <c>(n - 1) percent / 100</c> of the
    /// sorted known values, interpolated between neighbours, with the same rounding as NumPy.
    /// </summary>
    /// <param name="percent">in [0, 100]</param>
    /// <returns>NaN where no value is known</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="percent"/> is outside [0, 100]</exception>
    public static double Percentile(ReadOnlySpan<double> values, double percent) => Percentile(new InMemory(values), percent);

    /// <inheritdoc cref="Percentile(ReadOnlySpan{double}, double)"/>
    internal static double PercentileOf(Sequence<double> values, double percent) =>
        values.Array is { } array ? Percentile(array, percent) : Percentile(new ByStretches(values), percent);

    /// <summary>The median of the known values: the middle one, or the mean of the two in the middle. NaN where none is known.</summary>
    public static double Median(ReadOnlySpan<double> values) => Median(new InMemory(values));

    /// <inheritdoc cref="Median(ReadOnlySpan{double})"/>
    internal static double MedianOf(Sequence<double> values) => values.Array is { } array ? Median(array) : Median(new ByStretches(values));

    /// <summary>How many values are not NaN.</summary>
    public static int CountKnown(ReadOnlySpan<double> values)
    {
        var known = 0;
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
                known++;
        }
        return known;
    }

    /// <summary>The value of rank <paramref name="rank"/> (0 = smallest) among the known values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">fewer than <c>rank + 1</c> values are known</exception>
    public static double Select(ReadOnlySpan<double> values, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        return Select(new InMemory(values), rank);
    }

    private static double Percentile<TValues>(TValues values, double percent)
        where TValues : IValues, allows ref struct
    {
        if (!(percent >= 0 && percent <= 100))
            throw new ArgumentOutOfRangeException(nameof(percent), percent, "a percentile lies in [0, 100]");
        var known = values.CountKnown();
        if (known == 0)
            return double.NaN;
        var index = (known - 1) * (percent / 100);
        var below = (int)Math.Floor(index);
        var fraction = index - below;
        var low = Select(values, below);
        if (fraction == 0 || below + 1 >= known)
            return low;
        var high = NextAbove(values, low, below);
        // NumPy interpolates from the nearer neighbour, so that the result never leaves the interval.
        return fraction < 0.5 ? low + (high - low) * fraction : high - (high - low) * (1 - fraction);
    }

    private static double Median<TValues>(TValues values)
        where TValues : IValues, allows ref struct
    {
        var known = values.CountKnown();
        if (known == 0)
            return double.NaN;
        var low = Select(values, (known - 1) / 2);
        if (known % 2 == 1)
            return low;
        var high = NextAbove(values, low, (known - 1) / 2);
        return low + (high - low) / 2;
    }

    private static double Select<TValues>(TValues values, int rank)
        where TValues : IValues, allows ref struct =>
        values.Length <= SortLimit ? values.SelectBySorting(rank) : SelectByDigits(values, rank);

    private static double SelectBySorting(ReadOnlySpan<double> values, int rank)
    {
        Span<double> known = stackalloc double[values.Length];
        var count = 0;
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
                known[count++] = value;
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, count);
        known[..count].Sort();
        return known[rank];
    }

    /// <summary>
    /// Radix selection: the bits of a double, mapped so that unsigned order is numeric order, are fixed sixteen at a time by
    /// counting. Four passes at most, whatever the values are.
    /// </summary>
    private static double SelectByDigits<TValues>(TValues values, int rank)
        where TValues : IValues, allows ref struct
    {
        var counts = new int[1 << 16];
        ulong prefix = 0;
        var remaining = rank;
        for (var shift = 48; shift >= 0; shift -= 16)
        {
            Array.Clear(counts);
            values.CountDigits(shift, prefix, counts);
            var digit = 0;
            while (remaining >= counts[digit])
            {
                remaining -= counts[digit++];
                ArgumentOutOfRangeException.ThrowIfEqual(digit, counts.Length, nameof(rank));
            }
            prefix = prefix << 16 | (uint)digit;
        }
        return FromKey(prefix);
    }

    private static void CountDigits(ReadOnlySpan<double> values, int shift, ulong prefix, int[] counts)
    {
        foreach (var value in values)
        {
            var key = ToKey(value);
            if (!double.IsNaN(value) && (shift == 48 || key >> (shift + 16) == prefix))
                counts[(ushort)(key >> shift)]++;
        }
    }

    /// <summary>The value of rank <paramref name="rank"/> + 1, given the value of that rank.</summary>
    private static double NextAbove<TValues>(TValues values, double low, int rank)
        where TValues : IValues, allows ref struct
    {
        var above = (NotAbove: 0, Next: double.PositiveInfinity);
        values.LookAbove(low, ref above);
        return above.NotAbove > rank + 1 ? low : above.Next;
    }

    private static void LookAbove(ReadOnlySpan<double> values, double low, ref (int NotAbove, double Next) above)
    {
        var (notAbove, next) = above;
        foreach (var value in values)
        {
            if (value <= low)
                notAbove++;
            else if (value < next)
                next = value;
        }
        above = (notAbove, next);
    }

    private static ulong ToKey(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        return (bits & 1UL << 63) != 0 ? ~bits : bits | 1UL << 63;
    }

    private static double FromKey(ulong key) => BitConverter.UInt64BitsToDouble((key & 1UL << 63) != 0 ? key & ~(1UL << 63) : ~key);

    /// <summary>Values that are gone over some times.</summary>
    private interface IValues
    {
        int Length { get; }

        int CountKnown();

        /// <summary>Of few values.</summary>
        double SelectBySorting(int rank);

        void CountDigits(int shift, ulong prefix, int[] counts);

        void LookAbove(double low, ref (int NotAbove, double Next) above);
    }

    private readonly ref struct InMemory(ReadOnlySpan<double> values) : IValues
    {
        private readonly ReadOnlySpan<double> _values = values;

        public int Length => _values.Length;

        public int CountKnown() => OrderStatistics.CountKnown(_values);

        public double SelectBySorting(int rank) => OrderStatistics.SelectBySorting(_values, rank);

        public void CountDigits(int shift, ulong prefix, int[] counts) => OrderStatistics.CountDigits(_values, shift, prefix, counts);

        public void LookAbove(double low, ref (int NotAbove, double Next) above) => OrderStatistics.LookAbove(_values, low, ref above);
    }

    private readonly struct ByStretches(Sequence<double> values) : IValues
    {
        public int Length => checked((int)values.Count);

        public int CountKnown()
        {
            var known = 0;
            values.ForEach((_, stretch) => known += OrderStatistics.CountKnown(stretch));
            return known;
        }

        public double SelectBySorting(int rank)
        {
            using var all = values.Read(0, Length);
            return OrderStatistics.SelectBySorting(all.Span, rank);
        }

        public void CountDigits(int shift, ulong prefix, int[] counts) =>
            values.ForEach((_, stretch) => OrderStatistics.CountDigits(stretch, shift, prefix, counts));

        public void LookAbove(double low, ref (int NotAbove, double Next) above)
        {
            var found = above;
            values.ForEach((_, stretch) => OrderStatistics.LookAbove(stretch, low, ref found));
            above = found;
        }
    }
}
