namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// A cluster and the field around it, fitted to the stars of an ellipsoid around it by expectation and maximization (Dempster, Laird and
/// Rubin 1977): the cluster is a Gaussian in motion and parallax with a wider one of the same middle, for binaries and for stars whose
/// errors are larger than is known; the field is smooth; on the sky the cluster has a <see cref="SkyProfile"/>. A star's probability is
/// the cluster's density over the sum of both.
/// </summary>
internal abstract class ClusterMixture
{
    /// <summary>Radius of the ellipsoid in standard deviations of the cluster.</summary>
    protected const double Reach = 6.6;

    /// <summary>Standard deviations of the wider Gaussian over those of the narrow one.</summary>
    protected const double Wider = 2.5;

    private const double MostWide = 0.4,
        MostShift = 1.5,
        MostGrowth = 2.5,
        // How far around the ellipsoid the field is counted, in its radii, and how many stars of the field within it weigh as much as that.
        Around = 1.5,
        AroundWeight = 20,
        LeastSelected = 0.25,
        // Of a field so thin that it has no star there, all that is known is that it has hardly one.
        LeastField = 0.1;

    private const int Steps = 40,
        ShellSamples = 600,
        MostStars = 20_000;

    private readonly SkyProfile? _sky;

    // Where surroundings that are emptier let a cluster grow without end, they are left out of account.
    private bool _looksAround;
    private readonly double[] _origin; // middle of the ellipsoid

    protected ClusterMixture(MotionStars stars, Peak start)
    {
        Stars = stars;
        _looksAround = stars.LooksAround;
        Size = stars.Dimensions;
        _sky = stars.Direction is { } direction ? new SkyProfile(direction) : null;
        Centre = [.. start.Centre];
        _origin = [.. start.Centre];
        Covariance = new double[Size * Size];
        Metric = new double[Size * Size];
        for (var d = 0; d < Size; d++)
            Covariance[d * Size + d] = 0.81 * start.Scale * start.Scale;
    }

    /// <summary>Stars of the ellipsoid, ascending.</summary>
    public int[] Region { get; private set; } = [];

    /// <summary>Of each of them.</summary>
    public double[] Probabilities { get; private set; } = [];

    /// <summary>Density of the members in the ellipsoid that holds half of them, over the field's density in their middle.</summary>
    public double Contrast { get; private set; }

    public IReadOnlyList<double> Middle => Centre;

    protected MotionStars Stars { get; }

    /// <summary>Number of axes.</summary>
    protected int Size { get; }

    protected double[] Centre { get; }

    /// <summary>Of the members' places as they are observed.</summary>
    protected double[] Covariance { get; }

    /// <summary>Lower factor of the covariance that the ellipsoid is made with.</summary>
    protected double[] Metric { get; }

    /// <summary>How many members there are.</summary>
    protected double Members { get; private set; }

    /// <summary>The share of them that the wider Gaussian has.</summary>
    protected double Wide { get; private set; } = 0.1;

    /// <summary>How often the ellipsoid is drawn anew.</summary>
    protected virtual int Rounds => 4;

    /// <summary>For the terms of a place, which are those of every field.</summary>
    protected abstract FieldModel Field { get; }

    /// <summary>Density of all field stars in the middle, per unit of the ball.</summary>
    protected abstract double FieldMiddle { get; }

    /// <summary>Standard deviation of the cluster along an axis.</summary>
    public double Deviation(int axis) => Math.Sqrt(Covariance[axis * Size + axis]);

    /// <summary>Null where nothing stays that differs from the field: it has too few stars, or grows to a multiple of where it
    /// began.</summary>
    public static ClusterMixture? Fit(MotionStars stars, Peak start, CancellationToken cancellationToken) =>
        Fit(new PlainMixture(stars, start), start, cancellationToken)
        ?? (stars.LooksAround ? Fit(new PlainMixture(stars, start) { _looksAround = false }, start, cancellationToken) : null);

    /// <summary>The same cluster with the errors of its stars; as it is where none are known, or where it does not stay what it
    /// was.</summary>
    public ClusterMixture WithErrors(Peak start, CancellationToken cancellationToken) =>
        Stars.Errors is { } errors
        && Fit(new ErrorMixture(Stars, errors, start, this), start, cancellationToken) is { } refined
        && refined.IsStill(this)
            ? refined
            : this;

