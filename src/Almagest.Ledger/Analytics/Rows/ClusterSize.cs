namespace Almagest.Ledger.Analytics.Rows;

/// <summary>One row of <c>mv_cluster_size_distribution</c>: one cluster of one complete run.</summary>
public sealed class ClusterSize
{
    public Guid RunId { get; init; }
    public int ClusterId { get; init; }

    // The view's own column name is cluster_size.
    public long Size { get; init; }

    /// <summary>Members, ascending.</summary>
    public required long[] StarIds { get; init; }
    public DateTime LastUpdated { get; init; }
}
