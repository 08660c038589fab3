using Almagest.Sky;

namespace Almagest.Discovery.Identification;

/// <summary>What a catalogue of clusters holds around a place: how dense it is there, and whether it looked there at all.</summary>
internal sealed class CatalogueField
{
    /// <summary>The nearest clusters that the density is of.</summary>
    private const int Nearest = 10;

    /// <summary>The nearest clusters of which a share agrees in motion and parallax.</summary>
    private const int Compared = 100;

    /// <summary>Clusters within this say that a catalogue covers a place.</summary>
    private const double AroundDeg = 15;

    private const int LeastAround = 8;

    /// <summary>What those clusters must have, most of them.</summary>
    private const double MostOfThem = 0.8;

    private const double LeastDistanceDeg = 0.05;

    private readonly FoundGroup _group;
    private readonly List<ClusterFit> _byDistance;

    public CatalogueField(FoundGroup group, IEnumerable<ClusterFit> fits) =>
        (_group, _byDistance) = (group, [.. fits.OrderBy(f => f.SeparationDeg)]);

    public ClusterFit? NearestOne => _byDistance.FirstOrDefault();

    /// <summary>What lies at the group, agrees in motion or parallax, or is so near that chance would hardly bring it there, and is
    /// another cluster by the other quantity alone; the nearest first.</summary>
    public IReadOnlyList<ClusterFit> Contradicted =>
        [
            .. _byDistance.Where(f =>
                f.IsContradicted && (!(f.DiffersInMotion && f.DiffersInParallax) || ExpectedThere(f) <= ClusterNaming.MostByChance)
            ),
        ];

    /// <summary>Other clusters of the catalogue that would by chance be as near as one, and agree as well as is asked.</summary>
    public double Expected(ClusterFit fit)
    {
        // One more of each, so that a share of none is not 0.
        var (pass, of) = Passing(fit);
        return ExpectedThere(fit) * (pass + 1) / (of + 1);
    }

    /// <summary>More than half of the clusters around would agree as well as is asked.</summary>
    public bool IsCommon(ClusterFit fit)
    {
        var (pass, of) = Passing(fit);
        return of >= Nearest && 2 * pass > of;
    }

    private double ExpectedThere(ClusterFit fit)
    {
        var others = _byDistance.Where(f => f.Known.Row != fit.Known.Row).Take(Nearest).ToList();
        // A catalogue of one cluster has it somewhere on the sky.
        var density =
            others.Count == 0 ? 1 / Cap(180) : Math.Max(1, others.Count - 1) / Cap(Math.Max(LeastDistanceDeg, others[^1].SeparationDeg));
        var near = Math.Sqrt(fit.SeparationDeg * fit.SeparationDeg + Square(ClusterFit.PositionError(_group)));
        return density * Cap(Math.Min(180, near));
    }

