namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// A mixture for stars whose errors are known: the place of a member scatters by the width of the cluster, which all members share, and by
/// the star's own errors (extreme deconvolution: Bovy, Hogg and Roweis 2011, Annals of Applied Statistics 5, 1657); the field is that of
/// stars with such errors (<see cref="ErrorClasses"/>). A star that lacks the errors has the scatter of all members.
/// </summary>
internal sealed class ErrorMixture : ClusterMixture
{
    private const int InnerSteps = 4;

    // Errors of the wider Gaussian over what they are said to be: in crowded fields and of binaries they are larger.
    private const double WiderError = 1.5;

    // A less likely member says nothing of the cluster.
    private const double LeastWeight = 1e-6;

    private readonly StarErrors _errors;
    private readonly double[] _width; // covariance of the cluster itself
    private ErrorClasses _classes;
    private RegionErrors? _region;

    /// <param name="known">the cluster as it is without errors</param>
    public ErrorMixture(MotionStars stars, StarErrors errors, Peak start, ClusterMixture known)
        : base(stars, start)
    {
        TakeFrom(known);
        _errors = errors;
        _width = [.. Covariance];
        _classes = new ErrorClasses(Size, []);
    }

    // Faint members are found one ellipsoid after the other.
    protected override int Rounds => 7;

    protected override FieldModel Field => _classes.All;

    protected override double FieldMiddle => Field.Middle;

    protected override void Begin(double density)
    {
        var sizes = RegionErrors.SizesOf(Region, _errors, Size);
        _classes = new ErrorClasses(Size, sizes);
        _classes.Start(density, Members);
        _region = null;
    }

    protected override bool Expect(int[] region, double[] terms, double[] ratio, double[] narrow, double[] wide)
    {
        if (!ReferenceEquals(_region?.Stars, region))
            _region = new RegionErrors(region, _errors, _classes, _width, Covariance, Metric, Reach, Wider, Size);
        var root = Math.Pow(2 * Math.PI, -Size / 2.0);
        // The field's density is per unit of the ball.
        var unit = Math.Pow(Reach, Size) * Cholesky.Determinant(Metric, Size);
        Span<double> factor = stackalloc double[Size * Size];
        for (var i = 0; i < region.Length; i++)
        {
            var place = _region.Places[i];
            var density = _classes.Members(place) * root * ratio[i];
            var a = density * (1 - Wide) * Density(i, false, factor) / _region.Inside[i];
            var b = density * Wide * Density(i, true, factor) / _region.InsideWide[i];
            var f = _classes.Field(place, terms.AsSpan(i * Field.TermCount, Field.TermCount)) / unit;
            narrow[i] = a / (a + b + f);
            wide[i] = b / (a + b + f);
        }

        return true;
    }

    // But for the powers of 2 pi.
    private double Density(int i, bool isWide, Span<double> factor)
    {
        if (!TryTotal(i, isWide, factor))
            return 0;
        Span<double> at = stackalloc double[Size];
        for (var d = 0; d < Size; d++)
            at[d] = Stars.Axes[d][_region!.Stars[i]] - Centre[d];
        var distance = Length(factor, at);
        return Math.Exp(-0.5 * distance * distance) / Cholesky.Determinant(factor, Size);
    }

    protected override void Maximize(double[] narrow, double[] wide, double members, double scale)
    {
        for (var step = 0; step < InnerSteps; step++)
        {
            MaximizeMiddle(narrow, wide);
            MaximizeWidth(narrow, wide, scale);
        }

        MeasureScatter(narrow, wide, members, scale);
        _classes.FitMembers(_region!.Places, [.. narrow.Zip(wide, (a, b) => a + b)]);
    }

    protected override void MaximizeField(double[] terms, double[] field) => _classes.FitField(_region!.Places, terms, field);

    protected override void ScaleField(double factor) => _classes.ScaleField(factor);

