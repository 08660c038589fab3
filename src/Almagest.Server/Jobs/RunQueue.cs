using System.Collections.Concurrent;
using System.Threading.Channels;
using Almagest.Ledger.Runs;

namespace Almagest.Server.Jobs;

/// <summary>
/// The runs that wait for a worker of this process, and how far those are that it works on. The ledger is the durable
/// queue; this is only what makes a worker start at once. Thread-safe.
/// </summary>
internal sealed class RunQueue
{
    readonly Channel<Guid> waiting = Channel.CreateUnbounded<Guid>();
    readonly ConcurrentDictionary<Guid, bool> queued = new();
    readonly ConcurrentDictionary<Guid, RunProgress> progress = new();

    /// <summary>Adds a run unless it waits already.</summary>
    public void Add(Guid runId)
    {
        if (queued.TryAdd(runId, true)) waiting.Writer.TryWrite(runId);
    }

    /// <summary>The next run to try; another process may have taken it meanwhile.</summary>
    public async Task<Guid> NextAsync(CancellationToken cancellation)
    {
        var runId = await waiting.Reader.ReadAsync(cancellation);
        queued.TryRemove(runId, out _);
        return runId;
    }

    /// <summary>How far a run of this process is; null where it is not one.</summary>
    public RunProgress? ProgressOf(Guid runId) => progress.GetValueOrDefault(runId);

    public IProgress<RunProgress> Track(Guid runId) => new Tracker(this, runId);

    public void Forget(Guid runId) => progress.TryRemove(runId, out _);

    sealed class Tracker(RunQueue queue, Guid runId) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => queue.progress[runId] = value;
    }
}
