namespace Almagest.Ledger.Views.Timeline;

/// <summary>One row of <see cref="TimelineView"/>.</summary>
public sealed class TimelineRow
{
    public DateOnly PeriodStart { get; init; }
    public required string PeriodType { get; init; }
    public required string RunType { get; init; }
    public long TotalRuns { get; init; }
    public long CompletedRuns { get; init; }
    public double CompletionRate { get; init; }
    public long TotalStarsAnalyzed { get; init; }
    public DateTime LastUpdated { get; init; }
}
