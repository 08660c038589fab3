namespace Almagest.Server.Measuring;

/// <summary>Counts of values up to given bounds, and their sum, as Prometheus understands a histogram. Thread-safe.</summary>
/// <param name="bounds">upper bounds, ascending; above the last there is one more count</param>
internal sealed class Histogram(double[] bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    public void Add(double value)
    {
        var place = Array.FindIndex(bounds, b => value <= b);
        lock (_gate)
        {
            _counts[place < 0 ? bounds.Length : place]++;
            _sum += value;
        }
    }

    /// <returns>for each bound, and at last for none, how many values are at most it; and the sum of all</returns>
    public (IReadOnlyList<(double Bound, long Count)> Cumulative, double Sum) Read()
    {
        lock (_gate)
        {
            var all = new List<(double, long)>(_counts.Length);
            var count = 0L;
            for (var i = 0; i < _counts.Length; i++)
                all.Add((i < bounds.Length ? bounds[i] : double.PositiveInfinity, count += _counts[i]));
            return (all, _sum);
        }
    }
}
