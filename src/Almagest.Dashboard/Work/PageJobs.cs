using Almagest.Contract.Errors;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Almagest.Dashboard.Work;

/// <summary>
/// What pages asked for and nobody need wait for. It is this server's: what is stored is in the ledger, and what a stop of the server
/// breaks off is as if it had never begun. Thread-safe.
/// </summary>
public sealed class PageJobs(IHostApplicationLifetime lifetime, ILogger<PageJobs> logger) : IDisposable
{
    private const int MostKept = 200;

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(1);

    private readonly List<PageJob> _jobs = [];
    private readonly Lock _lock = new();

    /// <summary>The newest first.</summary>
    public IReadOnlyList<PageJob> List()
    {
        lock (_lock)
        {
            Forget();
            return [.. Enumerable.Reverse(_jobs)];
        }
    }

    /// <summary>How many work.</summary>
    public int Working
    {
        get
        {
            lock (_lock)
                return _jobs.Count(j => j.State == JobState.Working);
        }
    }

    /// <summary>null where there is none, or none any more.</summary>
    public PageJob? Find(Guid id)
    {
        lock (_lock)
            return _jobs.Find(j => j.Id == id);
    }

    /// <summary>Begins work that nothing but its own end, <see cref="PageJob.Cancel"/> or the end of the server stops.</summary>
    public PageJob Start(string kind, string title, string? by, Func<PageJob, Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var job = new PageJob(kind, title, by, lifetime.ApplicationStopping);
        lock (_lock)
        {
            Forget();
            _jobs.Add(job);
        }
        job.Tell("begun");
        job.Completion = Task.Run(() => WorkAsync(job, work), CancellationToken.None);
        return job;
    }

    private async Task WorkAsync(PageJob job, Func<PageJob, Task> work)
    {
        try
        {
            await work(job);
            job.End(JobState.Done);
        }
        catch (OperationCanceledException) when (job.Stop.IsCancellationRequested)
        {
            job.End(JobState.Cancelled);
        }
        catch (LedgerException e)
        {
            job.End(JobState.Failed, e);
        }
        catch (Exception e)
        {
            logger.LogError(e, "The job {Kind} ({Title}) failed unexpectedly", job.Kind, job.Title);
            job.End(JobState.Failed);
        }
    }

    // What has ended, for a day; and no more than so many.
    private void Forget()
    {
        var old = DateTime.UtcNow - s_kept;
        foreach (
            var job in _jobs
                .Where(j => j.EndedAt < old)
                .Concat(_jobs.Where(j => j.EndedAt is not null).SkipLast(MostKept))
                .Distinct()
                .ToList()
        )
        {
            _jobs.Remove(job);
            job.Dispose();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _jobs.ForEach(j => j.Dispose());
            _jobs.Clear();
        }
    }
}
