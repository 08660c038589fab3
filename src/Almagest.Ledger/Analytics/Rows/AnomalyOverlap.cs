namespace Almagest.Ledger.Analytics.Rows;

/// <summary>One row of <c>mv_anomaly_overlap_matrix</c>: a pair of complete anomaly runs, the first with the lower id.</summary>
public sealed class AnomalyOverlap
{
    public Guid Run1Id { get; init; }
    public long Run1Count { get; init; }
    public Guid Run2Id { get; init; }
    public long Run2Count { get; init; }

    /// <summary>Stars flagged by both.</summary>
    public long OverlapCount { get; init; }

    /// <summary>The stars flagged by both, ascending.</summary>
    public required long[] OverlappingStarIds { get; init; }
    public long Run1UniqueCount { get; init; }
    public long Run2UniqueCount { get; init; }

    /// <summary>Overlap over union, [0, 1]; 0 where neither flagged a star.</summary>
    public double JaccardSimilarity { get; init; }
    public DateTime LastUpdated { get; init; }
}
