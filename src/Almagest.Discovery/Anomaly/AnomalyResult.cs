using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Anomaly;

/// <summary>What a detector says of every row. The scores do not depend on the threshold: another contamination needs no new run.</summary>
/// <param name="RawScores">scikit-learn's <c>score_samples</c>: finite, lower = more anomalous, independent of the contamination; a
/// forest's are in [-1, 0)</param>
/// <param name="Offset">the threshold on <paramref name="RawScores"/>: their percentile at the contamination</param>
public sealed record AnomalyResult(double[] RawScores, double Offset) : AlgorithmResult
{
    /// <summary>The fitted detector, of a run that asks for draws; null otherwise.</summary>
    internal IRowScorer? Scorer { get; init; }

    /// <summary>scikit-learn's <c>decision_function</c>: negative = anomalous.</summary>
    public double Decision(int row) => RawScores[row] - Offset;

    public bool IsAnomaly(int row) => Decision(row) < 0;

    /// <summary>How many rows are flagged: at most the contaminated share, fewer where scores tie at the threshold.</summary>
    public int AnomalyCount()
    {
        var count = 0;
        foreach (var score in RawScores)
            count += score - Offset < 0 ? 1 : 0;
        return count;
    }

    /// <summary>The scores under the threshold that this contamination sets: <c>numpy.percentile(scores, 100 *
    /// contamination)</c>.</summary>
    /// <exception cref="DiscoveryException">the contamination is outside (0, 0.5]</exception>
    public static AnomalyResult FromScores(double[] rawScores, double contamination) => new(rawScores, OffsetFor(rawScores, contamination));

    private static double OffsetFor(double[] scores, double contamination)
    {
        AnomalyParameters.Share.Require(contamination);
        return OrderStatistics.Percentile(scores, 100 * contamination);
    }
}
