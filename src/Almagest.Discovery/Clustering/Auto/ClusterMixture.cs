namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// A cluster and the field around it, fitted to the stars of an ellipsoid around it by expectation and maximization (Dempster, Laird and
/// Rubin 1977): the cluster is a Gaussian in motion and parallax with a wider one of the same middle, for binaries and for stars with
/// larger
/// errors; the field is a <see cref="FieldModel"/>; on the sky the cluster has a <see cref="SkyProfile"/>. A star's probability is the
/// cluster's density over the sum of both.
/// </summary>
internal sealed class ClusterMixture
{
    /// <summary>Radius of the ellipsoid in standard deviations of the cluster.</summary>
    private const double Reach = 6.6;

    /// <summary>Standard deviations of the wider Gaussian over those of the narrow one.</summary>
    private const double Wider = 2.5;

    private const double MostWide = 0.4,
        // Of a field so thin that it has no star there, all that is known is that it has hardly one.
        LeastField = 0.1;

    private const int Rounds = 4,
        Steps = 40,
        MostStars = 20_000;

    private readonly MotionStars _stars;
    private readonly FieldModel _field;
    private readonly SkyProfile? _sky;
    private readonly int _size;
    private readonly double[] _middle;
    private readonly double[] _covariance;
    private readonly double[] _metric; // lower factor of the covariance that the ellipsoid is made with
    private readonly double[] _origin; // middle of the ellipsoid
    private double _members,
        _wide = 0.1;

    private ClusterMixture(MotionStars stars, Peak start)
    {
        _stars = stars;
        _size = stars.Dimensions;
        _field = new FieldModel(_size);
        _sky = stars.Direction is { } direction ? new SkyProfile(direction) : null;
        _middle = [.. start.Centre];
        _origin = [.. start.Centre];
        _covariance = new double[_size * _size];
        _metric = new double[_size * _size];
        for (var d = 0; d < _size; d++)
            _covariance[d * _size + d] = 0.81 * start.Scale * start.Scale;
    }

    /// <summary>Stars of the ellipsoid, ascending.</summary>
    public int[] Region { get; private set; } = [];

    /// <summary>Of each of them.</summary>
    public double[] Probabilities { get; private set; } = [];

    /// <summary>Density of the members in the ellipsoid that holds half of them, over the field's density in their middle.</summary>
    public double Contrast { get; private set; }

    public IReadOnlyList<double> Middle => _middle;

    /// <summary>Standard deviation of the cluster along an axis.</summary>
    public double Deviation(int axis) => Math.Sqrt(_covariance[axis * _size + axis]);

    /// <summary>Null where nothing stays that differs from the field: it has too few stars, or grows to a multiple of where it
    /// began.</summary>
    public static ClusterMixture? Fit(MotionStars stars, Peak start, CancellationToken cancellationToken)
    {
        var mixture = new ClusterMixture(stars, start);
        for (var round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!mixture.Round(start.Scale))
                return null;
        }

