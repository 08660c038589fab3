using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly;

/// <summary>An anomaly algorithm whose scores can be explained, from a model that is fitted again to the features of the run.</summary>
public interface IExplainable
{
    /// <param name="parameters">of this algorithm, those of the run</param>
    /// <exception cref="DiscoveryException">the features cannot be taken</exception>
    IAnomalyExplainer Fit(FeatureMatrix features, RunParameters parameters, AlgorithmContext context);
}

/// <summary>A fitted model that says why a star has its score. Safe to use from several threads.</summary>
public interface IAnomalyExplainer
{
    ScoreMeasure Measure { get; }

    /// <summary>Explains a row, with values and units as the catalogue has them.</summary>
    /// <param name="prepared">the features that it was fitted to</param>
    /// <exception cref="ArgumentOutOfRangeException">there is no such row</exception>
    AnomalyExplanation Explain(PreparedFeatures prepared, int row);

    /// <summary>The numbers of an explanation alone, where those of many rows are wanted.</summary>
    /// <param name="features">those that it was fitted to</param>
    RowAttribution Attribute(FeatureMatrix features, int row);
}

/// <summary>What makes a row's score.</summary>
/// <param name="Changes">by feature: they add up to <paramref name="Measured"/> - <paramref name="Expected"/></param>
public sealed record RowAttribution(double RawScore, double Measured, double Expected, double[] Changes);
