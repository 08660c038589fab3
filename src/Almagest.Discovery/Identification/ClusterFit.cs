using Almagest.Discovery.Clustering.Auto;
using Almagest.Discovery.Statistics;
using Almagest.Sky;

namespace Almagest.Discovery.Identification;

/// <summary>
/// How well a group that was found and a known cluster agree, quantity by quantity. Differences are in standard deviations of what two
/// descriptions of one cluster differ by; of two axes together the normal deviation (two tails) of the same chance. docs/identification.md
/// has the formulas.
/// </summary>
public sealed record ClusterFit
{
    /// <summary>A difference of more standard deviations than this, in any quantity, and it is another cluster.</summary>
    public const double MostSigma = 3;

    /// <summary>Gaia's errors over wide angles and between its releases, mas/yr: 0.066 of DR2 (Lindegren et al. 2018, A&amp;A 616, A2)
    /// and 0.026 of EDR3 (Vasiliev and Baumgardt 2021, MNRAS 505, 5978).</summary>
    public const double MotionSystematicMasYr = 0.07;

    /// <summary>The same of parallaxes, mas: the zero point of a release, corrected in one catalogue and not in another (Lindegren et al.
    /// 2021, A&amp;A 649, A4).</summary>
    public const double ParallaxSystematicMas = 0.05;

    /// <summary>Means of two choices of members differ by a share of the members' spread: two groups less than two spreads apart have one
    /// peak, and three times this is below it.</summary>
    private const double ShareOfSpread = 0.5;

    /// <summary>The same of centres, in radii within which half of the members lie.</summary>
    private const double ShareOfRadius = 0.5;

    /// <summary>Catalogues round positions, and know centres no better.</summary>
    private const double CentreDeg = 0.01;

    private const double LeastRadiusDeg = 0.02;

    /// <summary>Of clusters whose radial velocity is not known: what most open clusters stay below.</summary>
    private const double UsualVelocityKmS = 30;

    /// <summary>Across the line of sight, of clusters whose distance is not known.</summary>
    private const double UsualAcrossKmS = 20;

    /// <summary>Members of a known cluster whose number is not said, at least.</summary>
    private const double FewMembers = 10;

    /// <summary>Labelled members of which none is in a group: it is another cluster.</summary>
    private const long ManyMembers = 10;

    private const long LeastCommon = 5;

    /// <summary>How far the members' velocities spread along an axis at most, with the errors of their motions beside.</summary>
    private const double MostSpreadKmS = 2,
        UsualMotionErrorMasYr = 0.5;

    /// <summary>The same of their distances and parallaxes.</summary>
    private const double MostDepthPc = 10,
        UsualParallaxErrorMas = 0.2;

    private const double BroadTimes = 3;

    /// <summary>Motions whose difference is known no better than this, this share of the group's motion, and this velocity at the group's
    /// parallax, are known too roughly to compare: clusters move by some 20 km/s and few mas/yr otherwise than their neighbours, and nearly
    /// any would agree.</summary>
    private const double RoughMotionMasYr = 2,
        RoughMotionShare = 0.2,
        RoughMotionKmS = 5;

    /// <summary>The same of parallaxes.</summary>
    private const double RoughParallaxMas = 0.2,
        RoughParallaxShare = 0.2;

    private ClusterFit(KnownCluster known) => Known = known;

    public KnownCluster Known { get; }

    public double SeparationDeg { get; private init; }

    /// <summary>The larger of both radii, degrees; the least that is told apart where neither is known.</summary>
    public double RadiusDeg { get; private init; }

    public double PositionSigma => OfTwoAxes(_place);

    /// <summary>Length of the difference of both motions, mas/yr; null where one of them is not known.</summary>
    public double? MotionDifferenceMasYr { get; private init; }

    /// <summary>Null, too, where the difference is known too roughly to say anything: see <see cref="IsMotionRough"/>.</summary>
    public double? MotionSigma => _motion is { } square ? OfTwoAxes(square) : null;

    /// <summary>Standard deviation of the difference of both motions along the axis that is known worse, mas/yr.</summary>
    public double? MotionErrorMasYr { get; private init; }

    /// <summary>Both motions are known, and so roughly that they would agree whatever they are: that they do is no comparison.</summary>
    public bool IsMotionRough => MotionDifferenceMasYr is not null && _motion is null;

    /// <summary>Found less known, mas; null where one of them is not known.</summary>
    public double? ParallaxDifferenceMas { get; private init; }

    /// <summary>Null, too, where the difference is known too roughly to say anything: see <see cref="IsParallaxRough"/>.</summary>
    public double? ParallaxSigma { get; private init; }

    /// <summary>Standard deviation of the difference of both parallaxes, mas.</summary>
    public double? ParallaxErrorMas { get; private init; }

    /// <summary>Both parallaxes are known, and so roughly that they would agree whatever they are.</summary>
    public bool IsParallaxRough => ParallaxDifferenceMas is not null && ParallaxSigma is null;

    /// <summary>All quantities together.</summary>
    public double Sigma => Deviations(_all, _axes);

