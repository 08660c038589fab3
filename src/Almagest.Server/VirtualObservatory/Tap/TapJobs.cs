using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Almagest.Adql;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>
/// The jobs of the ledger, and this server's work on them. They are in the database with their results, so that they outlive this server
/// and every other one sees them; the server that is told to run one works on it, and whoever finds one without a server takes it.
/// Thread-safe.
/// </summary>
internal sealed partial class TapJobs(LedgerDatabase ledger, AdqlRunner runner, ILogger<TapJobs> logger) : IDisposable
{
    // How soon an abortion by way of another server is heard of, and a phase that it changed.
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    // As many as this server works on and lets wait; a fleet shares what a dead server leaves.
    private const int MostAdopted = 8;

    private readonly TapJobStore _store = new(ledger);
    private readonly Guid _worker = Guid.NewGuid();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _working = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _tasks = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _changed = NewSignal();
    private int _beating;

    public Task<TapJob?> FindAsync(string id, string owner, CancellationToken cancellationToken) =>
        _store.FindAsync(id, owner, cancellationToken);

    /// <summary>All of somebody's, newest first.</summary>
    public Task<List<TapJob>> OfAsync(string owner, CancellationToken cancellationToken) => _store.OfAsync(owner, cancellationToken);

    /// <returns>its id</returns>
    /// <exception cref="VoException">there are too many jobs that have not ended, or they keep too much</exception>
    public async Task<string> AddAsync(VoParameters parameters, string owner, CancellationToken cancellationToken)
    {
        var totals = await _store.TotalsAsync(owner, cancellationToken);
        while (totals.Jobs >= TapLimits.MostJobs || totals.OwnJobs >= TapLimits.MostOwnJobs)
        {
            var own = totals.OwnJobs >= TapLimits.MostOwnJobs;
            if (!await _store.DeleteOldestAsync(own ? owner : null, cancellationToken))
                throw new VoException(
                    503,
                    own
                        ? $"{TapLimits.MostOwnJobs} jobs of yours wait already; try again later, or delete some"
                        : $"{TapLimits.MostJobs} jobs wait already; try again later"
                );
            totals = await _store.TotalsAsync(owner, cancellationToken);
        }
        RequireRoom(totals, parameters);
        if (parameters.ContentBytes > 0)
            await DiskSpace.RequireAsync(ledger, parameters.ContentBytes, cancellationToken);
        var id = Guid.NewGuid().ToString("N");
        await _store.AddAsync(id, owner, parameters, cancellationToken);
        return id;
    }

    /// <summary>Changes what a job that has not begun is asked, and adds tables to it.</summary>
    /// <param name="asked">all that it is asked from now on</param>
    /// <param name="more">the tables that are added</param>
    /// <exception cref="VoException">it has begun, or the tables are too large</exception>
    public async Task AskAsync(TapJob job, VoParameters asked, VoParameters more, CancellationToken cancellationToken)
    {
        if (more.ContentBytes > 0)
        {
            RequireRoom(await _store.TotalsAsync(job.Owner, cancellationToken), more);
            if (job.UploadBytes + more.ContentBytes > TapLimits.MostUploadBytes)
                throw VoException.Invalid($"the tables of UPLOAD are larger than {TapLimits.MostUploadBytes >> 20} MiB together");
        }
        if (!await _store.AskAsync(job.Id, asked, more, job.UploadBytes + more.ContentBytes, cancellationToken))
            throw VoException.Invalid("the job cannot be changed: it has begun");
    }

    public Task SetDestructionAsync(TapJob job, DateTime time, CancellationToken cancellationToken) =>
        _store.SetDestructionAsync(job.Id, time, cancellationToken);

    public Task SetExecutionAsync(TapJob job, TimeSpan most, CancellationToken cancellationToken) =>
        _store.SetExecutionAsync(job.Id, most, cancellationToken);

    public async Task DestroyAsync(string id, CancellationToken cancellationToken)
    {
        await _store.DeleteAsync(id, cancellationToken);
        Stop(id);
    }

    public async Task AbortAsync(TapJob job, CancellationToken cancellationToken)
    {
        await _store.AbortAsync(job.Id, cancellationToken);
        Stop(job.Id);
    }

    /// <summary>Begins a job that waits for that; of one that does not, nothing changes.</summary>
    public async Task RunAsync(TapJob job, CancellationToken cancellationToken)
    {
        if (await _store.QueueAsync(job.Id, _worker, cancellationToken))
            Work(job);
    }

