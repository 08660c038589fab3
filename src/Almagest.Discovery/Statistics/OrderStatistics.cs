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
    public static double Percentile(ReadOnlySpan<double> values, double percent)
    {
        if (!(percent >= 0 && percent <= 100))
            throw new ArgumentOutOfRangeException(nameof(percent), percent, "a percentile lies in [0, 100]");
        var known = CountKnown(values);
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

    /// <summary>The median of the known values: the middle one, or the mean of the two in the middle. NaN where none is known.</summary>
    public static double Median(ReadOnlySpan<double> values)
    {
        var known = CountKnown(values);
        if (known == 0)
            return double.NaN;
        var low = Select(values, (known - 1) / 2);
        if (known % 2 == 1)
            return low;
        var high = NextAbove(values, low, (known - 1) / 2);
        return low + (high - low) / 2;
    }

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
        return values.Length <= SortLimit ? SelectBySorting(values, rank) : SelectByDigits(values, rank);
    }

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
    private static double SelectByDigits(ReadOnlySpan<double> values, int rank)
    {
        var counts = new int[1 << 16];
        ulong prefix = 0;
        var remaining = rank;
        for (var shift = 48; shift >= 0; shift -= 16)
        {
            Array.Clear(counts);
            foreach (var value in values)
            {
                var key = ToKey(value);
                if (!double.IsNaN(value) && (shift == 48 || key >> (shift + 16) == prefix))
                    counts[(ushort)(key >> shift)]++;
            }
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

    /// <summary>The value of rank <paramref name="rank"/> + 1, given the value of that rank.</summary>
    private static double NextAbove(ReadOnlySpan<double> values, double low, int rank)
    {
        var notAbove = 0;
        var next = double.PositiveInfinity;
        foreach (var value in values)
        {
            if (value <= low)
                notAbove++;
            else if (value < next)
                next = value;
        }
        return notAbove > rank + 1 ? low : next;
    }

    private static ulong ToKey(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        return (bits & 1UL << 63) != 0 ? ~bits : bits | 1UL << 63;
    }

    private static double FromKey(ulong key) => BitConverter.UInt64BitsToDouble((key & 1UL << 63) != 0 ? key & ~(1UL << 63) : ~key);
}
