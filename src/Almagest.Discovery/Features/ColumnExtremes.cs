namespace Almagest.Discovery.Features;

/// <summary>The values at both ends of a column, how often each is there, and how many lie outside what a star can have.</summary>
internal sealed class ColumnExtremes(double least, double most)
{
    // Fewer stars may share an extreme value by chance.
    private const int LeastOfMark = 3;

    private readonly End _low = new(1),
        _high = new(-1);
    private long _outside;

    public void Add(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (!(Math.Abs(value) < FeaturePipeline.MaxMagnitude))
                continue;
            _outside += IsOutside(value) ? 1 : 0;
            _low.Add(value);
            _high.Add(value);
        }
    }

    /// <summary>Values that several stars have exactly, farther from what lies between the ends than that is wide.</summary>
    public IReadOnlyList<(double Value, long Count)> Marks()
    {
        var (from, to) = (_low.Innermost, _high.Innermost);
        // NaN where there are too few different values.
        if (!(to > from))
            return [];
        return
        [
            .. _low.Kept.Where(v => v.Count >= LeastOfMark && from - v.Value > to - from),
            .. _high.Kept.Where(v => v.Count >= LeastOfMark && v.Value - to > to - from),
        ];
    }

    /// <summary>How many values lie outside, but for marks, and the one of them that is farthest out.</summary>
    public (long Count, double Farthest) Outside()
    {
        var marks = Marks().Where(m => IsOutside(m.Value)).ToDictionary(m => m.Value, m => m.Count);
        var others = _low.Kept.Concat(_high.Kept).Select(v => v.Value).Where(v => IsOutside(v) && !marks.ContainsKey(v));
        return (_outside - marks.Values.Sum(), others.DefaultIfEmpty().MaxBy(Math.Abs));
    }

    private bool IsOutside(double value) => value < least || value > most;

    /// <summary>The outermost different values.</summary>
    /// <param name="sign">1 = the least, -1 = the greatest</param>
    private sealed class End(int sign)
    {
        private const int Most = 8;

        private readonly double[] _values = new double[Most];
        private readonly long[] _counts = new long[Most];

        private int _length;

        public IEnumerable<(double Value, long Count)> Kept => _values.Zip(_counts).Take(_length);

        /// <summary>The last that is kept; NaN where fewer are.</summary>
        public double Innermost => _length == Most ? _values[Most - 1] : double.NaN;

        public void Add(double value)
        {
            if (_length == Most && sign * value > sign * _values[Most - 1])
                return;
            var at = 0;
            while (at < _length && sign * _values[at] < sign * value)
                at++;
            if (at < _length && _values[at] == value)
            {
                _counts[at]++;
                return;
            }
            if (at == Most)
                return;
            _length = Math.Min(_length + 1, Most);
            for (var i = _length - 1; i > at; i--)
                (_values[i], _counts[i]) = (_values[i - 1], _counts[i - 1]);
            (_values[at], _counts[at]) = (value, 1);
        }
    }
}
