using Almagest.Contract.Serialization;

namespace Almagest.Ledger.Views.ParameterPerformance;

/// <summary>One row of <see cref="ParameterPerformanceView"/>.</summary>
public sealed class ParameterPerformanceRow
{
    public required string RunType { get; init; }
    public required string Algorithm { get; init; }
    public required string ParametersHash { get; init; }
    public long DatasetId { get; init; }
    public RawJson ParametersJson { get; init; } = null!;
    public long Runs { get; init; }
    public long Datasets { get; init; }
    public double? MeanAnomalyCount { get; init; }
    public long? MinAnomalyCount { get; init; }
    public long? MaxAnomalyCount { get; init; }
    public double? MeanAnomalyPercentage { get; init; }
    public double? MeanClusterCount { get; init; }
    public double? MeanNoiseFraction { get; init; }
    public double? MeanSimilarity { get; init; }
    public long LabelledRuns { get; init; }
    public double? MeanPrecision { get; init; }
    public double? MeanRecall { get; init; }
    public double? MeanF1 { get; init; }
    public double? MeanAveragePrecision { get; init; }
    public double? MeanAdjustedRandIndex { get; init; }
    public double? MeanPurity { get; init; }
    public DateTime LastUpdated { get; init; }
}
