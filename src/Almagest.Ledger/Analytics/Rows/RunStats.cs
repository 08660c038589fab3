namespace Almagest.Ledger.Analytics.Rows;

/// <summary>One row of <c>mv_discovery_run_stats</c>: one complete run.</summary>
public sealed class RunStats
{
    public Guid RunId { get; init; }
    public required string RunType { get; init; }
    public DateTime CreatedAt { get; init; }
    public long TotalStars { get; init; }

    /// <summary>The run's parameters, a JSON object.</summary>
    public required string ParametersJson { get; init; }

    public long AnomalyCount { get; init; }

    /// <summary>Flagged stars per hundred analysed.</summary>
    public double AnomalyPercentage { get; init; }

    /// <summary>Lowest score among the flagged stars; null where none is flagged.</summary>
    public double? MinAnomalyScore { get; init; }
    public double? MaxAnomalyScore { get; init; }
    public double? AvgAnomalyScore { get; init; }

    /// <summary>Clusters found, noise not counted.</summary>
    public long ClusterCount { get; init; }
    public long? MinClusterSize { get; init; }
    public long? MaxClusterSize { get; init; }
    public double? AvgClusterSize { get; init; }
    public long NoiseCount { get; init; }
    public DateTime LastUpdated { get; init; }
}
