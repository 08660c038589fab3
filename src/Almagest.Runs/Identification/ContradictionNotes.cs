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

    public static IEnumerable<string> Of(IReadOnlyList<NamedGroup> named)
    {
        var placed = named.Count(n => n.NearestDeg is not null);
        if (Note(named, placed, "motions", f => f.DiffersInMotion, f => f.MotionTimes) is { } motions)
            yield return motions;
        if (Note(named, placed, "parallaxes", f => f.DiffersInParallax, f => f.ParallaxTimes) is { } parallaxes)
            yield return parallaxes;
    }

    private static string? Note(
        IReadOnlyList<NamedGroup> named,
        int placed,
        string what,
        Func<ClusterFit, bool> differs,
        Func<ClusterFit, double?> times
    )
    {
        // The nearest alone: behind it lie others that are others.
        var beside = named.Select(n => n.Contradicted.Count > 0 ? n.Contradicted[0] : null).OfType<ClusterFit>().Where(differs).ToList();
        var count = beside.Count;
        if (count == 0 || !(2 * count >= placed || (count >= Least && count >= LeastShare * placed)))
            return null;
        var ratios = beside.Select(times).OfType<double>().Where(t => double.IsFinite(t) && t > 0).Order().ToList();
        var factor = Times(ratios.Count == 0 ? 1 : ratios[ratios.Count / 2]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{count} of {placed} clusters that were found {(count == 1 ? "has" : "have")} a known one at the same place that differs in "
                + $"its {what}: the catalogue's {what} may be in another unit{factor} or of another release."
        );
    }

    private static string Times(double ratio) =>
        ClusterFit.IsOfOtherUnit(ratio)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" (they are some {Rounded(Math.Max(ratio, 1 / ratio))} times {(ratio > 1 ? "larger" : "smaller")} than those found)"
            )
            : "";

    // One digit is all that such a factor is good for.
    private static string Rounded(double factor) =>
        double.Parse(factor.ToString("G1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            .ToString("#,0", CultureInfo.InvariantCulture);
}
