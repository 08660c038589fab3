using Almagest.Contract.Runs;
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
    /// <summary>What tells each kind, in numbers.</summary>
    public IReadOnlyList<IReadOnlyList<KindFeature>> FeaturesOf => field ??= [.. Kinds.Select(Told)];

    /// <summary>What each kind is called; no two are called alike.</summary>
    public IReadOnlyList<string> Names => field ??= KindWords.Names(FeaturesOf);

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

    private IReadOnlyList<KindFeature> Told(AnomalyKind kind)
    {
        var matrix = Features.Matrix;
        return
        [
            .. kind.Leading.Select(f =>
            {
                var values = kind.Members.Select(i => (Value: Reasons.Value(Rows[i], f), Row: Rows[i])).Order().ToList();
                // Of an even number the mean of the two in the middle.
                var (lower, upper) = (values[(values.Count - 1) / 2], values[values.Count / 2]);
                var middle = (lower.Value + upper.Value) / 2;
                var below = 0;
                for (var row = 0; row < matrix.Rows; row++)
                    below += Reasons.Value(row, f) < middle ? 1 : 0;
                return new KindFeature(
                    matrix.Names[f],
                    Features.Statistics[f].Unit,
                    kind.Reasons[f] > 0 ? "high" : "low",
                    kind.FarIn == f,
                    Math.Abs(kind.Reasons[f]),
                    (Features.InUnits(lower.Row, f) + Features.InUnits(upper.Row, f)) / 2,
                    100.0 * below / matrix.Rows
                );
            }),
        ];
    }
}
