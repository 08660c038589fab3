using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Recovery;

/// <summary>How many of the planted stars of one range were found.</summary>
/// <param name="From">lower end, included; null = open, or the value is not known</param>
/// <param name="To">upper end, not included; null = open, or the value is not known</param>
/// <param name="IsUnknown">the stars without the value</param>
public sealed record RecoveryBin(double? From, double? To, bool IsUnknown, WilsonInterval Recovery);

/// <summary>Counts planted stars by a value, in bins between fixed edges.</summary>
/// <param name="edges">ascending, without repetition</param>
public sealed class RecoveryBins(IReadOnlyList<double> edges)
{
    private readonly long[] _planted = new long[edges.Count + 2];
    private readonly long[] _recovered = new long[edges.Count + 2];

    /// <summary>Bins that hold about the same number of the given stars each; their edges are rounded.</summary>
    /// <param name="digits">significant digits of an edge</param>
    public static RecoveryBins Even(double[] values, int bins, int digits)
    {
        ArgumentNullException.ThrowIfNull(values);
        var known = values.Where(v => Math.Abs(v) <= FeaturePipeline.MaxMagnitude).ToArray();
        if (known.Length == 0)
            return new RecoveryBins([]);
        return new RecoveryBins([
            .. Enumerable
                .Range(1, bins - 1)
                .Select(i => Rounded(OrderStatistics.Percentile(known, 100.0 * i / bins), digits))
                .Distinct()
                .Order(),
        ]);
    }

    /// <summary>A number of so many significant digits.</summary>
    public static double Rounded(double value, int digits)
    {
        if (value == 0 || !double.IsFinite(value))
            return value;
        var scale = Math.Pow(10, digits - 1 - Math.Floor(Math.Log10(Math.Abs(value))));
        return Math.Round(value * scale) / scale;
    }

    public void Add(double value, bool found)
    {
        var bin = double.IsNaN(value) ? _planted.Length - 1 : edges.Count(e => value >= e);
        _planted[bin]++;
        if (found)
            _recovered[bin]++;
    }

    /// <summary>The bins in ascending order, the stars without the value last; empty bins are left out.</summary>
    public IReadOnlyList<RecoveryBin> Read() =>
        [
            .. Enumerable
                .Range(0, _planted.Length)
                .Where(i => _planted[i] > 0)
                .Select(i => new RecoveryBin(
                    i > 0 && i <= edges.Count ? edges[i - 1] : null,
                    i < edges.Count ? edges[i] : null,
                    i == _planted.Length - 1,
                    WilsonInterval.Of(_recovered[i], _planted[i])
                )),
        ];
}
