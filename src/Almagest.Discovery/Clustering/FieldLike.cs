using System.Globalization;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering;

/// <summary>Clusters that lie on the sky as all stars do: a scale that is too coarse makes one of the densest part of the field.</summary>
public static class FieldLike
{
    // Of fewer stars it is hardly the field; where they are most, that is said anyhow.
    private const double LeastOfAll = 0.1;

    private const double AsWide = 0.9;

    /// <summary>What is to be known of them; null where there is none, and of an algorithm that judges its clusters itself.</summary>
    public static string? Note(StarColumns stars, ClusterResult found)
    {
        ArgumentNullException.ThrowIfNull(stars);
        ArgumentNullException.ThrowIfNull(found);
        var all = found.OfLabels.Count;
        if (found.Clusters is not null || all < ClusterNotes.Few)
            return null;
        MeanDirection? field = null;
        bool IsLarge(int size) => size >= LeastOfAll * all && size <= ClusterNotes.MostOfAll * all;
        foreach (var (cluster, members) in ClusterGroups.Of(stars, found, wanted: IsLarge))
        {
            field ??= MeanDirection.Of(StarGroup.All(stars));
            if (field is null)
                return null;
            if (MeanDirection.Of(members) is { } own && own.RadiusDeg >= AsWide * field.RadiusDeg)
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Cluster {cluster} holds {members.Count:N0} of {all:N0} stars and lies on the sky as all of them do (half within "
                        + $"{own.RadiusDeg:0.##}°, of all {field.RadiusDeg:0.##}°): more likely the field than a cluster, unless a near "
                        + $"one fills the selection."
                );
        }

        return null;
    }
}