    /// <summary>Clusters of the catalogue that would by chance be as near, and agree in motion and parallax; null where it was not
    /// asked.</summary>
    public double? ExpectedByChance { get; internal init; }

    /// <summary>Most clusters of the catalogue around would agree in motion and parallax as well: that this one does says little.</summary>
    public bool IsCommon { get; internal init; }

    /// <summary>Null where no labels name members of it.</summary>
    public SharedMembers? Members { get; private init; }

    /// <summary>
    /// Labels prove it: half of the group are its members, or half of its members are in a group that agrees in motion or parallax. (A
    /// group of the whole field has all of them, too.)
    /// </summary>
    public bool SharesMembers => IsOfMembers || (HasAstrometry && IsWithin() && IsShared(m => m.Labelled));

    /// <summary>Labels disprove it.</summary>
    public bool LacksMembers => Members is { Labelled: >= ManyMembers, Common: 0 };

    /// <summary>Motion or parallax could be compared.</summary>
    public bool HasAstrometry => _motion is not null || ParallaxSigma is not null;

    public bool Fits => !LacksMembers && (IsWithin() || (IsOfMembers && IsNear(twice: true)));

    /// <summary>It lies at the group, and its motion or its parallax is another one: another cluster, or a value that is wrong.</summary>
    public bool IsContradicted => !LacksMembers && IsNear(twice: false) && (DiffersInMotion || DiffersInParallax);

    public bool DiffersInMotion => _motion > MostSquare(twice: false);

    public bool DiffersInParallax => ParallaxSigma > MostSigma;

    /// <summary>The motions of the group's members spread much wider than those of a cluster do: it holds more than one.</summary>
    public bool IsBroad { get; private init; }

    /// <summary>Minus twice the logarithm of the likelihood, but for a constant of the quantities that are compared.</summary>
    internal double Misfit { get; private init; }

    /// <summary>Quantities that are compared: 1 of a position alone.</summary>
    internal int Quantities => 1 + (_motion is null ? 0 : 1) + (ParallaxSigma is null ? 0 : 1);

    /// <summary>Fits whose misfits can be compared have the same.</summary>
    internal (bool, int) Rank => (SharesMembers, Quantities);

    // Squares of differences over their widths: what is read of a fit is made of them, for few of the many fits are read.
    private double _place,
        _all;
    private double? _motion;
    private int _axes;
    private long _size;

    private bool IsOfMembers => IsShared(_ => _size);

    private bool IsShared(Func<SharedMembers, long> of) => Members is { } m && m.Common >= LeastCommon && 2 * m.Common >= of(m);

    /// <summary>No quantity differs by more than <see cref="MostSigma"/>, or than twice that.</summary>
    internal bool IsWithin(bool twice = false) =>
        IsNear(twice) && !(_motion > MostSquare(twice)) && !(ParallaxSigma > (twice ? 2 : 1) * MostSigma);

    internal bool HasMotion => _motion is not null;

    internal bool Agrees(bool inMotion, bool inParallax) =>
        !(inMotion && _motion > MostSquare(twice: false)) && !(inParallax && ParallaxSigma > MostSigma);

    internal bool IsNear(bool twice) => _place <= MostSquare(twice);

    // Of two axes, at the chance of 3 and of 6 standard deviations of one: 0.0027 and 2.0e-9.
    private static double MostSquare(bool twice) => twice ? 40.0871 : 11.8292;

    internal static ClusterFit Of(FoundGroup group, KnownCluster known, SharedMembers? members)
    {
        var separation = SkyCoordinates.SeparationDeg(group.RaDeg!.Value, group.DecDeg!.Value, known.RaDeg, known.DecDeg);
        var radius = Math.Max(LeastRadiusDeg, Math.Max(group.RadiusDeg ?? 0, known.RadiusDeg ?? 0));
        var place = Length(ShareOfRadius * radius, PositionError(group));
        var (chi, axes, widths) = (Square(separation / place), 2, 4 * Math.Log(place));
        var fit = new ClusterFit(known)
        {
            _size = group.Size,
            Members = members,
            SeparationDeg = separation,
            RadiusDeg = radius,
            _place = chi,
        };
        if (group.HasMotion && known.HasMotion)
        {
            var (pmra, pmdec, turn) = MotionThere(group, known, separation);
            var most = Length(MostSpreadKmS * MotionOfKmS(group, known), UsualMotionErrorMasYr);
            double east = group.Pmra!.Value.Value - pmra,
                north = group.Pmdec!.Value.Value - pmdec,
                eastWidth = Length(Width(group.Pmra.Value, known.Pmra!.Value, MotionSystematicMasYr, most), turn),
                northWidth = Length(Width(group.Pmdec.Value, known.Pmdec!.Value, MotionSystematicMasYr, most), turn),
                square = Square(east / eastWidth) + Square(north / northWidth),
                error = Math.Max(eastWidth, northWidth);
            // What is as wide and differs all the same is another one.
            var isCompared = square > MostSquare(twice: false) || error <= MostMotionError(group);
            fit = fit with
            {
                MotionDifferenceMasYr = Length(east, north),
                MotionErrorMasYr = error,
                _motion = isCompared ? square : null,
                IsBroad =
                    group.Pmra.Value.Spread > BroadTimes * Math.Max(most, known.Pmra.Value.Spread ?? 0)
                    || group.Pmdec.Value.Spread > BroadTimes * Math.Max(most, known.Pmdec.Value.Spread ?? 0),
            };
            if (isCompared)
                (chi, axes, widths) = (chi + square, axes + 2, widths + 2 * Math.Log(eastWidth * northWidth));
        }
        if (group.Parallax is { } found && known.Parallax is { } published)
        {
            double difference = found.Value - published.Value,
                parallax = NearestParallax(group, known),
                width = Width(found, published, ParallaxSystematicMas, Length(MostDepthPc * parallax * parallax / 1000, UsualParallaxErrorMas));
            var isCompared =
                Math.Abs(difference) > MostSigma * width || width <= Math.Max(RoughParallaxMas, RoughParallaxShare * found.Value);
            fit = fit with
            {
                ParallaxDifferenceMas = difference,
                ParallaxErrorMas = width,
                ParallaxSigma = isCompared ? Math.Abs(difference / width) : null,
            };
            if (isCompared)
                (chi, axes, widths) = (chi + Square(difference / width), axes + 1, widths + 2 * Math.Log(width));
        }
        return fit with { _all = chi, _axes = axes, Misfit = chi + widths };
    }

