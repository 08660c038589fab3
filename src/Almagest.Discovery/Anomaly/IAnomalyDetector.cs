using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly;

/// <summary>Finds the unusual rows of a matrix. Implementations are deterministic: the same input and seed give the same scores at any thread count.</summary>
public interface IAnomalyDetector
{
    /// <exception cref="DiscoveryException">the input cannot be analysed (too few rows, a value that is not finite); the message says what to do</exception>
    AnomalyResult Detect(FeatureMatrix features, IProgress<double>? progress = null, CancellationToken cancellation = default);
}

/// <summary>What a detector says of every row.</summary>
/// <param name="RawScores">scikit-learn's <c>score_samples</c>: in [-1, 0), lower = more anomalous; independent of the contamination</param>
/// <param name="Offset">the threshold on <paramref name="RawScores"/>: their percentile at the contamination</param>
public sealed record AnomalyResult(double[] RawScores, double Offset)
{
    /// <summary>scikit-learn's <c>decision_function</c>: negative = anomalous.</summary>
    public double Decision(int row) => RawScores[row] - Offset;

    public bool IsAnomaly(int row) => Decision(row) < 0;
}
