namespace Almagest.Ledger.Views.StarFrequency;

/// <summary>One row of <see cref="StarFrequencyView"/>.</summary>
public sealed class StarFrequencyRow
{
    public long StarId { get; init; }
    public long AnomalyCount { get; init; }
    public long TotalRuns { get; init; }
    public double FrequencyPct { get; init; }
    public double? MeanAnomalyScore { get; init; }
    public required Guid[] RunIds { get; init; }
    public DateTime LastUpdated { get; init; }
}
