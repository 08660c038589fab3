using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

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
    private readonly int _count;
    private readonly double[] _medians = new double[Enum.GetValues<StarColumn>().Length];
    private readonly int[] _missing = new int[Enum.GetValues<StarColumn>().Length];
    private readonly double _distanceMedian;

    /// <exception cref="DiscoveryException">a position is missing or out of range</exception>
    public ColumnImputer(StarColumns stars, FeatureRecipe recipe, DistanceRule distances)
    {
        _count = stars.Count;
        Distances = distances;
        foreach (var column in recipe.Needs)
            Survey(stars, column);
        var parallaxes = recipe.UsesDistance && !AllMissing(StarColumn.Parallax) ? stars.Room.Create<double>(_count) : null;
        foreach (var (first, tile) in stars.Tiles())
        {
            RequirePositions(tile);
            if (parallaxes is not null)
                NoDistance += SurveyDistances(tile, first, parallaxes);
        }
        if (parallaxes is not null)
            _distanceMedian = OrderStatistics.MedianOf(parallaxes);
    }

    /// <summary>As it was of a selection, to fill the gaps of some of its stars.</summary>
    /// <param name="medians">by <see cref="StarColumn"/></param>
    public ColumnImputer(double[] medians, double distanceMedian, DistanceRule distances) =>
        (_medians, _distanceMedian, Distances) = (medians, distanceMedian, distances);

    public DistanceRule Distances { get; }

    /// <summary>Stars with a known parallax that is no distance; counted only where a feature needs distances.</summary>
    public int NoDistance { get; }

    public bool HasDistances => !double.IsNaN(_distanceMedian) && _distanceMedian > 0;

    public double DistanceMedian => _distanceMedian;

    public int Missing(StarColumn column) => _missing[(int)column];

    public double Median(StarColumn column) => _medians[(int)column];

    /// <summary>By <see cref="StarColumn"/>.</summary>
    public IReadOnlyList<double> Medians => _medians;

    public bool AllMissing(StarColumn column) => Missing(column) == _count;

    /// <summary>Whether any star lacks something that the feature needs.</summary>
    public bool IsImputed(Feature feature) => feature.Needs.Any(c => Missing(c) > 0) || (feature.UsesDistance && NoDistance > 0);

    /// <param name="stars">of the selection, or some of them</param>
    /// <param name="row">among these</param>
    public bool IsImputed(StarColumns stars, Feature feature, int row)
    {
        foreach (var column in feature.Needs)
        {
            if (!IsKnown(stars.Values(column)[row]) || (feature.UsesDistance && column == StarColumn.Parallax && !IsDistance(stars, row)))
                return true;
        }
        return false;
    }

    /// <inheritdoc cref="IsImputed(StarColumns, Feature, int)"/>
    public StarValues Row(StarColumns stars, int row)
    {
        var parallax = stars.ParallaxMas[row];
        return new StarValues(
            stars.RaDeg[row],
            stars.DecDeg[row],
            Fill(StarColumn.Parallax, parallax),
            IsDistance(stars, row) ? parallax : _distanceMedian,
            Fill(StarColumn.Pmra, stars.PmraMasYr[row]),
            Fill(StarColumn.Pmdec, stars.PmdecMasYr[row]),
            Fill(StarColumn.Magnitude, stars.Magnitude[row]),
            Fill(StarColumn.Color, stars.Color[row])
        )
        {
            ProperMotionError = Math.Max(Error(stars.PmraErrorMasYr[row]), Error(stars.PmdecErrorMasYr[row])),
            RadialVelocity = Fill(StarColumn.RadialVelocity, stars.RadialVelocityKmS[row]),
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

    private bool IsDistance(StarColumns stars, int row) => Distances.Holds(stars.ParallaxMas[row], stars.ParallaxErrorMas[row]);

    private static double Error(double value) => value > 0 && IsKnown(value) ? value : 0;

    private double Fill(StarColumn column, double value) => IsKnown(value) ? value : _medians[(int)column];

    private void Survey(StarColumns stars, StarColumn column)
    {
        var values = stars.Of(column);
        var (unknown, absent) = (0, 0);
        values.ForEach(
            (_, stretch) =>
            {
                var (strange, missing) = (0, 0);
                foreach (var value in stretch)
                {
                    strange += IsKnown(value) ? 0 : 1;
                    missing += double.IsNaN(value) ? 1 : 0;
                }
                (unknown, absent) = (unknown + strange, absent + missing);
            }
        );
        _missing[(int)column] = unknown;
        if (unknown == 0)
            return;
        if (unknown > absent)
        {
            var known = stars.Room.Create<double>(values.Count);
            values.ForEach(
                (first, stretch) =>
                {
                    using var kept = known.Blank(first, stretch.Length);
                    for (var i = 0; i < stretch.Length; i++)
                        kept.Span[i] = IsKnown(stretch[i]) ? stretch[i] : double.NaN;
                    known.Write(first, kept.Span);
                }
            );
            values = known;
        }
        _medians[(int)column] = OrderStatistics.MedianOf(values);
    }

    private int SurveyDistances(StarColumns tile, int first, Sequence<double> parallaxes)
    {
        var none = 0;
        using var kept = parallaxes.Blank(first, tile.Count);
        for (var row = 0; row < tile.Count; row++)
        {
            var isDistance = IsDistance(tile, row);
            kept.Span[row] = isDistance ? tile.ParallaxMas[row] : double.NaN;
            if (!isDistance && IsKnown(tile.ParallaxMas[row]))
                none++;
        }
        parallaxes.Write(first, kept.Span);
        return none;
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
