using Almagest.Ledger.Database;
using Almagest.Runs.Changes;
using Almagest.Runs.Explanation;
using Almagest.Runs.Kinds;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Review;

namespace Almagest.Dashboard.Shared;

/// <summary>What the pages ask of the server that they live in. Thread-safe.</summary>
public interface IDashboardHost
{
    /// <summary>How far a run of this server is; null where no worker of this server has it.</summary>
    RunProgress? ProgressOf(Guid runId);

    /// <summary>When a run of this server came to each of its stages, the first first; none of a run that no worker of this server
    /// has.</summary>
    IReadOnlyList<(DateTime At, string Stage)> LogOf(Guid runId);

    /// <summary>The last executions of scheduled jobs, newest first.</summary>
    Task<IReadOnlyList<ScheduledJobExecution>> JobsAsync(CancellationToken cancellationToken);

    /// <summary>Where pages that are made of the views read them: perhaps a standby of the ledger's database.</summary>
    LedgerDatabase Reading { get; }

    /// <summary>Seconds by which that is behind; null where it is the ledger's own database.</summary>
    Task<double?> BehindAsync(CancellationToken cancellationToken);

    /// <summary>Largest file that the pages take, bytes.</summary>
    long MaxUploadBytes { get; }

    /// <summary>Explains scores; it keeps what it has prepared.</summary>
    RunExplainer Explainer { get; }

    /// <summary>Groups flagged stars; it keeps what it has prepared.</summary>
    RunKinds Kinds { get; }

    /// <summary>Tells what changed between runs over two datasets; its answers are kept.</summary>
    RunChangeReader RunChanges { get; }

    /// <summary>Reviews of runs; it keeps what it has prepared.</summary>
    RunReviews Reviews { get; }
}

/// <summary>One execution of a scheduled job; without a time: a job that has not run yet.</summary>
public sealed record ScheduledJobExecution(
    string Job,
    string? Schedule,
    DateTime? Next,
    DateTime? FiredAt,
    double? DurationMs,
    string? Result,
    string? Summary
);
