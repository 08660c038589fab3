namespace Almagest.Ledger.Analytics.Rows;

/// <summary>One row of <c>mv_discovery_timeline</c>: the runs of one type created in one week or month (UTC).</summary>
public sealed class TimelinePeriod
{
    /// <summary>Monday of the week, or first day of the month.</summary>
    public DateOnly PeriodStart { get; init; }

    /// <summary><c>week</c> or <c>month</c>.</summary>
    public required string PeriodType { get; init; }
    public required string RunType { get; init; }

    /// <summary>All runs created, whatever became of them.</summary>
    public long TotalRuns { get; init; }
    public long CompletedRuns { get; init; }

    /// <summary>completed_runs / total_runs, [0, 1].</summary>
    public double CompletionRate { get; init; }

    /// <summary>Sum over the complete runs.</summary>
    public long TotalStarsAnalyzed { get; init; }
    public DateTime LastUpdated { get; init; }
}
