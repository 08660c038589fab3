namespace Almagest.Ledger.Analytics.Rows;

/// <summary>One row of <c>mv_star_anomaly_frequency</c>: a star analysed by at least one complete anomaly run.</summary>
public sealed class StarFrequency
{
    public long StarId { get; init; }

    /// <summary>Complete anomaly runs that flagged it.</summary>
    public long AnomalyCount { get; init; }

    /// <summary>Complete anomaly runs that analysed it.</summary>
    public long TotalRuns { get; init; }

    /// <summary>100 × anomaly_count / total_runs.</summary>
    public double FrequencyPct { get; init; }

    /// <summary>Mean score over the runs that flagged it, to 1e-9; null where none did.</summary>
    public double? MeanAnomalyScore { get; init; }

    /// <summary>The runs that flagged it, in order of creation.</summary>
    public required Guid[] RunIds { get; init; }
    public DateTime LastUpdated { get; init; }
}