    // Errors tell members from field more sharply, and faint members are found; what takes in many times as many stars is the field.
    private bool IsStill(ClusterMixture before)
    {
        double now = Probabilities.Sum(),
            then = before.Probabilities.Sum();
        return before.DistanceOf(Centre) < MostShift && now > then / MostGrowth && now < then * MostGrowth;
    }

    private static ClusterMixture? Fit(ClusterMixture mixture, Peak start, CancellationToken cancellationToken)
    {
        for (var round = 0; round < mixture.Rounds; round++)
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
        Span<double> at = stackalloc double[Size];
        for (var d = 0; d < Size; d++)
            at[d] = place[d] - Centre[d];
        Span<double> factor = stackalloc double[Size * Size];
        Covariance.CopyTo(factor);
        return Cholesky.Factor(factor, Size) ? Length(factor, at) : double.PositiveInfinity;
    }

    /// <summary>Begins where another fit has ended.</summary>
    protected void TakeFrom(ClusterMixture other)
    {
        other.Centre.CopyTo(Centre, 0);
        other.Covariance.CopyTo(Covariance, 0);
        Wide = other.Wide;
    }

    /// <summary>A new ellipsoid: the field is even to begin with.</summary>
    /// <param name="density">of field stars, per unit of the ball</param>
    protected abstract void Begin(double density);

    /// <summary>Of each star of a region, the probability to be of the narrow and of the wide Gaussian.</summary>
    /// <returns>false where the fit has come to nothing</returns>
    protected abstract bool Expect(int[] region, double[] terms, double[] ratio, double[] narrow, double[] wide);

    /// <summary>The Gaussians that fit the stars of the region best.</summary>
    protected abstract void Maximize(double[] narrow, double[] wide, double members, double scale);

    /// <summary>The field that fits the stars of the region best.</summary>
    protected abstract void MaximizeField(double[] terms, double[] field);

    /// <summary>Makes the field denser, or thinner, everywhere.</summary>
    protected abstract void ScaleField(double factor);

    // One ellipsoid: its stars, and the two densities fitted to them.
    private bool Round(double scale)
    {
        if (!TakeRegion(out var weight) || Region.Length < 10)
            return false;
        var terms = Terms(Region, out var radii);
        StartField(radii);
        var expected = _looksAround ? CountAround() / weight : null;
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
            MaximizeField(terms, field);
            if (expected is { } around)
                ScaleField(Expectation(field.Sum(), around));
            var change = Math.Abs(members - Members) / members;
            Members = members;
            Wide = Math.Min(MostWide, (wides + 0.5) / (members + 5));
            if (change < 1e-4 && step > 8)
                break;
        }