    /// <summary>Waits until a job is in another phase, or gone.</summary>
    public async Task WaitAsync(TapJob job, TimeSpan most, CancellationToken cancellationToken)
    {
        var end = DateTime.UtcNow + most;
        while (DateTime.UtcNow < end)
        {
            // What this server does is heard at once, what others do is looked for.
            var change = Volatile.Read(ref _changed).Task;
            if (await FindAsync(job.Id, job.Owner, cancellationToken) is not { } now || now.Phase != job.Phase)
                return;
            await Task.WhenAny(change, Task.Delay(s_look, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Writes the result of a completed job.</summary>
    public Task CopyResultAsync(TapJob job, Stream to, CancellationToken cancellationToken) =>
        _store.CopyResultAsync(job.Id, to, cancellationToken);

    /// <summary>The result of a job of somebody's, a VOTable, by its address; null where that is of no such job.</summary>
    /// <exception cref="VoException">it is larger than a table that comes with a query may be</exception>
    public async Task<byte[]?> ResultAtAsync(string address, string owner, CancellationToken cancellationToken)
    {
        // Whatever name the server goes by: a job's is unique, and nothing is fetched.
        if (
            ResultAddress().Match(address) is not { Success: true } match
            || await FindAsync(match.Groups["job"].Value, owner, cancellationToken) is not { Phase: JobPhase.COMPLETED } job
            || job.ResultType?.StartsWith("application/x-votable", StringComparison.Ordinal) != true
        )
            return null;
        if (job.ResultBytes > TapLimits.MostUploadBytes)
            throw VoException.Invalid($"the result at {address} is larger than {TapLimits.MostUploadBytes >> 20} MiB");
        using var content = new MemoryStream((int)job.ResultBytes);
        await _store.CopyResultAsync(job.Id, content, cancellationToken);
        return content.ToArray();
    }

    [GeneratedRegex("^https?://[^/?#]+(/[^?#]*)?/vo/tap/async/(?<job>[0-9a-f]{32})/results/result$", RegexOptions.CultureInvariant)]
    private static partial Regex ResultAddress();

    /// <summary>Deletes what has come to its time, and takes over jobs that no server works on any more.</summary>
    public async Task TendAsync(CancellationToken cancellationToken)
    {
        await _store.SweepAsync(cancellationToken);
        foreach (var job in await _store.AdoptAsync(_worker, MostAdopted, cancellationToken))
        {
            logger.LogInformation("TAP job {Job} is begun again here: its server has ended", job.Id);
            Work(job);
        }
    }

    /// <summary>Ends the work on all jobs and leaves them to other servers, or to the next.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_tasks.Keys).WaitAsync(cancellationToken);
        await _store.GiveBackAsync(_worker, cancellationToken);
    }

    private static void RequireRoom(TapJobTotals totals, VoParameters parameters)
    {
        if (parameters.ContentBytes > 0 && totals.UploadBytes + parameters.ContentBytes > TapLimits.MostKeptUploadBytes)
            throw new VoException(
                503,
                $"the tables that jobs keep until they begin have {TapLimits.MostKeptUploadBytes >> 20} MiB together; try again later"
            );
    }

    private void Stop(string id)
    {
        if (_working.TryGetValue(id, out var work))
            work.Cancel();
        Signal();
    }

    private void Signal() => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

    private void Work(TapJob job)
    {
        var abortion = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        _working[job.Id] = abortion;
        var task = Task.Run(() => WorkAsync(job, abortion));
        _tasks[task] = true;
        _ = task.ContinueWith(t => _tasks.TryRemove(t, out _), TaskScheduler.Default);
        if (Interlocked.Exchange(ref _beating, 1) == 0)
            _ = Task.Run(BeatAsync);
    }

    private async Task WorkAsync(TapJob job, CancellationTokenSource abortion)
    {
        try
        {
            await ExecuteAsync(job, abortion.Token);
        }
        catch (Exception e) when (e is VoException or AdqlException)
        {
            await TryFailAsync(job, e as VoException ?? VoException.Invalid(e.Message));
        }
        catch (OperationCanceledException)
        {
            // Aborted, destroyed or taken over, as the ledger says already; or the server stops, and gives it back.
        }
        catch (LedgerException e) when (e.Code == ErrorCode.DatabaseAway || e.Code == ErrorCode.DatabaseStarting)
        {
            // The database is away, and the job with it: it is begun again when both are back.
            logger.LogWarning("TAP job {Job} was interrupted: {Reason}", job.Id, e.Message);
        }
        catch (LedgerException e)
        {
            await TryFailAsync(job, new VoException(503, e.Message));
        }
        catch (Exception e)
        {
            logger.LogError(e, "A TAP job failed");
            await TryFailAsync(job, new VoException(500, "the server met an unexpected problem; it is in the server's log"));
        }
        finally
        {
            _working.TryRemove(new KeyValuePair<string, CancellationTokenSource>(job.Id, abortion));
            abortion.Dispose();
            Signal();
        }
    }

    private async Task ExecuteAsync(TapJob job, CancellationToken cancellationToken)
    {
        var parameters = job.Parameters;
        if (job.UploadBytes > 0)
            parameters.TakeContents(await _store.UploadsAsync(job.Id, cancellationToken));
        var query = await TapQuery.FromAsync(parameters, address => ResultAtAsync(address, job.Owner, cancellationToken));
        // Queued is what it says until its turn comes, and its time runs from then.
        using var place = await runner.Places.TakeAsync(QueryKind.Job, cancellationToken);
        if (!await _store.BeginAsync(job.Id, _worker, cancellationToken))
            return;
        Signal();
        using var file = NamelessFile();
        bool isCutOff;
        await using (var stream = new BoundedFile(file, Path.GetTempPath(), TapLimits.MostResultBytes))
        {
            await using var answer = await runner.OpenAsync(place, query, job.ExecutionDuration, cancellationToken);
            await query.Format.WriteAsync(answer.Table("Answer to an ADQL query", query.Adql), stream, cancellationToken);
            isCutOff = answer.IsCutOff;
            await MakeRoomAsync(job.Owner, stream.Length, cancellationToken);
        }
        await using var result = new FileStream(file, FileAccess.Read, 0, isAsync: true);
        await _store.CompleteAsync(job.Id, _worker, result, query.Format.ContentType, isCutOff, cancellationToken);
    }

    // The oldest results make room: the owner's own first, where theirs are too many.
    private async Task MakeRoomAsync(string owner, long bytes, CancellationToken cancellationToken)
    {
        while (
            await _store.TotalsAsync(owner, cancellationToken) is var totals
            && (totals.OwnResultBytes + bytes > TapLimits.MostOwnBytes || totals.ResultBytes + bytes > TapLimits.MostBytes)
        )
        {
            if (!await _store.DeleteOldestAsync(totals.OwnResultBytes + bytes > TapLimits.MostOwnBytes ? owner : null, cancellationToken))
                break;
        }
        await DiskSpace.RequireAsync(ledger, bytes, cancellationToken);
    }

    private async Task TryFailAsync(TapJob job, VoException error)
    {
        try
        {
            await _store.FailAsync(job.Id, _worker, error, CancellationToken.None);
        }
        catch (LedgerException e)
        {
            // Nobody can be told: it is begun again when the database is back.
            logger.LogWarning("TAP job {Job} failed, which could not be kept: {Reason}", job.Id, e.Message);
        }
    }

    // Says that this server is at work, and hears which jobs are its own no more, as long as it has any.
    private async Task BeatAsync()
    {
        while (!_working.IsEmpty && !_stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(s_beat, _stopping.Token);
                var before = _working.Keys.ToList();
                var own = (await _store.BeatAsync(_worker, before, _stopping.Token)).ToHashSet(StringComparer.Ordinal);
                foreach (var id in before.Where(id => !own.Contains(id)))
                    Stop(id);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (LedgerException e)
            {
                logger.LogWarning("TAP jobs cannot be kept alive: {Reason}", e.Message);
            }
        }
        Volatile.Write(ref _beating, 0);
        // One may have come between the last look and that.
        if (!_working.IsEmpty && !_stopping.IsCancellationRequested && Interlocked.Exchange(ref _beating, 1) == 0)
            _ = Task.Run(BeatAsync);
    }

    /// <summary>A file that has no name any more: its space is freed with its handle.</summary>
    private static SafeFileHandle NamelessFile()
    {
        var path = Path.Combine(Path.GetTempPath(), $"almagest-tap-{Guid.NewGuid():N}");
        var file = File.OpenHandle(
            path,
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.ReadWrite | FileShare.Delete,
            FileOptions.Asynchronous
        );
        File.Delete(path);
        return file;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The source itself is not disposed of: what still works hears it.
    public void Dispose() => _stopping.Cancel();
}
