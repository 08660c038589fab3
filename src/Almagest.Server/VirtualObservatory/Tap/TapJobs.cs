using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Almagest.Adql;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>
/// The jobs of this server: in its memory, their results in nameless files, so that nothing outlives it. Each is destroyed at its time; how
/// many there are and what they hold is bounded.
/// </summary>
internal sealed partial class TapJobs(AdqlRunner runner, ILogger<TapJobs> logger) : IDisposable
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TapJob> _jobs = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private Timer? _sweeper;

    public IEnumerable<TapJob> All => _jobs.Values.OrderByDescending(j => j.Created);

    public TapJob? Find(string id) => _jobs.TryGetValue(id, out var job) && job.Destruction > DateTime.UtcNow ? job : null;

    /// <exception cref="VoException">there are too many jobs that have not ended</exception>
    public TapJob Add(VoParameters parameters, string owner)
    {
        // A timer from the first job on: a server that nobody asks has nothing to sweep.
        LazyInitializer.EnsureInitialized(ref _sweeper, () => new Timer(_ => Sweep(), null, s_lookAgain, s_lookAgain));
        while (_jobs.Count >= TapLimits.MostJobs)
        {
            if (!DestroyOldest())
                throw new VoException(503, $"{TapLimits.MostJobs} jobs wait already; try again later, or delete some");
        }
        RequireRoom(parameters);
        var job = new TapJob(parameters, owner);
        _jobs[job.Id] = job;
        return job;
    }

    /// <exception cref="VoException">the tables that jobs keep would be too large together</exception>
    public void RequireRoom(VoParameters parameters)
    {
        if (
            parameters.ContentBytes > 0
            && _jobs.Values.Sum(j => j.Parameters.ContentBytes) + parameters.ContentBytes > TapLimits.MostKeptUploadBytes
        )
            throw new VoException(
                503,
                $"the tables that jobs keep until they begin have {TapLimits.MostKeptUploadBytes >> 20} MiB together; try again later"
            );
    }

    /// <summary>The result of a job of somebody's, a VOTable, by its address; null where that is of no such job.</summary>
    /// <exception cref="VoException">it is larger than a table that comes with a query may be</exception>
    public byte[]? ResultAt(string address, string owner)
    {
        // Whatever name the server goes by: a job's is unique, and nothing is fetched.
        if (
            ResultAddress().Match(address) is not { Success: true } match
            || Find(match.Groups["job"].Value) is not { } job
            || job.Owner != owner
            || job.ResultType?.StartsWith("application/x-votable", StringComparison.Ordinal) != true
            || job.Borrow() is not { } file
        )
            return null;
        try
        {
            if (job.ResultBytes > TapLimits.MostUploadBytes)
                throw VoException.Invalid($"the result at {address} is larger than {TapLimits.MostUploadBytes >> 20} MiB");
            var content = new byte[job.ResultBytes];
            var at = 0;
            while (at < content.Length && RandomAccess.Read(file, content.AsSpan(at), at) is > 0 and var read)
                at += read;
            return content;
        }
        finally
        {
            job.GiveBack();
        }
    }

    [GeneratedRegex("^https?://[^/?#]+(/[^?#]*)?/vo/tap/async/(?<job>[0-9a-f]{32})/results/result$", RegexOptions.CultureInvariant)]
    private static partial Regex ResultAddress();

    public void Destroy(TapJob job)
    {
        _jobs.TryRemove(job.Id, out _);
        job.Destroy();
    }

    /// <summary>Begins a job that waits for that; of one that does not, nothing changes.</summary>
    public void Run(TapJob job)
    {
        if (job.Move(JobPhase.QUEUED, JobPhase.PENDING))
            _ = Task.Run(() => WorkAsync(job));
    }

    public static void Abort(TapJob job)
    {
        job.Move(JobPhase.ABORTED, JobPhase.PENDING, JobPhase.QUEUED, JobPhase.EXECUTING);
        job.Abortion.Cancel();
    }

    private async Task WorkAsync(TapJob job)
    {
        SafeFileHandle? file = null;
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(job.Abortion.Token, _stopping.Token);
            var query = TapQuery.From(job.Parameters, address => ResultAt(address, job.Owner));
            // Queued is what it says until its turn comes, and its time runs from then.
            using var place = await runner.Places.TakeAsync(QueryKind.Job, end.Token);
            if (!job.Move(JobPhase.EXECUTING, JobPhase.QUEUED))
                return;
            await using var answer = await runner.OpenAsync(place, query, job.ExecutionDuration, end.Token);
            job.Parameters.DropContents();
            file = NamelessFile();
            await using var stream = new BoundedFile(file, TapLimits.MostResultBytes);
            await query.Format.WriteAsync(answer.Table("Answer to an ADQL query", query.Adql), stream, end.Token);
            while (_jobs.Values.Sum(j => j.ResultBytes) + stream.Length > TapLimits.MostBytes && DestroyOldest())
            {
                // The oldest results make room.
            }
            if (job.Complete(file, stream.Length, query.Format.ContentType, answer.IsCutOff))
                file = null;
        }
        catch (Exception e) when (e is VoException or AdqlException)
        {
            job.Fail(e as VoException ?? VoException.Invalid(e.Message));
        }
        catch (OperationCanceledException)
        {
            Abort(job);
        }
        catch (Exception e)
        {
            logger.LogError(e, "A TAP job failed");
            job.Fail(new VoException(500, "the server met an unexpected problem; it is in the server's log"));
        }
        finally
        {
            file?.Dispose();
            job.Parameters.DropContents();
        }
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

    private bool DestroyOldest()
    {
        if (_jobs.Values.Where(j => j.HasEnded).MinBy(j => j.Created) is not { } oldest)
            return false;
        Destroy(oldest);
        return true;
    }

    private void Sweep()
    {
        foreach (var job in _jobs.Values.Where(j => j.Destruction <= DateTime.UtcNow))
            Destroy(job);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _sweeper?.Dispose();
        foreach (var job in _jobs.Values)
            job.Destroy();
    }
}