        Span<double> factor = stackalloc double[Size * Size];
        Covariance.CopyTo(factor);
        return Cholesky.Factor(factor, Size) && Math.Pow(Cholesky.Determinant(factor, Size), 1.0 / Size) <= 3 * scale;
    }

    // Where the field is thin, what little it has within is told from the cluster's outermost members by what it has around: of an empty
    // field nobody is, however far from the middle. Where it is dense, within counts for itself.
    private static double Expectation(double within, double around)
    {
        var share = Math.Pow(AroundWeight / (AroundWeight + within), 2);
        return ((1 - share) * within + share * around + LeastField) / (within + LeastField);
    }

    // Field stars that the ellipsoid would have, were it as dense as the shell around it; null where hardly any of the shell is within what
    // was selected: a cut, as in parallax, says nothing of the field beyond it.
    private double? CountAround()
    {
        var share = SelectedShare();
        if (share < LeastSelected)
            return null;
        var count = 0;
        Span<double> at = stackalloc double[Size];
        for (var i = 0; i < Stars.Count; i++)
        {
            for (var d = 0; d < Size; d++)
                at[d] = Stars.Axes[d][i] - _origin[d];
            if (Length(Metric, at) is > Reach and <= Around * Reach)
                count++;
        }

        return count / ((Math.Pow(Around, Size) - 1) * share);
    }

    // The share of the shell that lies between the smallest and the largest value of each axis.
    private double SelectedShare()
    {
        int drawn = 0,
            selected = 0;
        Span<double> at = stackalloc double[Size];
        for (var n = 1; drawn < ShellSamples; n++)
        {
            double square = 0;
            for (var d = 0; d < Size; d++)
            {
                at[d] =
                    Around
                    * (
                        2
                            * FieldModel.Halton(
                                n,
                                d == 0 ? 2
                                    : d == 1 ? 3
                                    : 5
                            )
                        - 1
                    );
                square += at[d] * at[d];
            }

            if (square is <= 1 or > Around * Around)
                continue;
            drawn++;
            var isSelected = true;
            for (var d = 0; d < Size && isSelected; d++)
            {
                var place = _origin[d];
                for (var e = 0; e <= d; e++)
                    place += Reach * Metric[d * Size + e] * at[e];
                isSelected = place >= Stars.Least[d] && place <= Stars.Most[d];
            }

            if (isSelected)
                selected++;
        }

        return (double)selected / drawn;
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
        var distances = Array.ConvertAll(Region, star => DistanceOf([.. Stars.Axes.Select(a => a[star])]));
        var along = (double[])Probabilities.Clone();
        Array.Sort(distances, along);
        double sum = 0;
        var half = 0;
        while (half < count - 1 && (sum += along[half]) < members / 2)
            half++;
        var volume = Field.BallVolume * Math.Pow(distances[half] / Reach, Size) * ScaleOfRegion();
        Contrast = members / 2 / Math.Max(LeastField, FieldMiddle * more * volume);
        return true;
    }

    // The last ellipsoid was made with the covariance before the last round: its unit of volume over today's.
    private double ScaleOfRegion()
    {
        Span<double> factor = stackalloc double[Size * Size];
        Covariance.CopyTo(factor);
        return Cholesky.Factor(factor, Size) ? Cholesky.Determinant(factor, Size) / Cholesky.Determinant(Metric, Size) : 1;
    }

    private bool TakeRegion(out double weight)
    {
        weight = 1;
        Covariance.CopyTo(Metric, 0);
        Centre.CopyTo(_origin, 0);
        if (!Cholesky.Factor(Metric, Size))
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
        Span<double> at = stackalloc double[Size];
        for (var i = 0; i < Stars.Count; i++)
        {
            for (var d = 0; d < Size; d++)
                at[d] = Stars.Axes[d][i] - _origin[d];
            if (Length(Metric, at) <= Reach)
                inside.Add(i);
        }

        return [.. inside];
    }

    private double[] Terms(int[] region, out double[] radii)
    {
        var terms = new double[region.Length * Field.TermCount];
        radii = new double[region.Length];
        Span<double> at = stackalloc double[Size];
        for (var i = 0; i < region.Length; i++)
        {
            for (var d = 0; d < Size; d++)
                at[d] = Stars.Axes[d][region[i]] - _origin[d];
            radii[i] = Length(Metric, at);
            for (var d = 0; d < Size; d++)
                at[d] /= Reach;
            Field.Terms(at, terms.AsSpan(i * Field.TermCount, Field.TermCount));
        }

        return terms;
    }

    // To begin with, the field is what lies beyond three standard deviations.
    private void StartField(double[] radii)
    {
        const double Inner = 3;
        var outside = radii.Count(r => r > Inner);
        var density = Math.Max(outside, 1) / (Field.BallVolume * (1 - Math.Pow(Inner / Reach, Size)));
        Members = Math.Max(5, radii.Length - density * Field.BallVolume);
        Begin(density);
    }

    /// <summary>The covariance of the members' observed places around the middle.</summary>
    protected void MeasureScatter(double[] narrow, double[] wide, double members, double scale)
    {
        Array.Clear(Covariance);
        Span<double> at = stackalloc double[Size];
        for (var i = 0; i < Region.Length; i++)
        {
            var weight = (narrow[i] + wide[i] / (Wider * Wider)) / members;
            for (var d = 0; d < Size; d++)
                at[d] = Stars.Axes[d][Region[i]] - Centre[d];
            for (var d = 0; d < Size; d++)
            for (var e = 0; e < Size; e++)
                Covariance[d * Size + e] += weight * at[d] * at[e];
        }

        // Equal numbers must not make it a point.
        for (var d = 0; d < Size; d++)
            Covariance[d * Size + d] += 4e-4 * scale * scale;
    }

    // Of a vector, in the metric of a lower factor; the vector is overwritten by its whitened self.
    protected double Length(ReadOnlySpan<double> factor, Span<double> vector)
    {
        Cholesky.Forward(factor, Size, vector);
        double sum = 0;
        foreach (var component in vector)
            sum += component * component;
        return Math.Sqrt(sum);
    }
}
