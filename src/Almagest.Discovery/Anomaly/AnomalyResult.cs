using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Anomaly;

/// <summary>What a detector says of every row. The scores do not depend on the threshold: another contamination needs no new run.</summary>
/// <param name="Scores">scikit-learn's <c>score_samples</c>: finite, lower = more anomalous, independent of the contamination; a
/// forest's are in [-1, 0)</param>
/// <param name="Offset">the threshold on <paramref name="Scores"/>: their percentile at the contamination</param>
public sealed record AnomalyResult(Sequence<double> Scores, double Offset) : AlgorithmResult
{
    /// <summary>The fitted detector, of a run that asks for draws; null otherwise.</summary>
    internal IRowScorer? Scorer { get; init; }

    /// <summary>The same as <see cref="Scores"/>, where they are in memory.</summary>
    /// <exception cref="InvalidOperationException">they are not</exception>
    public double[] RawScores => Scores.InMemory;

    /// <summary>scikit-learn's <c>decision_function</c>: negative = anomalous.</summary>
    public double Decision(int row) => RawScores[row] - Offset;

    public bool IsAnomaly(int row) => Decision(row) < 0;

    /// <summary>How many rows are flagged: at most the contaminated share, fewer where scores tie at the threshold.</summary>
    public int AnomalyCount()
    {
        var all = 0;
        Scores.ForEach(
            (_, scores) =>
            {
                var count = 0;
                foreach (var score in scores)
                    count += score - Offset < 0 ? 1 : 0;
                all += count;
            }
        );
        return all;
    }

    /// <summary>The scores under the threshold that this contamination sets: <c>numpy.percentile(scores, 100 *
    /// contamination)</c>.</summary>
    /// <exception cref="DiscoveryException">the contamination is outside (0, 0.5]</exception>
    public static AnomalyResult FromScores(double[] rawScores, double contamination) =>
        FromScores((Sequence<double>)rawScores, contamination);

    /// <inheritdoc cref="FromScores(double[], double)"/>
    internal static AnomalyResult FromScores(Sequence<double> scores, double contamination)
    {
        AnomalyParameters.Share.Require(contamination);
        return new AnomalyResult(scores, OrderStatistics.PercentileOf(scores, 100 * contamination));
    }
}
