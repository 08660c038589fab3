using System.Numerics;
using System.Runtime.InteropServices;

namespace Almagest.Catalog.Stars;

/// <summary>Nulls, range and repeated extremes of one column, counted while its rows are read.</summary>
/// <param name="measured">a field of a star that is measured, so that no value should repeat itself</param>
internal sealed class ColumnTally(bool measured = false)
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

    /// <summary>The same, and as floats that were widened; ascending.</summary>
    private static readonly double[] s_marks = [.. s_sentinels.Concat(s_sentinels.Select(s => (double)(float)s)).Distinct().Order()];

    private readonly RepeatedMarks? _repeated = measured ? new(s_marks) : null;

    /// <summary>How often each of <see cref="s_marks"/> was seen beyond all other numbers.</summary>
    private readonly long[] _marks = new long[s_marks.Length];
    private double _least = double.PositiveInfinity,
        _greatest = double.NegativeInfinity;

    // The range of the numbers that are none of the marks.
    private double _leastPlain = double.PositiveInfinity,
        _greatestPlain = double.NegativeInfinity;
    private bool _fractions;

    // The smallest size of a number that is not zero, and how often it was seen with either sign: where values are rounded, half as many
    // are zero by chance.
    private double _smallest = double.PositiveInfinity;
    private long _smallestSeen;

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
            TextVector texts => CountNulls(texts.Values.AsSpan(0, count)),
            BooleanVector truths => truths.Values.AsSpan(0, count).Count((bool?)null),
            _ => 0,
        };
        Odd += odd;
        Nulls += nulls - odd;
        Values += count - nulls;
    }

    private static int CountNulls(ReadOnlySpan<string?> texts)
    {
        var nulls = 0;
        foreach (var text in texts)
            nulls += text is null ? 1 : 0;
        return nulls;
    }

    private int AddDoubles(ReadOnlySpan<double> values)
    {
        var vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        var (least, greatest) = (new Vector<double>(double.PositiveInfinity), new Vector<double>(double.NegativeInfinity));
        var (numbers, zeros) = (Vector<long>.Zero, Vector<long>.Zero);
        var (small, infinite) = (new Vector<double>(double.PositiveInfinity), new Vector<double>(double.PositiveInfinity));
        // Comparisons with NaN are false: it changes none of these.
        foreach (var vector in vectors)
        {
            least = Vector.ConditionalSelect(Vector.LessThan(vector, least), vector, least);
            greatest = Vector.ConditionalSelect(Vector.GreaterThan(vector, greatest), vector, greatest);
            numbers -= Vector.Equals(vector, vector);
            var none = Vector.Equals(vector, Vector<double>.Zero);
            zeros -= none;
            var size = Vector.ConditionalSelect(none, infinite, Vector.Abs(vector));
            small = Vector.ConditionalSelect(Vector.LessThan(size, small), size, small);
        }
        var (low, high, smallest) = (double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity);
        for (var i = 0; i < Vector<double>.Count; i++)
            (low, high, smallest) = (Math.Min(low, least[i]), Math.Max(high, greatest[i]), Math.Min(smallest, small[i]));
        var (whole, zero) = ((int)Vector.Sum(numbers), (int)Vector.Sum(zeros));
        foreach (var value in values[(vectors.Length * Vector<double>.Count)..])
        {
            low = value < low ? value : low;
            high = value > high ? value : high;
            whole += double.IsNaN(value) ? 0 : 1;
            zero += value == 0 ? 1 : 0;
            smallest = value != 0 && Math.Abs(value) < smallest ? Math.Abs(value) : smallest;
        }
        Zeros += zero;
        CountSmallest(values, smallest);
        _repeated?.Add(values);
        for (var i = 0; i < values.Length && !_fractions; i++)
            _fractions = values[i] != Math.Floor(values[i]) && !double.IsNaN(values[i]);
        if (Extends(low, high))
            foreach (var value in values)
                Sort(value);
        return values.Length - whole;
    }

    private void CountSmallest(ReadOnlySpan<double> values, double smallest)
    {
        if (smallest < _smallest)
            (_smallest, _smallestSeen) = (smallest, 0);
        if (smallest == _smallest && double.IsFinite(smallest))
            _smallestSeen += values.Count(smallest) + values.Count(-smallest);
    }

    private int AddIntegers(ReadOnlySpan<long> values, ReadOnlySpan<bool> has)
    {
        // Cells without a value hold 0.
        var nulls = has.Count(false);
        Zeros += values.Count(0L) - nulls;
        var (low, high) = (long.MaxValue, long.MinValue);
        if (nulls == 0)
        {
            var vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
            var (least, greatest) = (new Vector<long>(low), new Vector<long>(high));
            foreach (var vector in vectors)
                (least, greatest) = (Vector.Min(least, vector), Vector.Max(greatest, vector));
            for (var i = 0; i < Vector<long>.Count; i++)
                (low, high) = (Math.Min(low, least[i]), Math.Max(high, greatest[i]));
            foreach (var value in values[(vectors.Length * Vector<long>.Count)..])
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }
        else
            for (var i = 0; i < values.Length; i++)
                if (has[i])
                    (low, high) = (Math.Min(low, values[i]), Math.Max(high, values[i]));
        if (low <= high && Extends(low, high))
            for (var i = 0; i < values.Length; i++)
                if (has[i])
                    Sort(values[i]);
        return nulls;
    }

    /// <summary>Widens the range; true where a value lies beyond those that are no marks.</summary>
    private bool Extends(double low, double high)
    {
        _least = Math.Min(_least, low);
        _greatest = Math.Max(_greatest, high);
        return low < _leastPlain || high > _greatestPlain;
    }

    /// <summary>Counts a mark that lies beyond all other numbers so far; any other number moves the end that it is beyond.</summary>
    private void Sort(double value)
    {
        if (!(value < _leastPlain || value > _greatestPlain))
            return;
        if (Array.BinarySearch(s_marks, value) is >= 0 and var mark)
        {
            _marks[mark]++;
            return;
        }
        _leastPlain = Math.Min(_leastPlain, value);
        _greatestPlain = Math.Max(_greatestPlain, value);
    }

    /// <summary>
    /// Exact values that probably mean "missing": numbers that tables use so, beyond the end of all others; in a column that is measured
    /// also within their range, where every tenth value or more is exactly that, and zeros, where every twentieth is or every thousandth
    /// and far more than rounding makes.
    /// </summary>
    public IEnumerable<(double Value, long Count)> Spikes()
    {
        if (Values == 0)
            yield break;
        for (var s = 0; s < s_marks.Length; s++)
        {
            var (value, count) = (s_marks[s], _marks[s]);
            // An integer may be 99 or -1 for many reasons; far beyond that it is no counting number any more.
            var telling = _fractions || measured || Math.Abs(value) >= 999;
            var outside = IsOutside(value);
            if (count > 0 && telling && outside && (measured || count > 1))
                yield return (Plain(value), count);
        }
        if (_fractions && _repeated is not null)
            foreach (var (value, count) in _repeated.Often(Values))
                if (Array.BinarySearch(s_marks, value) is not (>= 0 and var mark) || !(_marks[mark] > 0 && IsOutside(value)))
                    yield return (Plain(value), count);
        var many = Zeros >= 3 && Zeros * 20 >= Values && (Zeros < Values || Values > 3);
        var rounded = _smallestSeen / 2.0;
        var tooMany = _fractions && Zeros >= 20 && Zeros * 1000 >= Values && Zeros > 2 * rounded + 10 * Math.Sqrt(rounded + 1);
        if (measured && (many || tooMany))
            yield return (0, Zeros);
    }

    private bool IsOutside(double value) => value < _leastPlain || value > _greatestPlain;

    // -99.99 as a float that was widened has digits that nobody wrote.
    private static double Plain(double value) => Math.Abs(value - Math.Round(value, 5)) < 1e-5 ? Math.Round(value, 5) : value;
}
