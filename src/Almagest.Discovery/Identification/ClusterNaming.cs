namespace Almagest.Discovery.Identification;

/// <summary>What is said of a group beside a catalogue of known clusters.</summary>
public enum NamingVerdict
{
    /// <summary>One known cluster fits, in motion or parallax too or by its members, and chance hardly does that.</summary>
    Identified,

    /// <summary>One fits, but chance would do the same too often, or the group holds more than a cluster.</summary>
    Possible,

    /// <summary>One lies there, and nothing but its position can be compared.</summary>
    PositionOnly,

    /// <summary>Several fit about as well.</summary>
    Ambiguous,

    /// <summary>One fits, and fits another group of the run, too: as well or better.</summary>
    Shared,

    /// <summary>None fits, though the catalogue covers the place and has what is needed.</summary>
    New,

    /// <summary>None fits, and that does not say much.</summary>
    Unmatched,
}

/// <summary>A group with what is known at its place.</summary>
/// <param name="Fits">known clusters that fit, the best first</param>
/// <param name="Others">those that do not, but are near in all that can be compared, or else the nearest on the sky alone</param>
/// <param name="AlsoFits">other groups of the run that the best of <paramref name="Fits"/> is the best of, too</param>
/// <param name="Doubts">why a group that nothing fits is not called new</param>
public sealed record NamedGroup(
    FoundGroup Group,
    NamingVerdict Verdict,
    IReadOnlyList<ClusterFit> Fits,
    IReadOnlyList<ClusterFit> Others,
    IReadOnlyList<int> AlsoFits,
    IReadOnlyList<string> Doubts
)
{
    /// <summary>Null where none fits.</summary>
    public ClusterFit? Best => Fits.Count > 0 ? Fits[0] : null;

    /// <summary>What lies here and is another cluster by its motion or its parallax, where nothing fits; the nearest first.</summary>
    public IReadOnlyList<ClusterFit> Contradicted { get; init; } = [];

    /// <summary>To the nearest known cluster, degrees; null where there is none, or the group has no place.</summary>
    public double? NearestDeg { get; init; }

    /// <summary>How many are not told apart from the best, itself included, listed or not.</summary>
    public int AsGoodCount { get; init; }

    /// <summary>The best and those that are not told apart from it.</summary>
    public IReadOnlyList<ClusterFit> AsGood =>
        [.. Fits.Where(f => f.Rank == Fits[0].Rank && f.Misfit - Fits[0].Misfit < ClusterNaming.Decisive)];
}

/// <summary>
/// Decides which known clusters groups of stars are. A known cluster fits where position, motion and parallax, as far as both sides have
/// them, differ by what two descriptions of one cluster may differ; a fit is believed where chance would hardly bring another cluster of
/// the catalogue so near. docs/identification.md says how.
/// </summary>
public static class ClusterNaming
{
    /// <summary>More clusters than this, expected by chance, and a fit is not sure.</summary>
    public const double MostByChance = 0.01;

    /// <summary>Fits whose likelihoods differ by less than a factor of 100 are not told apart.</summary>
    internal const double Decisive = 9.21;

    private const int Listed = 5;

    /// <summary>Beyond both of these nothing is near.</summary>
    private const double AroundDeg = 1,
        AroundRadii = 10;

    /// <summary>Half of the members of no known cluster lie so far from its centre, the near Hyades included.</summary>
    private const double WidestDeg = 20;

    /// <param name="reservation">why the catalogue is hardly one of clusters: nothing is new beside it, and nothing but labelled members
    /// identifies; null = it is</param>
    /// <param name="members">what labels say of a known cluster's members, by its row and the group's number; null = nothing</param>
    /// <returns>in the order of the groups</returns>
    public static IReadOnlyList<NamedGroup> Name(
        IReadOnlyList<FoundGroup> groups,
        IReadOnlyList<KnownCluster> known,
        Func<int, int, SharedMembers?>? members = null,
        string? reservation = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(known);
        var named = new List<NamedGroup>(groups.Count);
        foreach (var group in groups)
        {
            cancellationToken.ThrowIfCancellationRequested();
            named.Add(Name(group, known, members, reservation));
        }
        return Share(named);
    }