        return mixture.Finish() ? mixture : null;
    }

    /// <summary>How far a place is from the middle, in standard deviations of the cluster.</summary>
    public double DistanceOf(IReadOnlyList<double> place)
    {
        Span<double> at = stackalloc double[_size];
        for (var d = 0; d < _size; d++)
            at[d] = place[d] - _middle[d];
        Span<double> factor = stackalloc double[_size * _size];
        _covariance.CopyTo(factor);
        return Cholesky.Factor(factor, _size) ? Length(factor, at) : double.PositiveInfinity;
    }

    // One ellipsoid: its stars, and the two densities fitted to them.
    private bool Round(double scale)
    {
        if (!TakeRegion(out var weight) || Region.Length < 10)
            return false;
        var terms = Terms(Region, out var radii);
        StartField(radii);
        var count = Region.Length;
        double[] narrow = new double[count],
            wide = new double[count],
            field = new double[count],
            ratio = [.. Enumerable.Repeat(1.0, count)];
        Probabilities = new double[count];
        for (var step = 0; step < Steps; step++)
        {
            if (_sky is not null && step > 2)
            {
                if (step < 8)
                    _sky.Centre(Region, Probabilities);
                _sky.Fit(Region, Probabilities, weight);
                for (var i = 0; i < count; i++)
                    ratio[i] = _sky.Ratio(Region[i]);
            }

            if (!Expect(Region, terms, ratio, narrow, wide))
                return false;
            double members = 0,
                wides = 0;
            for (var i = 0; i < count; i++)
            {
                Probabilities[i] = narrow[i] + wide[i];
                field[i] = 1 - Probabilities[i];
                members += Probabilities[i];
                wides += wide[i];
            }

            if (members < 5)
                return false;
            Maximize(narrow, wide, members, scale);
            _field.Fit(terms, field, 4);
            var change = Math.Abs(members - _members) / members;
            _members = members;
            _wide = Math.Min(MostWide, (wides + 0.5) / (members + 5));
            if (change < 1e-4 && step > 8)
                break;
        }

        Span<double> factor = stackalloc double[_size * _size];
        _covariance.CopyTo(factor);
        return Cholesky.Factor(factor, _size) && Math.Pow(Cholesky.Determinant(factor, _size), 1.0 / _size) <= 3 * scale;
    }

    // The last look: every star of the ellipsoid, where the fit may have seen a part of them.
    private bool Finish()
    {
        var seen = Region.Length;
        Region = Inside();
        var more = (double)Region.Length / Math.Max(1, seen);
        var terms = Terms(Region, out _);
        var count = Region.Length;
        double[] narrow = new double[count],
            wide = new double[count],
            ratio = new double[count];
        for (var i = 0; i < count; i++)
            ratio[i] = _sky?.Ratio(Region[i]) ?? 1;
        if (!Expect(Region, terms, ratio, narrow, wide))
            return false;
        Probabilities = [.. narrow.Zip(wide, (a, b) => a + b)];
        var members = Probabilities.Sum();
        if (members < 5)
            return false;
        var distances = Array.ConvertAll(Region, star => DistanceOf([.. _stars.Axes.Select(a => a[star])]));
        var along = (double[])Probabilities.Clone();
        Array.Sort(distances, along);
        double sum = 0;
        var half = 0;
        while (half < count - 1 && (sum += along[half]) < members / 2)
            half++;
        var volume = _field.BallVolume * Math.Pow(distances[half] / Reach, _size) * ScaleOfRegion();
        Contrast = members / 2 / Math.Max(LeastField, _field.Middle * more * volume);
        return true;
    }

    // The last ellipsoid was made with the covariance before the last round: its unit of volume over today's.
    private double ScaleOfRegion()
    {
        Span<double> factor = stackalloc double[_size * _size];
        _covariance.CopyTo(factor);
        return Cholesky.Factor(factor, _size) ? Cholesky.Determinant(factor, _size) / Cholesky.Determinant(_metric, _size) : 1;
    }

    private bool TakeRegion(out double weight)
    {
        weight = 1;
        _covariance.CopyTo(_metric, 0);
        _middle.CopyTo(_origin, 0);
        if (!Cholesky.Factor(_metric, _size))
            return false;
        var inside = Inside();
        var stride = (inside.Length + MostStars - 1) / MostStars;
        if (stride > 1)
        {
            inside = [.. Enumerable.Range(0, inside.Length / stride).Select(i => inside[i * stride])];
            weight = stride;
        }

        Region = inside;
        return true;
    }

    private int[] Inside()
    {
        var inside = new List<int>();
        Span<double> at = stackalloc double[_size];
        for (var i = 0; i < _stars.Count; i++)
        {
            for (var d = 0; d < _size; d++)
                at[d] = _stars.Axes[d][i] - _origin[d];
            if (Length(_metric, at) <= Reach)
                inside.Add(i);
        }

        return [.. inside];
    }

    private double[] Terms(int[] region, out double[] radii)
    {
        var terms = new double[region.Length * _field.TermCount];
        radii = new double[region.Length];
        Span<double> at = stackalloc double[_size];
        for (var i = 0; i < region.Length; i++)
        {
            for (var d = 0; d < _size; d++)
                at[d] = _stars.Axes[d][region[i]] - _origin[d];
            radii[i] = Length(_metric, at);
            for (var d = 0; d < _size; d++)
                at[d] /= Reach;
            _field.Terms(at, terms.AsSpan(i * _field.TermCount, _field.TermCount));
        }

        return terms;
    }

    // To begin with, the field is what lies beyond three standard deviations.
    private void StartField(double[] radii)
    {
        const double Inner = 3;
        var outside = radii.Count(r => r > Inner);
        var density = Math.Max(outside, 1) / (_field.BallVolume * (1 - Math.Pow(Inner / Reach, _size)));
        _field.Start(density);
        _members = Math.Max(5, radii.Length - density * _field.BallVolume);
    }

    private bool Expect(int[] region, double[] terms, double[] ratio, double[] narrow, double[] wide)
    {
        Span<double> factor = stackalloc double[_size * _size];
        _covariance.CopyTo(factor);
        if (!Cholesky.Factor(factor, _size))
            return false;
        var norm = Math.Pow(2 * Math.PI, -_size / 2.0) / Cholesky.Determinant(factor, _size);
        var wider = Math.Pow(Wider, -_size);
        // The field's density is per unit of the ball.
        var unit = Math.Pow(Reach, _size) * Cholesky.Determinant(_metric, _size);
        Span<double> at = stackalloc double[_size];
        for (var i = 0; i < region.Length; i++)
        {
            for (var d = 0; d < _size; d++)
                at[d] = _stars.Axes[d][region[i]] - _middle[d];
            var distance = Length(factor, at);
            var square = -0.5 * distance * distance;
            var a = _members * (1 - _wide) * norm * Math.Exp(square) * ratio[i];
            var b = _members * _wide * norm * wider * Math.Exp(square / (Wider * Wider)) * ratio[i];
            var f = _field.Density(terms.AsSpan(i * _field.TermCount, _field.TermCount)) / unit;
            narrow[i] = a / (a + b + f);
            wide[i] = b / (a + b + f);
        }

        return true;
    }

    private void Maximize(double[] narrow, double[] wide, double members, double scale)
    {
        double total = 0;
        var mean = new double[_size];
        for (var i = 0; i < Region.Length; i++)
        {
            var weight = narrow[i] + wide[i] / (Wider * Wider);
            total += weight;
            for (var d = 0; d < _size; d++)
                mean[d] += weight * _stars.Axes[d][Region[i]];
        }

        for (var d = 0; d < _size; d++)
            _middle[d] = mean[d] / total;
        Array.Clear(_covariance);
        Span<double> at = stackalloc double[_size];
        for (var i = 0; i < Region.Length; i++)
        {
            var weight = (narrow[i] + wide[i] / (Wider * Wider)) / members;
            for (var d = 0; d < _size; d++)
                at[d] = _stars.Axes[d][Region[i]] - _middle[d];
            for (var d = 0; d < _size; d++)
            for (var e = 0; e < _size; e++)
                _covariance[d * _size + e] += weight * at[d] * at[e];
        }

        // Equal numbers must not make it a point.
        for (var d = 0; d < _size; d++)
            _covariance[d * _size + d] += 4e-4 * scale * scale;
    }

    // Of a vector, in the metric of a lower factor; the vector is overwritten by its whitened self.
    private double Length(ReadOnlySpan<double> factor, Span<double> vector)
    {
        Cholesky.Forward(factor, _size, vector);
        double sum = 0;
        foreach (var component in vector)
            sum += component * component;
        return Math.Sqrt(sum);
    }
}
