using Almagest.Contract.Serialization;

namespace Almagest.Ledger.Views.RunStats;

/// <summary>One row of <see cref="RunStatsView"/>.</summary>
public sealed class RunStatsRow
{
    public Guid RunId { get; init; }
    public required string RunType { get; init; }
    public DateTime CreatedAt { get; init; }
    public long TotalStars { get; init; }
    public RawJson ParametersJson { get; init; } = null!;
    public long AnomalyCount { get; init; }
    public double AnomalyPercentage { get; init; }
    public double? MinAnomalyScore { get; init; }
    public double? MaxAnomalyScore { get; init; }
    public double? AvgAnomalyScore { get; init; }
    public long ClusterCount { get; init; }
    public long? MinClusterSize { get; init; }
    public long? MaxClusterSize { get; init; }
    public double? AvgClusterSize { get; init; }
    public long NoiseCount { get; init; }
    public DateTime LastUpdated { get; init; }
}
