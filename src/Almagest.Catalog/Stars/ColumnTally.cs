using System.Runtime.InteropServices;

namespace Almagest.Catalog.Stars;

/// <summary>Nulls, range and repeated extremes of one column, counted while its rows are read.</summary>
internal sealed class ColumnTally
{
    /// <summary>Numbers that tables write for "missing"; those with a fraction also as widened floats.</summary>
    private static readonly double[] s_sentinels =
    [
        -9999,
        -999,
        -99,
        -99.9,
        -99.99,
        -99.999,
        -999.9,
        -999.99,
        -9.999,
        -9.99,
        99,
        99.9,
        99.99,
        99.999,
        999,
        999.9,
        999.99,
        9999,
        9999.99,
        99999,
        -99999,
        -32768,
        32767,
        -1e30,
        1e30,
        1e20,
        -2147483648,
        -9.99999e8,
        -9.999995e8,
        -9223372036854775808.0,
    ];

    private static readonly long[] s_bits =
    [
        .. s_sentinels.Concat(s_sentinels.Select(s => (double)(float)s)).Distinct().Select(BitConverter.DoubleToInt64Bits),
    ];

    private readonly long[] _sentinels = new long[s_bits.Length];
    private double _least = double.PositiveInfinity,
        _greatest = double.NegativeInfinity;
    private bool _fractions;

    public long Nulls { get; private set; }

    public long Odd { get; private set; }

    public long Values { get; private set; }

    public long Zeros { get; private set; }

    public double? Minimum => _least > _greatest ? null : _least;

    public double? Maximum => _least > _greatest ? null : _greatest;

    public void Add(CatalogVector vector, int count)
    {
        var odd = 0;
        if (vector.HasMisfits)
            for (var i = 0; i < count; i++)
                odd += vector.Misfit(i) is null ? 0 : 1;
        var nulls = vector switch
        {
            DoubleVector doubles => AddDoubles(doubles.Values.AsSpan(0, count)),
            Int64Vector integers => AddIntegers(integers.Values.AsSpan(0, count), integers.HasValue.AsSpan(0, count)),
            TextVector texts => texts.Values.AsSpan(0, count).Count((string?)null),
            BooleanVector truths => truths.Values.AsSpan(0, count).Count((bool?)null),
            _ => 0,
        };
        Odd += odd;
        Nulls += nulls - odd;
        Values += count - nulls;
    }

    private int AddDoubles(ReadOnlySpan<double> values)
    {
        int nulls = 0,
            zeros = 0;
        double least = _least,
            greatest = _greatest;
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                nulls++;
                continue;
            }
            least = value < least ? value : least;
            greatest = value > greatest ? value : greatest;
            zeros += value == 0 ? 1 : 0;
            _fractions = _fractions || value != Math.Floor(value);
        }
        _least = least;
        _greatest = greatest;
        Zeros += zeros;
        // Only what lies within the range can be there; the bits of many are compared at once.
        var bits = MemoryMarshal.Cast<double, long>(values);
        for (var s = 0; s < s_bits.Length; s++)
            if (BitConverter.Int64BitsToDouble(s_bits[s]) is var sentinel && sentinel >= least && sentinel <= greatest)
                _sentinels[s] += bits.Count(s_bits[s]);
        return nulls;
    }

    private int AddIntegers(ReadOnlySpan<long> values, ReadOnlySpan<bool> has)
    {
        int nulls = 0,
            zeros = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (!has[i])
            {
                nulls++;
                continue;
            }
            double value = values[i];
            _least = value < _least ? value : _least;
            _greatest = value > _greatest ? value : _greatest;
            zeros += value == 0 ? 1 : 0;
        }
        Zeros += zeros;
        // Cells without a value hold 0, which is none of them.
        for (var s = 0; s < s_sentinels.Length; s++)
            if (s_sentinels[s] is var sentinel && sentinel >= _least && sentinel <= _greatest && sentinel == Math.Floor(sentinel))
                _sentinels[s] += values.Count((long)sentinel);
        return nulls;
    }

    /// <summary>
    /// Exact values that probably mean "missing": numbers that tables use so, at or beyond the end of all others; in a column that is
    /// measured zeros, too, where every twentieth value or more is exactly that.
    /// </summary>
    /// <param name="measured">a field of a star that is measured, so that no value should repeat itself</param>
    public IEnumerable<(double Value, long Count)> Spikes(bool measured)
    {
        if (Values == 0)
            yield break;
        for (var s = 0; s < s_bits.Length; s++)
        {
            var value = BitConverter.Int64BitsToDouble(s_bits[s]);
            var count = _sentinels[s];
            // An integer may be 99 or -1 for many reasons; far beyond that it is no counting number any more.
            var telling = _fractions || measured || Math.Abs(value) >= 999;
            if (count > 0 && telling && IsOutside(value) && (measured || count > 1))
                yield return (Math.Abs(value - Math.Round(value, 5)) < 1e-5 ? Math.Round(value, 5) : value, count);
        }
        if (measured && Zeros >= 3 && Zeros * 20 >= Values && (Zeros < Values || Values > 3))
            yield return (0, Zeros);
    }

    /// <summary>No value lies beyond it but other such numbers.</summary>
    private bool IsOutside(double value)
    {
        if (value == _least || value == _greatest)
            return true;
        for (var s = 0; s < s_bits.Length; s++)
        {
            var other = BitConverter.Int64BitsToDouble(s_bits[s]);
            if (_sentinels[s] > 0 && ((value < 0 && other == _least) || (value > 0 && other == _greatest)))
                return true;
        }
        return false;
    }
}
