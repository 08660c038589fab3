using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Features;

/// <summary>
/// The catalogue columns of a selection with every gap filled by the median of the known values. Nothing is copied: a gap is
/// filled as it is read.
/// </summary>
/// <remarks>
/// Why the median of the catalogue column, and not of the derived feature, nor both ways down a tree: on real stars that lost their
/// parallax or their colour it keeps the order of the complete table best, and a star that is fast or faint by what is left of it stays so
/// (<c>bench/results/missing-values.md</c>). It also serves every algorithm alike.
/// </remarks>
internal sealed class ColumnImputer
{
    private readonly StarColumns _stars;
    private readonly double[] _medians = new double[Enum.GetValues<StarColumn>().Length];
    private readonly int[] _missing = new int[Enum.GetValues<StarColumn>().Length];
    private readonly double _distanceMedian;

    /// <exception cref="DiscoveryException">a position is missing or out of range</exception>
    public ColumnImputer(StarColumns stars, IReadOnlyCollection<StarColumn> needed, bool needsDistance)
    {
        _stars = stars;
        RequirePositions(stars);
        foreach (var column in needed)
            Survey(column);
        if (!needsDistance || AllMissing(StarColumn.Parallax))
            return;
        var positive = (double[])stars.ParallaxMas.Clone();
        foreach (ref var parallax in positive.AsSpan())
        {
            if (IsKnown(parallax) && !IsDistance(parallax))
                NotPositive++;
            if (!IsDistance(parallax))
                parallax = double.NaN;
        }
        _distanceMedian = OrderStatistics.Median(positive);
    }

    /// <summary>Stars with a known parallax that cannot be a distance; counted only where a feature needs distances.</summary>
    public int NotPositive { get; }

    public bool HasDistances => !double.IsNaN(_distanceMedian) && _distanceMedian > 0;

    public double DistanceMedian => _distanceMedian;

    public int Missing(StarColumn column) => _missing[(int)column];

    public double Median(StarColumn column) => _medians[(int)column];

    public bool AllMissing(StarColumn column) => Missing(column) == _stars.Count;

    public bool IsImputed(Feature feature, int row)
    {
        foreach (var column in feature.Needs)
        {
            var value = _stars.Values(column)[row];
            if (!IsKnown(value) || (feature.UsesDistance && column == StarColumn.Parallax && !IsDistance(value)))
                return true;
        }
        return false;
    }

    public StarValues Row(int row)
    {
        var parallax = _stars.ParallaxMas[row];
        return new StarValues(
            _stars.RaDeg[row],
            _stars.DecDeg[row],
            Fill(StarColumn.Parallax, parallax),
            IsDistance(parallax) ? parallax : _distanceMedian,
            Fill(StarColumn.Pmra, _stars.PmraMasYr[row]),
            Fill(StarColumn.Pmdec, _stars.PmdecMasYr[row]),
            Fill(StarColumn.Magnitude, _stars.Magnitude[row]),
            Fill(StarColumn.Color, _stars.Color[row])
        );
    }

    /// <summary>Infinities and numbers beyond any catalogue's are gaps, too.</summary>
    private static bool IsKnown(double value) => Math.Abs(value) <= FeaturePipeline.MaxMagnitude;

    private static bool IsDistance(double parallax) => parallax >= FeaturePipeline.MinDistanceParallaxMas && IsKnown(parallax);

    private double Fill(StarColumn column, double value) => IsKnown(value) ? value : _medians[(int)column];

    private void Survey(StarColumn column)
    {
        var values = _stars.Values(column);
        var unknown = values.Count(v => !IsKnown(v));
        _missing[(int)column] = unknown;
        if (unknown == 0)
            return;
        if (unknown > values.Length - OrderStatistics.CountKnown(values))
            values = [.. values.Select(v => IsKnown(v) ? v : double.NaN)];
        _medians[(int)column] = OrderStatistics.Median(values);
    }

    private static void RequirePositions(StarColumns stars)
    {
        for (var row = 0; row < stars.Count; row++)
        {
            if (stars.RaDeg[row] is >= 0 and < 360 && stars.DecDeg[row] is >= -90 and <= 90)
                continue;
            throw new DiscoveryException(
                $"Star {stars.StarId[row]} is at RA {stars.RaDeg[row]}, Dec {stars.DecDeg[row]}: expected degrees in [0, 360) and "
                    + $"[-90, 90]. Correct the position or leave the star out of the selection."
            );
        }
    }
}
