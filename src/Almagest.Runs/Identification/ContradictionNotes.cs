using System.Globalization;
using Almagest.Discovery.Identification;

namespace Almagest.Runs.Identification;

/// <summary>
/// What is said of a whole catalogue whose clusters lie where groups do, and differ from them in one quantity over and over: a column in
/// another unit makes every group look unknown.
/// </summary>
internal static class ContradictionNotes
{
    /// <summary>So many groups, or half of them: more than chance puts beside other clusters.</summary>
    private const int Least = 3;

    /// <summary>And of many groups this share, for in a crowded field some have such a neighbour by chance.</summary>
    private const double LeastShare = 0.1;

    /// <summary>Values that differ by more than this factor are in another unit.</summary>
    private const double OtherUnit = 30;

    public static IEnumerable<string> Of(IReadOnlyList<NamedGroup> named)
    {
        var placed = named.Count(n => n.NearestDeg is not null);
        if (Note(named, placed, "motions", f => f.DiffersInMotion, MotionRatio) is { } motions)
            yield return motions;
        if (Note(named, placed, "parallaxes", f => f.DiffersInParallax, ParallaxRatio) is { } parallaxes)
            yield return parallaxes;
    }

    private static string? Note(
        IReadOnlyList<NamedGroup> named,
        int placed,
        string what,
        Func<ClusterFit, bool> differs,
        Func<FoundGroup, KnownCluster, double?> ratio
    )
    {
        var beside = named
            .Select(n => (n.Group, Fit: n.Contradicted.FirstOrDefault(differs)))
            .Where(n => n.Fit is not null)
            .Select(n => (n.Group, n.Fit!.Known))
            .ToList();
        var count = beside.Count;
        if (count == 0 || !(2 * count >= placed || (count >= Least && count >= LeastShare * placed)))
            return null;
        var ratios = beside.Select(b => ratio(b.Group, b.Known)).OfType<double>().Order().ToList();
        var times = ratios.Count == 0 ? 1 : ratios[ratios.Count / 2];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{count} of {placed} clusters that were found {(count == 1 ? "has" : "have")} a known one at the same place that differs in "
                + $"its {what}: the catalogue's {what} may be in another unit{Times(times)} or of another release."
        );
    }

    private static string Times(double ratio) =>
        ratio is > OtherUnit or < 1 / OtherUnit
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" (they are some {Rounded(Math.Max(ratio, 1 / ratio))} times {(ratio > 1 ? "larger" : "smaller")} than those found)"
            )
            : "";

    // One digit is all that such a factor is good for.
    private static string Rounded(double factor) =>
        double.Parse(factor.ToString("G1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            .ToString("#,0", CultureInfo.InvariantCulture);

    // Known over found.
    private static double? MotionRatio(FoundGroup group, KnownCluster known) =>
        (group.Pmra, group.Pmdec, known.Pmra, known.Pmdec) is ({ } a, { } b, { } c, { } d)
            ? Ratio(Math.Sqrt(c.Value * c.Value + d.Value * d.Value), Math.Sqrt(a.Value * a.Value + b.Value * b.Value))
            : null;

    private static double? ParallaxRatio(FoundGroup group, KnownCluster known) =>
        (group.Parallax, known.Parallax) is ({ } found, { } published) ? Ratio(Math.Abs(published.Value), Math.Abs(found.Value)) : null;

    private static double? Ratio(double known, double found) => known > 0 && found > 0 ? known / found : null;
}
