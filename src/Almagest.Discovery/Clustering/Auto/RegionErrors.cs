namespace Almagest.Discovery.Clustering.Auto;

/// <summary>The errors of the stars of a region, and what follows from them.</summary>
internal sealed class RegionErrors
{
    private readonly double[] _covariances;
    private readonly bool[] _has;
    private readonly int _length;

    /// <param name="width">covariance of the cluster itself</param>
    /// <param name="scatter">covariance of members whose errors are not known</param>
    /// <param name="metric">lower factor of the metric of the ellipsoid</param>
    /// <param name="reach">the ellipsoid's radius in that metric</param>
    /// <param name="wider">standard deviations of the wider Gaussian over those of the narrow one</param>
    public RegionErrors(
        int[] stars,
        StarErrors errors,
        ErrorClasses classes,
        double[] width,
        double[] scatter,
        double[] metric,
        double reach,
        double wider,
        int size
    )
    {
        Stars = stars;
        _length = size * size;
        _covariances = new double[stars.Length * _length];
        _has = new bool[stars.Length];
        Places = new ErrorPlace[stars.Length];
        Inside = new double[stars.Length];
        InsideWide = new double[stars.Length];
        Span<double> column = stackalloc double[size];
        for (var i = 0; i < stars.Length; i++)
        {
            var own = _covariances.AsSpan(i * _length, _length);
            _has[i] = errors.TryGet(stars[i], own);
            Places[i] = classes.PlaceOf(_has[i] ? SizeOf(own, size) : double.NaN);
            // The mean square of a member's distance along an axis of the metric: the trace of M⁻¹ T.
            var square = 0.0;
            for (var d = 0; d < size; d++)
            {
                for (var e = 0; e < size; e++)
                    column[e] = _has[i] ? width[e * size + d] + own[e * size + d] : scatter[e * size + d];
                Cholesky.Solve(metric, size, column);
                square += column[d] / size;
            }

            var deviations = reach / Math.Sqrt(square);
            Inside[i] = BallShare(deviations, size);
            InsideWide[i] = BallShare(deviations / wider, size);
        }
    }

    public int[] Stars { get; }

    public ErrorPlace[] Places { get; }

    /// <summary>Which share of the members with such errors the region has, of the narrow Gaussian and of the wide one.</summary>
    public double[] Inside { get; }

    /// <inheritdoc cref="Inside"/>
    public double[] InsideWide { get; }

    /// <summary>Whether the star's errors are known.</summary>
    public bool Has(int i) => _has[i];

    public ReadOnlySpan<double> Of(int i) => _covariances.AsSpan(i * _length, _length);

    /// <summary>How large the errors of stars are; NaN = not known.</summary>
    public static double[] SizesOf(int[] stars, StarErrors errors, int size)
    {
        var covariance = new double[size * size];
        return Array.ConvertAll(stars, s => errors.TryGet(s, covariance) ? SizeOf(covariance, size) : double.NaN);
    }

    private static double SizeOf(ReadOnlySpan<double> covariance, int size)
    {
        double sum = 0;
        for (var d = 0; d < size; d++)
            sum += covariance[d * size + d];
        return sum;
    }

    // The share of a normal distribution within so many standard deviations of its middle; where hardly any, that of an even one.
    private static double BallShare(double radius, int dimensions)
    {
        if (radius > 8)
            return 1;
        if (dimensions == 2)
            return -double.ExpM1(-0.5 * radius * radius);
        if (radius < 0.05)
            return Math.Sqrt(2 / Math.PI) * radius * radius * radius / 3;
        var tail = Math.Exp(-0.5 * radius * radius);
        return Math.Clamp(Erf(radius / Math.Sqrt(2)) - Math.Sqrt(2 / Math.PI) * radius * tail, 1e-12, 1);
    }

    // Abramowitz and Stegun 1964, 7.1.26 has too few digits for small shares: the series, and the continued fraction beyond 3.
    private static double Erf(double x)
    {
        if (x > 3)
        {
            var fraction = 0.0;
            for (var k = 60; k > 0; k--)
                fraction = k / 2.0 / (x + fraction);
            return 1 - Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (x + fraction);
        }

        double term = x,
            sum = x;
        for (var n = 1; n < 80 && Math.Abs(term) > 1e-17; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
