namespace Almagest.Catalog.Stars;

/// <summary>
/// How often a measured column has exactly a number that tables write for "missing", wherever it lies: -1 is a parallax like others, but
/// not that of every tenth star.
/// </summary>
internal sealed class RepeatedMarks
{
    private const int Share = 10;
    private const int Buckets = 256;

    private readonly double[] _marks;
    private readonly long[] _seen;

    // Whether any mark falls into the bucket: nearly all numbers are told apart from marks by this alone.
    private readonly bool[] _any = new bool[Buckets];

    /// <param name="marks">beside -1</param>
    public RepeatedMarks(IEnumerable<double> marks)
    {
        _marks = [.. marks.Append(-1).Distinct().Order()];
        _seen = new long[_marks.Length];
        foreach (var mark in _marks)
            _any[Bucket(mark)] = true;
    }

    public void Add(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
            if (_any[Bucket(value)] && Array.BinarySearch(_marks, value) is >= 0 and var mark)
                _seen[mark]++;
    }

    /// <summary>The marks that every tenth of the values is, or more, and some values are not.</summary>
    public IEnumerable<(double Value, long Count)> Often(long values)
    {
        for (var m = 0; m < _marks.Length; m++)
            if (_seen[m] >= 3 && _seen[m] * Share >= values && _seen[m] < values)
                yield return (_marks[m], _seen[m]);
    }

    private static int Bucket(double value) => (int)((ulong)BitConverter.DoubleToInt64Bits(value) * 0x9E3779B97F4A7C15UL >> 56);
}
