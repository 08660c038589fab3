using System.Globalization;

namespace Almagest.Discovery.Clustering;

/// <summary>What a user should know of clusters before believing them: there is none, or one is most of the selection.</summary>
internal static class ClusterNotes
{
    /// <summary>A cluster of a larger share of the stars is more likely their field.</summary>
    public const double MostOfAll = 0.5;

    /// <summary>Fewer stars than these have no field from which a cluster could stand out.</summary>
    public const int Few = 50;

    /// <param name="said">what the algorithm says itself, which may be the same</param>
    public static string[] OfFew(int rows, IReadOnlyList<string> said) =>
        rows is 0 or >= Few || said.Any(note => note.StartsWith("Only ", StringComparison.Ordinal))
            ? []
            :
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Only {rows:N0} star{(rows == 1 ? " was" : "s were")} analysed: too few to tell a cluster from its field."
                ),
            ];

    public static string[] Of(ClusterResult found, ClusterAlgorithm algorithm)
    {
        if (found.OfLabels.Count == 0 || found.Notes.Count > 0)
            return [];
        if (found.ClusterCount == 0)
            return [$"No cluster was found. {algorithm.AdviceForNone}"];
        var largest = found.Sizes.Index().MaxBy(c => c.Item);
        return largest.Item <= MostOfAll * found.OfLabels.Count
            ? []
            :
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Cluster {largest.Index} holds {largest.Item:N0} of {found.OfLabels.Count:N0} stars: more likely the field than "
                        + $"a cluster. "
                ) + algorithm.AdviceForOne,
            ];
    }
}
