using System.Globalization;

namespace Almagest.Discovery.Clustering;

/// <summary>What a user should know of clusters before believing them: there is none, or one is most of the selection.</summary>
internal static class ClusterNotes
{
    /// <summary>A cluster of a larger share of the stars is more likely their field.</summary>
    public const double MostOfAll = 0.5;

    public static string[] Of(ClusterResult found, ClusterAlgorithm algorithm)
    {
        if (found.Labels.Length == 0 || found.Notes.Count > 0)
            return [];
        if (found.ClusterCount == 0)
            return [$"No cluster was found. {algorithm.AdviceForNone}"];
        var largest = found.Labels.Where(l => l >= 0).CountBy(l => l).MaxBy(c => c.Value);
        return largest.Value <= MostOfAll * found.Labels.Length
            ? []
            :
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Cluster {largest.Key} holds {largest.Value:N0} of {found.Labels.Length:N0} stars: more likely the field than "
                        + $"a cluster. "
                ) + algorithm.AdviceForOne,
            ];
    }
}
