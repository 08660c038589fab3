using Almagest.Contract.Errors;
using Almagest.Ledger.Views;
using Almagest.Runs.Review;

namespace Almagest.Dashboard.Access;

/// <summary>What letting in, and changing, asks of the server. Thread-safe.</summary>
public interface IChangeHost
{
    /// <summary>How often an open page asks <see cref="IsStillLetInAsync"/>.</summary>
    TimeSpan AsksAgainEvery { get; }

    /// <summary>Runs of one person that may wait at once.</summary>
    int MostWaitingRuns { get; }

    /// <summary>Threads of a computation; 0 = one per core.</summary>
    int RunThreads { get; }

    /// <summary>Whether somebody who was let in still would be: their token may have been revoked, or may have expired.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    Task<bool> IsStillLetInAsync(Person person, CancellationToken cancellationToken);

    /// <summary>Keeps in the log who changed what.</summary>
    void Audit(Person person, string action, string target);

    /// <summary>Reviews of runs; it keeps what it has prepared.</summary>
    RunReviews Reviews { get; }

    /// <summary>Lets a worker take up a run that has just been stored.</summary>
    void Enqueue(Guid runId);

    /// <summary>Refreshes a view, or all where none is named; shared with others who ask at the same time.</summary>
    Task<IReadOnlyList<ViewRefreshOutcome>> RefreshViewsAsync(string? view, CancellationToken cancellationToken);
}
