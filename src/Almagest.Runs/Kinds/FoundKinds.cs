using Almagest.Discovery.Features;
using Almagest.Discovery.Kinds;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Kinds;

/// <summary>The kinds of one run, with what they were found from.</summary>
/// <param name="Rows">of the flagged stars that were looked at, the most anomalous first</param>
/// <param name="StarIds">theirs</param>
/// <param name="Scores">theirs</param>
/// <param name="Vectors">their reasons; null = none</param>
internal sealed record FoundKinds(
    DiscoveryRun Run,
    long Flagged,
    PreparedFeatures Features,
    ReasonVectors Reasons,
    IReadOnlyList<int> Rows,
    IReadOnlyList<long> StarIds,
    IReadOnlyList<double> Scores,
    IReadOnlyList<double[]?> Vectors,
    IReadOnlyList<AnomalyKind> Kinds
)
{
    /// <summary>How like a star's reasons are to a kind's.</summary>
    public static double Likeness(AnomalyKind kind, double[]? vector)
    {
        if (vector is null)
            return 0;
        double dot = 0,
            length = 0;
        for (var f = 0; f < vector.Length; f++)
        {
            dot += Math.Sign(kind.Reasons[f]) * Math.Sqrt(Math.Abs(kind.Reasons[f])) * vector[f];
            length += Math.Abs(kind.Reasons[f]);
        }
        return length > 0 ? dot / Math.Sqrt(length) : 0;
    }

    public HashSet<long> StarsOf(AnomalyKind kind) => [.. kind.Members.Select(i => StarIds[i])];

    /// <summary>By feature name, so that runs with other recipes can be compared.</summary>
    public Dictionary<string, double> ReasonsOf(AnomalyKind kind) =>
        Features.Matrix.Names.Zip(kind.Reasons).ToDictionary(p => p.First, p => p.Second);
}
