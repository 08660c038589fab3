using Almagest.Contract.Serialization;

namespace Almagest.Ledger.Views.Sensitivity;

/// <summary>One row of <see cref="SensitivityView"/>.</summary>
public sealed class SensitivityRow
{
    public Guid Run1Id { get; init; }
    public Guid Run2Id { get; init; }
    public required string Parameter { get; init; }
    public RawJson Value1 { get; init; } = null!;
    public RawJson Value2 { get; init; } = null!;
    public long Run1Count { get; init; }
    public long Run2Count { get; init; }
    public long OverlapCount { get; init; }
    public double JaccardSimilarity { get; init; }
    public DateTime LastUpdated { get; init; }
}
