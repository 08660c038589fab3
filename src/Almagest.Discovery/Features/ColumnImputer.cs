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
    public ColumnImputer(StarColumns stars, FeatureRecipe recipe, DistanceRule distances)
    {
        _stars = stars;
        Distances = distances;
        RequirePositions(stars);
        foreach (var column in recipe.Needs)
            Survey(column);
        if (!recipe.UsesDistance || AllMissing(StarColumn.Parallax))
            return;
        var parallaxes = new double[stars.Count];
        for (var row = 0; row < parallaxes.Length; row++)
        {
            var isDistance = IsDistance(row);
            parallaxes[row] = isDistance ? stars.ParallaxMas[row] : double.NaN;
            if (!isDistance && IsKnown(stars.ParallaxMas[row]))
                NoDistance++;
        }
        _distanceMedian = OrderStatistics.Median(parallaxes);
    }

    public DistanceRule Distances { get; }

    /// <summary>Stars with a known parallax that is no distance; counted only where a feature needs distances.</summary>
    public int NoDistance { get; }

    public bool HasDistances => !double.IsNaN(_distanceMedian) && _distanceMedian > 0;

    public double DistanceMedian => _distanceMedian;

    public int Missing(StarColumn column) => _missing[(int)column];

    public double Median(StarColumn column) => _medians[(int)column];

    public bool AllMissing(StarColumn column) => Missing(column) == _stars.Count;

    public bool IsImputed(Feature feature, int row)
    {
        foreach (var column in feature.Needs)
        {
            if (!IsKnown(_stars.Values(column)[row]) || (feature.UsesDistance && column == StarColumn.Parallax && !IsDistance(row)))
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
            IsDistance(row) ? parallax : _distanceMedian,
            Fill(StarColumn.Pmra, _stars.PmraMasYr[row]),
            Fill(StarColumn.Pmdec, _stars.PmdecMasYr[row]),
            Fill(StarColumn.Magnitude, _stars.Magnitude[row]),
            Fill(StarColumn.Color, _stars.Color[row])
        )
        {
            ProperMotionError = Math.Max(Error(_stars.PmraErrorMasYr[row]), Error(_stars.PmdecErrorMasYr[row])),
            RadialVelocity = Fill(StarColumn.RadialVelocity, _stars.RadialVelocityKmS[row]),
        };
    }

    /// <inheritdoc cref="FeatureRows.Filled"/>
    public StarValues Filled(ReadOnlySpan<double> values, double parallaxError, double pmraError, double pmdecError, bool keepsDistance)
    {
        var parallax = values[(int)StarColumn.Parallax];
        return new StarValues(
            values[(int)StarColumn.Ra],
            values[(int)StarColumn.Dec],
            Fill(StarColumn.Parallax, parallax),
            keepsDistance && IsKnown(parallax) ? Math.Max(parallax, DistanceRule.MinParallaxMas)
                : Distances.Holds(parallax, parallaxError) ? parallax
                : _distanceMedian,
            Fill(StarColumn.Pmra, values[(int)StarColumn.Pmra]),
            Fill(StarColumn.Pmdec, values[(int)StarColumn.Pmdec]),
            Fill(StarColumn.Magnitude, values[(int)StarColumn.Magnitude]),
            Fill(StarColumn.Color, values[(int)StarColumn.Color])
        )
        {
            ProperMotionError = Math.Max(Error(pmraError), Error(pmdecError)),
            RadialVelocity = Fill(StarColumn.RadialVelocity, values[(int)StarColumn.RadialVelocity]),
        };
    }

    /// <summary>Infinities and numbers beyond any catalogue's are gaps, too.</summary>
    private static bool IsKnown(double value) => Math.Abs(value) <= FeaturePipeline.MaxMagnitude;

    private bool IsDistance(int row) => Distances.Holds(_stars.ParallaxMas[row], _stars.ParallaxErrorMas[row]);

    private static double Error(double value) => value > 0 && IsKnown(value) ? value : 0;

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
