namespace Almagest.Ledger.Analytics.Rows;

/// <summary>One row of <c>mv_parameter_performance</c>: the complete runs of one algorithm with one set of parameters. Means are to 1e-9.</summary>
public sealed class ParameterPerformance
{
    public required string RunType { get; init; }
    public required string Algorithm { get; init; }

    /// <summary>MD5 of the parameters, hex.</summary>
    public required string ParametersHash { get; init; }

    /// <summary>The parameters, a JSON object without the random seed.</summary>
    public required string ParametersJson { get; init; }
    public long Runs { get; init; }

    /// <summary>Datasets on which they ran.</summary>
    public long Datasets { get; init; }

    /// <summary>Stars flagged by a run; null of cluster runs.</summary>
    public double? MeanAnomalyCount { get; init; }
    public long? MinAnomalyCount { get; init; }
    public long? MaxAnomalyCount { get; init; }
    public double? MeanAnomalyPercentage { get; init; }

    /// <summary>Null of anomaly runs.</summary>
    public double? MeanClusterCount { get; init; }

    /// <summary>Noise over stars analysed, [0, 1]; runs without stars do not count.</summary>
    public double? MeanNoiseFraction { get; init; }

    /// <summary>Mean Jaccard similarity with the other complete anomaly runs of the same dataset; null where there are none.</summary>
    public double? MeanSimilarity { get; init; }

    /// <summary>Runs that could be measured against the label set <c>truth</c>; the means below are over them.</summary>
    public long LabelledRuns { get; init; }
    public double? MeanPrecision { get; init; }
    public double? MeanRecall { get; init; }
    public double? MeanF1 { get; init; }
    public double? MeanAveragePrecision { get; init; }
    public double? MeanAdjustedRandIndex { get; init; }
    public double? MeanPurity { get; init; }
    public DateTime LastUpdated { get; init; }
}
