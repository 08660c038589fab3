using System.Globalization;
using Almagest.Discovery.Identification;

namespace Almagest.Runs.Identification;

/// <summary>
/// Radii that no cluster has are of another unit, and would make a cluster fit whatever lies in degrees around it: they are not used, nor
/// the whole column where most are such.
/// </summary>
internal static class BelievedRadii
{
    /// <summary>Half of the members of no cluster, and of hardly a moving group, lie farther from the centre.</summary>
    private const double MostPc = 30;

    /// <summary>Where the distance is not known: half of the Hyades lie within 6°, and no cluster beyond 100 pc is as wide.</summary>
    private const double MostDeg = 5;

    /// <summary>Motion of a cluster at 100 pc that moves at 20 km/s across the line of sight, mas/yr: what moves so may be near.</summary>
    private const double NearMotionMasYr = 42;

    /// <summary>Of far clusters the parallax says nothing: as if at 5 kpc.</summary>
    private const double LeastParallaxMas = 0.2;

    /// <summary>The clusters with the radii that are believed, and what is to be said of the others; null = all are.</summary>
    public static (IReadOnlyList<KnownCluster> Clusters, string? Note) Of(IReadOnlyList<KnownCluster> clusters, CatalogueColumns columns)
    {
        var all = clusters.Count(c => c.RadiusDeg is not null);
        var wide = clusters.Count(IsTooWide);
        if (wide == 0)
            return (clusters, null);
        var isColumn = 2 * wide >= all;
        if (isColumn)
            columns.DropRadius();
        var unit = columns.IsRadiusUnitKnown ? "" : " The file does not say in which unit they are: arcminutes?";
        var note = string.Create(
            CultureInfo.InvariantCulture,
            $"{wide} of {all} radii in '{columns.Radius}' {(wide == 1 ? "is" : "are")} larger than those of any cluster "
                + $"(beyond {MostPc:0} pc, or {MostDeg:0}° where no parallax is known); "
                + $"{(isColumn ? "none of the column was" : wide == 1 ? "it was not" : "they were not")} used.{unit}"
        );
        return ([.. clusters.Select(c => isColumn || IsTooWide(c) ? c with { RadiusDeg = null } : c)], note);
    }

    private static bool IsTooWide(KnownCluster c) =>
        c.RadiusDeg is { } radius
        && (
            c.Parallax is { Value: var parallax }
                ? radius * Math.PI / 180 * 1000 / Math.Max(LeastParallaxMas, parallax) > MostPc
                : radius > MostDeg && !IsFast(c)
        );

    private static bool IsFast(KnownCluster c) =>
        c is { Pmra.Value: var east, Pmdec.Value: var north } && Math.Sqrt(east * east + north * north) >= NearMotionMasYr;
}