    // The mean with the weights that the errors give.
    private void MaximizeMiddle(double[] narrow, double[] wide)
    {
        var sum = new double[Size];
        var weights = new double[Size * Size];
        Span<double> factor = stackalloc double[Size * Size];
        Span<double> column = stackalloc double[Size];
        for (var part = 0; part < 2 * Region.Length; part++)
        {
            var (i, isWide) = (part / 2, part % 2 == 1);
            var weight = isWide ? wide[i] : narrow[i];
            if (weight < LeastWeight || !TryTotal(i, isWide, factor))
                continue;
            for (var d = 0; d < Size; d++)
                column[d] = Stars.Axes[d][Region[i]];
            Cholesky.Solve(factor, Size, column);
            for (var d = 0; d < Size; d++)
                sum[d] += weight * column[d];
            for (var d = 0; d < Size; d++)
            {
                column.Clear();
                column[d] = 1;
                Cholesky.Solve(factor, Size, column);
                for (var e = 0; e < Size; e++)
                    weights[e * Size + d] += weight * column[e];
            }
        }

        if (!Cholesky.Factor(weights, Size))
            return;
        Cholesky.Solve(weights, Size, sum);
        sum.CopyTo(Centre, 0);
    }

    // One step of the deconvolution: of each member what its true place may be, given its observed one.
    private void MaximizeWidth(double[] narrow, double[] wide, double scale)
    {
        double total = 0;
        var next = new double[Size * Size];
        Span<double> factor = stackalloc double[Size * Size];
        Span<double> at = stackalloc double[Size];
        Span<double> shift = stackalloc double[Size];
        for (var part = 0; part < 2 * Region.Length; part++)
        {
            var (i, isWide) = (part / 2, part % 2 == 1);
            var weight = isWide ? wide[i] : narrow[i];
            if (weight < LeastWeight || !_region!.Has(i) || !TryTotal(i, isWide, factor))
                continue;
            total += weight;
            var larger = isWide ? Wider * Wider : 1;
            for (var d = 0; d < Size; d++)
                at[d] = Stars.Axes[d][Region[i]] - Centre[d];
            Cholesky.Solve(factor, Size, at);
            Multiply(_width, at, shift);
            for (var d = 0; d < Size; d++)
            for (var e = 0; e < Size; e++)
                next[d * Size + e] += weight * larger * shift[d] * shift[e];
            // What stays unknown of the true place: V - V T⁻¹ V, for a width V of the wide Gaussian that is larger.
            for (var e = 0; e < Size; e++)
            {
                for (var d = 0; d < Size; d++)
                    at[d] = _width[d * Size + e];
                Cholesky.Solve(factor, Size, at);
                Multiply(_width, at, shift);
                for (var d = 0; d < Size; d++)
                    next[d * Size + e] += weight * (_width[d * Size + e] - larger * shift[d]);
            }
        }

        if (total < 1)
            return;
        for (var d = 0; d < Size; d++)
        for (var e = 0; e <= d; e++)
            _width[d * Size + e] = _width[e * Size + d] = (next[d * Size + e] + next[e * Size + d]) / (2 * total);
        // Equal numbers must not make it a point.
        for (var d = 0; d < Size; d++)
            _width[d * Size + d] += 4e-4 * scale * scale / InnerSteps;
    }

    // The lower factor of the covariance of a member's observed place: the cluster's width and the star's errors.
    private bool TryTotal(int i, bool isWide, Span<double> factor)
    {
        double width = isWide ? Wider * Wider : 1,
            error = isWide ? WiderError * WiderError : 1;
        if (_region!.Has(i))
        {
            var errors = _region.Of(i);
            for (var k = 0; k < errors.Length; k++)
                factor[k] = width * _width[k] + error * errors[k];
        }
        else
        {
            for (var k = 0; k < factor.Length; k++)
                factor[k] = width * Covariance[k];
        }

        return Cholesky.Factor(factor, Size);
    }

    private void Multiply(double[] matrix, ReadOnlySpan<double> vector, Span<double> product)
    {
        for (var d = 0; d < Size; d++)
        {
            product[d] = 0;
            for (var e = 0; e < Size; e++)
                product[d] += matrix[d * Size + e] * vector[e];
        }
    }
}