    /// <summary>Why a group that nothing fits cannot be called new; empty where it can.</summary>
    public IReadOnlyList<string> Doubts()
    {
        var doubts = new List<string>();
        if (!_group.IsJudged)
            doubts.Add("the algorithm of the run does not say how rare such a group is in a field without clusters");
        if (!_group.HasMotion || _group.Parallax is null)
            doubts.Add($"the group has no {Lacking(_group.HasMotion, _group.Parallax is not null)} to compare");
        var around = _byDistance.TakeWhile(f => f.SeparationDeg <= AroundDeg).ToList();
        if (around.Count < LeastAround)
            doubts.Add(
                around.Count == 0
                    ? $"the catalogue has no cluster within {AroundDeg}° of it: it may not cover this part of the sky"
                    : $"the catalogue has only {around.Count} within {AroundDeg}° of it: it may not cover this part of the sky"
            );
        else if (!IsSurrounded(around))
            doubts.Add("it lies at the edge of the part of the sky that the catalogue has clusters in");
        var near = _byDistance.Take(Compared).ToList();
        bool motions = near.Count(f => f.Known.HasMotion && !f.IsMotionRough) >= MostOfThem * near.Count,
            parallaxes = near.Count(f => f.Known.Parallax is not null && !f.IsParallaxRough) >= MostOfThem * near.Count;
        if (!motions || !parallaxes)
            doubts.Add(
                $"most clusters of the catalogue have no {Lacking(motions, parallaxes)}"
                    + (near.Exists(f => f.IsMotionRough || f.IsParallaxRough) ? " known well enough to compare" : "")
            );
        else if (
            _group.Parallax is { Value: var parallax }
            && near.Select(f => f.Known.Parallax?.Value).OfType<double>().ToList() is var all
        )
        {
            if (all.Count > 0 && (parallax < all.Min() || parallax > all.Max()))
                doubts.Add("it is nearer or farther than every cluster that the catalogue has around it");
        }
        var contradicted = Contradicted;
        if (contradicted.Count > 0)
            doubts.Add(Contradiction(contradicted[0]));
        if (
            _byDistance.Where(f => !f.LacksMembers && f.IsWithin(twice: true)).MinBy(f => f.Sigma) is { } almost
            && contradicted.All(f => f.Known.Row != almost.Known.Row)
        )
            doubts.Add(FormattableString.Invariant($"{almost.Known.Name} nearly fits ({almost.Sigma:0.0} σ)"));
        return doubts;
    }

    private static string Contradiction(ClusterFit fit)
    {
        var differ = (fit.DiffersInMotion, fit.DiffersInParallax) switch
        {
            (true, true) => "in motion and parallax",
            (true, _) => "in motion",
            _ => "in parallax",
        };
        var agrees =
            fit is { DiffersInMotion: true, DiffersInParallax: false, ParallaxSigma: not null } ? ", agrees in parallax"
            : fit is { DiffersInParallax: true, DiffersInMotion: false, MotionSigma: not null } ? ", agrees in motion"
            : "";
        return $"{fit.Known.Name} lies here{agrees} and differs {differ}: it is another cluster, or one of the two values is wrong "
            + "(in another unit, of another release)";
    }

    // Of the clusters around that have what this fit compares, those that would pass.
    private (int Pass, int Of) Passing(ClusterFit fit)
    {
        if (!fit.HasAstrometry)
            return (0, 0);
        var others = _byDistance
            .Where(f =>
                f.Known.Row != fit.Known.Row
                && (!fit.HasMotion || f.HasMotion)
                && (fit.ParallaxSigma is null || f.ParallaxSigma is not null)
            )
            .Take(Compared)
            .ToList();
        var pass = others.Count(f => f.Agrees(inMotion: fit.HasMotion, inParallax: fit.ParallaxSigma is not null));
        return (pass, others.Count);
    }

    // Seen from the group, no half of the horizon is empty.
    private bool IsSurrounded(List<ClusterFit> around)
    {
        var triad = NormalTriad.At(_group.RaDeg!.Value, _group.DecDeg!.Value);
        var angles = around
            .Select(f => SkyCoordinates.ToUnitVector(f.Known.RaDeg, f.Known.DecDeg))
            .Select(u => Math.Atan2(triad.East.Dot(u), triad.North.Dot(u)))
            .Order()
            .ToList();
        var gap = angles[0] + 2 * Math.PI - angles[^1];
        for (var i = 1; i < angles.Count; i++)
            gap = Math.Max(gap, angles[i] - angles[i - 1]);
        return gap < Math.PI;
    }

    private static string Lacking(bool motions, bool parallaxes) =>
        motions ? "parallaxes"
        : parallaxes ? "proper motions"
        : "proper motions and no parallaxes";

    // Square degrees of a cap of the sphere.
    private static double Cap(double radiusDeg) =>
        2 * Math.PI * (1 - Math.Cos(radiusDeg * Constants.Degree)) / (Constants.Degree * Constants.Degree);

    private static double Square(double x) => x * x;
}
