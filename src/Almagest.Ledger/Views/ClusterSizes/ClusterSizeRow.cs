namespace Almagest.Ledger.Views.ClusterSizes;

/// <summary>One row of <see cref="ClusterSizesView"/>.</summary>
public sealed class ClusterSizeRow
{
    public Guid RunId { get; init; }
    public int ClusterId { get; init; }
    public long ClusterSize { get; init; }
    public required long[] StarIds { get; init; }
    public DateTime LastUpdated { get; init; }
}
