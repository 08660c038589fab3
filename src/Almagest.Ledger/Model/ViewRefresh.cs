namespace Almagest.Ledger.Model;

/// <summary>The record of one refresh of one view.</summary>
public sealed class ViewRefresh
{
    public long RefreshId { get; set; }

    public required string ViewName { get; set; }

    /// <summary>What asked for it: <c>run</c>, <c>manual</c>, <c>nightly</c>.</summary>
    public required string Reason { get; set; }

    public DateTime StartedAt { get; set; }

    public DateTime? FinishedAt { get; set; }

    public double? DurationMs { get; set; }

    public long? RowCount { get; set; }

    /// <summary><c>running</c>, <c>succeeded</c> or <c>failed</c>.</summary>
    public required string Outcome { get; set; }

    public string? Error { get; set; }
}

/// <summary>
/// A change of the ledger that a view does not show yet. Written by a trigger in the transaction of the change; removed by the
/// refresh that saw the change, in the transaction of the refresh. A row that exists therefore means: the view lags.
/// </summary>
public sealed class PendingViewChange
{
    public long ChangeId { get; set; }

    public required string ViewName { get; set; }

    /// <summary>The run that changed; null where a table of the catalogue side did.</summary>
    public Guid? RunId { get; set; }

    /// <summary><c>created</c>, <c>completed</c>, <c>ended</c> or <c>deleted</c> of a run; else the table that changed, <c>stars</c> or
    /// <c>star_labels</c>.</summary>
    public required string Change { get; set; }

    public DateTime ChangedAt { get; set; }
}