    private static double MostMotionError(FoundGroup group) =>
        Math.Max(
            Math.Max(RoughMotionMasYr, RoughMotionShare * Length(group.Pmra!.Value.Value, group.Pmdec!.Value.Value)),
            RoughMotionKmS * Math.Max(0, group.Parallax?.Value ?? 0) / Constants.AuPerYearKmS
        );

    /// <summary>How well the place of a group is known, for the chance that another cluster is as near.</summary>
    internal static double PositionError(FoundGroup group) => Length(group.PositionErrorDeg ?? 0, CentreDeg);

    // Errors of both means, what both share of neither, and the choice of members. The smallest spread: a group that is wide because it is
    // mostly field stars is no better a cluster for it.
    private static double Width(ClusterMean found, ClusterMean known, double systematic, double mostSpread)
    {
        var spread = Math.Min(mostSpread, Math.Min(found.Spread ?? mostSpread, known.Spread ?? mostSpread));
        var isKnown = found.Spread is not null || known.Spread is not null;
        return Length(
            Length(found.Error ?? 0, known.Error ?? known.Spread / Math.Sqrt(FewMembers) ?? 0),
            Length(systematic, isKnown ? ShareOfSpread * spread : 0)
        );
    }

    // The same motion in space at the place of the group: directions of east and north turn, and what is along the line of sight there is
    // not here. Where that is not known, what a usual velocity would make is how far off it may be.
    private static (double Pmra, double Pmdec, double Off) MotionThere(FoundGroup group, KnownCluster known, double separationDeg)
    {
        NormalTriad here = NormalTriad.At(group.RaDeg!.Value, group.DecDeg!.Value),
            there = NormalTriad.At(known.RaDeg, known.DecDeg);
        var toMotion = MotionOfKmS(group, known);
        var motion = there.East * known.Pmra!.Value.Value + there.North * known.Pmdec!.Value.Value;
        var off = 0.0;
        if (known.RadialVelocityKmS is { } radial && (group.Parallax ?? known.Parallax) is not null)
            motion += SkyCoordinates.ToUnitVector(known.RaDeg, known.DecDeg) * (radial * toMotion);
        else
            off = Math.Sin(Math.Min(separationDeg, 90) * Constants.Degree) * UsualVelocityKmS * toMotion;
        return (motion.Dot(here.East), motion.Dot(here.North), off);
    }

    // What a velocity of 1 km/s across the line of sight moves a star a year, mas. Where no parallax is known, as if the cluster moved at
    // the usual velocity.
    private static double MotionOfKmS(FoundGroup group, KnownCluster known) =>
        group.Parallax is null && known.Parallax is null
            ? Length(known.Pmra!.Value.Value, known.Pmdec!.Value.Value) / UsualAcrossKmS
            : NearestParallax(group, known) / Constants.AuPerYearKmS;

    // A negative parallax is far.
    private static double NearestParallax(FoundGroup group, KnownCluster known) =>
        Math.Max(0, Math.Max(group.Parallax?.Value ?? 0, known.Parallax?.Value ?? 0));

    private static double OfTwoAxes(double square) => NormalTail.Deviations(-square / 2 - Math.Log(2));

    private static double Deviations(double square, int axes)
    {
        var tail = 1 - ChiSquared.Cumulative(square, axes);
        // Far out the leading term of the tail is all that a double holds.
        var log = tail > 1e-9 ? Math.Log(tail) : (axes / 2.0 - 1) * Math.Log(square / 2) - square / 2 - GammaFunction.Log(axes / 2.0);
        return NormalTail.Deviations(log - Math.Log(2));
    }

    private static double Square(double x) => x * x;

    private static double Length(double a, double b) => Math.Sqrt(a * a + b * b);
}
