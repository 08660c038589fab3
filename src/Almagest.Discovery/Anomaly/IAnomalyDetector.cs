using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly;

/// <summary>Finds the unusual rows of a matrix. Implementations are deterministic: the same input and seed give the same scores at any thread count.</summary>
public interface IAnomalyDetector
{
    /// <exception cref="DiscoveryException">the input cannot be analysed (too few rows, a value that is not finite); the message says what to do</exception>
    AnomalyResult Detect(FeatureMatrix features, IProgress<double>? progress = null, CancellationToken cancellation = default);
}
