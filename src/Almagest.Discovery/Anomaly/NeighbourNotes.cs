using System.Globalization;

namespace Almagest.Discovery.Anomaly;

/// <summary>What detectors that look at neighbours say where a star has fewer than they ask for.</summary>
internal static class NeighbourNotes
{
    /// <param name="wanted">neighbours of the parameters</param>
    /// <param name="rows">stars in all</param>
    public static IEnumerable<string> Of(int wanted, int rows)
    {
        if (rows > 1 && wanted > rows - 1)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{wanted:N0} neighbours were asked for; a star has {rows - 1:N0} others, and all of these were taken."
            );
    }
}
