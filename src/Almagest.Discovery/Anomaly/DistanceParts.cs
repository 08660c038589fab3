namespace Almagest.Discovery.Anomaly;

/// <summary>What features contribute to distances: a squared distance is the sum of theirs.</summary>
internal static class DistanceParts
{
    /// <summary>Adds a weight to the features, split as they make the distance of two rows; evenly where the rows are equal.</summary>
    public static void Add(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double weight, Span<double> parts)
    {
        double squared = 0;
        for (var f = 0; f < a.Length; f++)
            squared += (a[f] - b[f]) * (a[f] - b[f]);
        for (var f = 0; f < a.Length; f++)
            parts[f] += weight * (squared > 0 ? (a[f] - b[f]) * (a[f] - b[f]) / squared : 1.0 / a.Length);
    }
}