    private static NamedGroup Name(
        FoundGroup group,
        IReadOnlyList<KnownCluster> known,
        Func<int, int, SharedMembers?>? members,
        string? reservation
    )
    {
        if (group.RaDeg is null || group.DecDeg is null)
            return Unplaced("its members lie all around and have no mean position");
        if (group.RadiusDeg > WidestDeg)
            return Unplaced(
                FormattableString.Invariant($"half of its members lie within {group.RadiusDeg:0}°: it is at no place on the sky")
            );
        NamedGroup Unplaced(string why) => new(group, NamingVerdict.Unmatched, [], [], [], [why]);
        var all = known.Select(k => ClusterFit.Of(group, k, members?.Invoke(k.Row, group.ClusterId))).ToList();
        var field = new CatalogueField(group, all);
        var fits = all.Where(f => f.Fits)
            .Select(f => f with { ExpectedByChance = field.Expected(f), IsCommon = field.IsCommon(f) })
            .OrderByDescending(f => f.SharesMembers)
            .ThenByDescending(f => f.Quantities)
            .ThenBy(f => f.Misfit)
            .ThenBy(f => f.Known.Row)
            .ToList();
        var others = all.Where(f => !f.Fits && f.IsWithin(twice: true)).OrderBy(f => f.Sigma).Take(Listed).ToList();
        if (fits.Count > 0)
        {
            var fitting = new NamedGroup(group, NamingVerdict.Unmatched, [.. fits.Take(Listed)], others, [], [])
            {
                NearestDeg = field.NearestOne?.SeparationDeg,
            };
            var verdict = Verdict(fitting);
            return fitting with
            {
                Verdict =
                    verdict == NamingVerdict.Identified && reservation is not null && !fits[0].SharesMembers
                        ? NamingVerdict.Possible
                        : verdict,
                AsGoodCount = fits.Count(f => f.Rank == fits[0].Rank && f.Misfit - fits[0].Misfit < Decisive),
            };
        }
        var contradicted = field.Contradicted.Take(Listed).ToList();
        others = [.. contradicted.Concat(others).DistinctBy(f => f.Known.Row).Take(Listed)];
        if (others.Count == 0 && field.NearestOne is { } nearest && IsAround(nearest))
            others = [nearest];
        List<string> doubts = [.. reservation is null ? (string[])[] : [reservation], .. field.Doubts()];
        return new NamedGroup(group, doubts.Count == 0 ? NamingVerdict.New : NamingVerdict.Unmatched, [], others, [], doubts)
        {
            Contradicted = contradicted,
            NearestDeg = field.NearestOne?.SeparationDeg,
        };
    }

    // What is farther has nothing to do with the group, and its motion and parallax say nothing.
    private static bool IsAround(ClusterFit fit) => fit.SeparationDeg <= Math.Max(AroundDeg, AroundRadii * fit.RadiusDeg);

    private static NamingVerdict Verdict(NamedGroup named)
    {
        var best = named.Best!;
        if (named.AsGood.Count > 1)
            return NamingVerdict.Ambiguous;
        if (best.SharesMembers)
            return NamingVerdict.Identified;
        return !best.HasAstrometry ? NamingVerdict.PositionOnly
            : best.IsBroad || best.IsCommon || best.ExpectedByChance > MostByChance ? NamingVerdict.Possible
            : NamingVerdict.Identified;
    }

    // One known cluster is one group, or the run has cut it up: which, the catalogue does not say.
    private static List<NamedGroup> Share(List<NamedGroup> named)
    {
        foreach (var same in named.Where(n => n.Best is not null).GroupBy(n => n.Best!.Known.Row).Where(g => g.Count() > 1).ToList())
        {
            var ordered = same.OrderByDescending(n => n.Best!.SharesMembers)
                .ThenByDescending(n => n.Best!.Quantities)
                .ThenBy(n => n.Best!.Misfit)
                .ToList();
            var best = ordered[0].Best!;
            var isClear = ordered.Skip(1).All(n => n.Best!.Rank != best.Rank || n.Best.Misfit - best.Misfit >= Decisive);
            foreach (var one in ordered)
            {
                var keeps = one.Verdict == NamingVerdict.Ambiguous || (isClear && one == ordered[0]);
                named[named.IndexOf(one)] = one with
                {
                    Verdict = keeps ? one.Verdict : NamingVerdict.Shared,
                    AlsoFits = [.. ordered.Where(o => o != one).Select(o => o.Group.ClusterId).Order()],
                };
            }
        }
        return named;
    }
}
