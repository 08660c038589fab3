using System.Globalization;
using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Sky;

namespace Almagest.Discovery.Clustering;

/// <summary>
/// Motions of stars around a pole, where north of each star is another direction: one motion of all of them is many pairs of pmra and
/// pmdec. Carried to their middle along great circles (parallel transport), they are one again.
/// </summary>
public static class MeridianTurn
{
    /// <summary>Where north turns by more than this among the stars, a mean of pmra is no motion any more: by less, it is short of it by
    /// some 0.3 %.</summary>
    public const double LeastDeg = 3;

    /// <summary>By how much north at the stars differs from north in their middle: the median of the angles, degrees.</summary>
    internal static double MedianDeg(MeanDirection middle, StarGroup stars)
    {
        var there = NormalTriad.At(middle.RaDeg, middle.DecDeg);
        return stars.Median(star =>
        {
            var here = NormalTriad.At(star.RaDeg, star.DecDeg);
            var north = Carry(here.North, here.Outward, there.Outward);
            return Math.Abs(Math.Atan2(north.Dot(there.East), north.Dot(there.North))) / Constants.Degree;
        });
    }

    /// <summary>The mean motion, mas/yr, of those stars that have one, by east and north of the middle.</summary>
    internal static (MeanWithError? Pmra, MeanWithError? Pmdec) Carried(MeanDirection middle, StarGroup stars)
    {
        var there = NormalTriad.At(middle.RaDeg, middle.DecDeg);
        var motions = stars
            .Stars()
            .Where(star => double.IsFinite(star.PmraMasYr) && double.IsFinite(star.PmdecMasYr))
            .Select(star =>
            {
                var here = NormalTriad.At(star.RaDeg, star.DecDeg);
                return Carry(here.East * star.PmraMasYr + here.North * star.PmdecMasYr, here.Outward, there.Outward);
            });
        return (MeanWithError.Over(motions.Select(there.East.Dot)), MeanWithError.Over(motions.Select(there.North.Dot)));
    }

    private const int MostNamed = 10;

    /// <summary>What is to be known of the clusters around a pole; null where there is none.</summary>
    /// <param name="comparesMotions">whether proper motions are among what the stars were compared by</param>
    public static string? Note(StarColumns stars, ClusterResult found, bool comparesMotions)
    {
        ArgumentNullException.ThrowIfNull(stars);
        ArgumentNullException.ThrowIfNull(found);
        var around = new List<string>();
        foreach (var (cluster, members) in ClusterGroups.Of(stars, found))
            if (MeanDirection.Of(members) is { } middle && MedianDeg(middle, members) > LeastDeg)
                around.Add(cluster.ToString(CultureInfo.InvariantCulture));
        if (around.Count == 0)
            return null;
        var others = around.Count - MostNamed;
        var clusters =
            around.Count == 1 ? $"In cluster {around[0]}"
            : others <= 0 ? $"In each of clusters {string.Join(", ", around)}"
            : $"In each of clusters {string.Join(", ", around.Take(MostNamed))} and {others} {(others == 1 ? "other" : "others")}";
        return clusters
            + " north of the stars turns from one to the next, as near a pole or over much of the sky: pmra and pmdec of stars that "
            + "move alike differ. "
            + (
                !comparesMotions ? "Mean motions are"
                : found.CarriesMotions ? "They were compared as carried to the middle of the field; mean motions are"
                : "They were compared as they are, and members may be missing; mean motions are"
            )
            + " of motions carried to the middle of the cluster.";
    }

    // Parallel transport along the great circle from one direction to another.
    internal static SkyVector Carry(SkyVector motion, SkyVector from, SkyVector to)
    {
        var cosine = from.Dot(to);
        // Opposite: every great circle leads there.
        return cosine < -1 + 1e-9 ? motion : motion - (from + to) * (motion.Dot(to) / (1 + cosine));
    }
}
