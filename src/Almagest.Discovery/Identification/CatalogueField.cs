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

    /// <summary>Other clusters of the catalogue that would by chance be as near as one, and agree as well as is asked.</summary>
    public double Expected(ClusterFit fit)
    {
        var others = _byDistance.Where(f => f.Known.Row != fit.Known.Row).Take(Nearest).ToList();
        // A catalogue of one cluster has it somewhere on the sky.
        var density =
            others.Count == 0 ? 1 / Cap(180) : Math.Max(1, others.Count - 1) / Cap(Math.Max(LeastDistanceDeg, others[^1].SeparationDeg));
        var near = Math.Sqrt(fit.SeparationDeg * fit.SeparationDeg + Square(ClusterFit.PositionError(_group)));
        return density * Cap(Math.Min(180, near)) * Share(fit);
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
        bool motions = near.Count(f => f.Known.HasMotion) >= MostOfThem * near.Count,
            parallaxes = near.Count(f => f.Known.Parallax is not null) >= MostOfThem * near.Count;
        if (!motions || !parallaxes)
            doubts.Add($"most clusters of the catalogue have no {Lacking(motions, parallaxes)}");
        else if (
            _group.Parallax is { Value: var parallax }
            && near.Select(f => f.Known.Parallax?.Value).OfType<double>().ToList() is var all
        )
        {
            if (all.Count > 0 && (parallax < all.Min() || parallax > all.Max()))
                doubts.Add("it is nearer or farther than every cluster that the catalogue has around it");
        }
        if (_byDistance.Where(f => !f.LacksMembers && f.IsWithin(twice: true)).MinBy(f => f.Sigma) is { } almost)
            doubts.Add(FormattableString.Invariant($"{almost.Known.Name} nearly fits ({almost.Sigma:0.0} σ)"));
        return doubts;
    }

    // Of the clusters around that have what this fit compares, the share that would pass; one more of each, so that none is never 0.
    private double Share(ClusterFit fit)
    {
        if (!fit.HasAstrometry)
            return 1;
        var others = _byDistance
            .Where(f =>
                f.Known.Row != fit.Known.Row
                && (!fit.HasMotion || f.HasMotion)
                && (fit.ParallaxSigma is null || f.ParallaxSigma is not null)
            )
            .Take(Compared)
            .ToList();
        var pass = others.Count(f => f.Agrees(inMotion: fit.HasMotion, inParallax: fit.ParallaxSigma is not null));
        return (pass + 1.0) / (others.Count + 1);
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
