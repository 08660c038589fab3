using System.Runtime.CompilerServices;
using Almagest.Discovery.Features;
using Almagest.Sky;

namespace Almagest.Discovery.Redraws;

/// <summary>
/// Values that a star may truly have, given what was measured: the measured ones, moved within their errors and correlations, and the
/// features of them. Safe to use from several threads.
/// </summary>
/// <remarks>
/// This is the posterior for a uniform prior. Where a feature divides by the parallax, the prior is uniform over the parallaxes that are
/// distances: whatever falls below <see cref="DistanceRule.MinParallaxMas"/> is drawn again, with everything that it is correlated with.
/// </remarks>
internal sealed class StarRedraw
{
    /// <summary>A parallax that is analysed as a distance is positive, so that half of its draws or more are: 2^-40 is never.</summary>
    private const int MostTries = 40;

    private readonly StarColumns _stars;
    private readonly FeatureRows _features;
    private readonly long _seed;
    private readonly int[] _moving;
    private readonly int[] _still;
    private readonly int _ra = -1,
        _dec = -1,
        _parallax = -1,
        _pmra = -1,
        _pmdec = -1,
        _velocity = -1;

    /// <summary>Of stars in memory, all of them; of others <see cref="On"/> the stars of a tile.</summary>
    public StarRedraw(PreparedFeatures prepared, DistanceRule distances, long seed)
        : this(prepared.Stars, FeatureRows.Of(prepared, distances), seed) { }

    /// <summary>Of some stars of a selection of which these measurements have errors.</summary>
    public StarRedraw(StarColumns tile, FeatureRows features, IReadOnlyList<StarColumn> drawn, long seed)
        : this(tile, features, MeasurementErrors.OfTile(tile, drawn), seed) { }

    private StarRedraw(StarColumns stars, FeatureRows features, long seed)
        : this(stars, features, MeasurementErrors.Of(stars, features.Needs), seed) { }

    private StarRedraw(StarColumns stars, FeatureRows features, MeasurementErrors errors, long seed)
    {
        (_stars, _features, Errors, _seed) = (stars, features, errors, seed);
        (_moving, _still) = features.Of([.. errors.Columns]);
        for (var i = 0; i < Errors.Columns.Count; i++)
        {
            switch (Errors.Columns[i])
            {
                case StarColumn.Ra:
                    _ra = i;
                    break;
                case StarColumn.Dec:
                    _dec = i;
                    break;
                case StarColumn.Parallax:
                    _parallax = i;
                    break;
                case StarColumn.Pmra:
                    _pmra = i;
                    break;
                case StarColumn.Pmdec:
                    _pmdec = i;
                    break;
                default:
                    _velocity = i;
                    break;
            }
        }
    }

    /// <summary>The same for some of the stars, which are in memory.</summary>
    public StarRedraw On(StarColumns tile) => ReferenceEquals(tile, _stars) ? this : new(tile, _features, Errors.On(tile), _seed);

    public MeasurementErrors Errors { get; }

    /// <summary>What the features are made of.</summary>
    public IReadOnlyList<StarColumn> Needs => _features.Needs;

    /// <summary>Writes the features of some draws of a star, one row each.</summary>
    /// <param name="row">of a star that has an error</param>
    /// <param name="first">the number of the first draw</param>
    /// <param name="rows">as many as draws are wanted</param>
    [SkipLocalsInit]
    public void Draw(int row, int first, int columns, Span<double> rows)
    {
        Span<double> factor = stackalloc double[MeasurementErrors.Most * MeasurementErrors.Most];
        Errors.Factor(row, factor);
        var measured = _features.Measured(_stars, row);
        var ownDistance = _features.UsesDistance && _features.HasDistance(_stars, row);
        var star = KeyOf(row);
        var still = rows[..columns];
        _features.Derive(measured, _still, still);
        // Two draws may share their random bits.
        var step = Philox.IsPaired(Errors.Count) ? 2u : 1u;
        var (bits, of) = (Philox.Bits(_seed, star, (uint)first / step, 0), (uint)first / step);
        var draw = (uint)first;
        for (var at = 0; at < rows.Length; at += columns, draw++)
        {
            if (draw / step != of)
                (bits, of) = (Philox.Bits(_seed, star, draw / step, 0), draw / step);
            var one = rows.Slice(at, columns);
            if (at > 0)
                still.CopyTo(one);
            _features.Derive(One(measured, factor, star, draw, bits, ownDistance), _moving, one);
        }
    }

    /// <param name="bits">the random bits of the draw, or of it and its neighbour</param>
    [SkipLocalsInit]
    private StarValues One(
        in StarValues measured,
        ReadOnlySpan<double> factor,
        ulong star,
        uint draw,
        (ulong Low, ulong High) bits,
        bool ownDistance
    )
    {
        var size = Errors.Count;
        Span<double> normals = stackalloc double[MeasurementErrors.Most];
        Span<double> moved = stackalloc double[MeasurementErrors.Most];
        normals = normals[..size];
        for (uint attempt = 0; ; attempt++)
        {
            if (attempt == 0)
                Philox.Normals(bits, Philox.IsPaired(size) && (draw & 1) != 0, normals);
            else
                Philox.Normals(_seed, star, draw, attempt, normals);
            for (var i = 0; i < size; i++)
            {
                double sum = 0;
                for (var j = 0; j <= i; j++)
                    sum += factor[i * size + j] * normals[j];
                moved[i] = sum;
            }
            var parallax = measured.Parallax + Of(moved, _parallax);
            if (ownDistance && parallax < DistanceRule.MinParallaxMas)
            {
                if (attempt < MostTries)
                    continue;
                parallax = measured.Parallax;
            }
            var (ra, dec) = Moved(measured.Ra, measured.Dec, Of(moved, _ra), Of(moved, _dec));
            return measured with
            {
                Ra = ra,
                Dec = dec,
                Parallax = parallax,
                DistanceParallax = ownDistance ? parallax : measured.DistanceParallax,
                Pmra = measured.Pmra + Of(moved, _pmra),
                Pmdec = measured.Pmdec + Of(moved, _pmdec),
                RadialVelocity = measured.RadialVelocity + Of(moved, _velocity),
            };
        }
    }

    private static double Of(ReadOnlySpan<double> moved, int at) => at < 0 ? 0 : moved[at];

    /// <summary>A position moved east and north, mas.</summary>
    private static (double Ra, double Dec) Moved(double ra, double dec, double east, double north)
    {
        if (east == 0 && north == 0)
            return (ra, dec);
        const double MasInDegree = 3.6e6;
        var (sinRa, cosRa) = Math.SinCos(ra * Constants.Degree);
        var (sinDec, cosDec) = Math.SinCos(dec * Constants.Degree);
        // Along the tangent plane, which the pole is no exception to.
        var (e, n) = (east / MasInDegree * Constants.Degree, north / MasInDegree * Constants.Degree);
        return SkyCoordinates.FromVector(
            new SkyVector(
                cosDec * cosRa - e * sinRa - n * sinDec * cosRa,
                cosDec * sinRa + e * cosRa - n * sinDec * sinRa,
                sinDec + n * cosDec
            )
        );
    }

    /// <summary>By its place, magnitude and parallax a star is the same in every ledger and every selection; equal stars have equal
    /// draws.</summary>
    private ulong KeyOf(int row)
    {
        var key = Philox.Mix(0, _stars.RaDeg[row]);
        key = Philox.Mix(key, _stars.DecDeg[row]);
        key = Philox.Mix(key, _stars.Magnitude[row]);
        return Philox.Mix(key, _stars.ParallaxMas[row]);
    }
}
