namespace Almagest.Ledger.Views.OverlapMatrix;

/// <summary>One row of <see cref="OverlapMatrixView"/>.</summary>
public sealed class OverlapRow
{
    public Guid Run1Id { get; init; }
    public long Run1Count { get; init; }
    public Guid Run2Id { get; init; }
    public long Run2Count { get; init; }
    public long OverlapCount { get; init; }
    public required long[] OverlappingStarIds { get; init; }
    public long Run1UniqueCount { get; init; }
    public long Run2UniqueCount { get; init; }
    public double JaccardSimilarity { get; init; }
    public DateTime LastUpdated { get; init; }
}
