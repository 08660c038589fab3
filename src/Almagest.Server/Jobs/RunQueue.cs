using System.Collections.Concurrent;
using Almagest.Runs.Lifecycle;

namespace Almagest.Server.Jobs;

/// <summary>
/// What this process knows of the queue, which is in the ledger: that a run has just been put into it, and how far those are that are
/// worked on here. Neither is needed for a run to be executed or followed; both save waiting. Thread-safe.
/// </summary>
internal sealed class RunQueue : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly ConcurrentDictionary<Guid, RunProgress> _progress = new();
    private readonly ConcurrentDictionary<Guid, ConcurrentQueue<(DateTime At, string Stage)>> _stages = new();

    /// <summary>There is something in the queue.</summary>
    public void Signal()
    {
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is signalled already.
        }
    }

    /// <summary>Waits for the signal, at most this long.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken) => _signal.WaitAsync(longest, cancellationToken);

    /// <summary>How far a run of this process is; null where it is not one.</summary>
    public RunProgress? ProgressOf(Guid runId) => _progress.GetValueOrDefault(runId);

    public IProgress<RunProgress> Track(Guid runId) => new Tracker(this, runId);

    /// <summary>When it came to each of its stages.</summary>
    public IReadOnlyList<(DateTime At, string Stage)> LogOf(Guid runId) => _stages.TryGetValue(runId, out var log) ? [.. log] : [];

    public void Forget(Guid runId)
    {
        _progress.TryRemove(runId, out _);
        _stages.TryRemove(runId, out _);
    }

    public void Dispose() => _signal.Dispose();

    private sealed class Tracker(RunQueue queue, Guid runId) : IProgress<RunProgress>
    {
        private string? _stage;

        public void Report(RunProgress value)
        {
            queue._progress[runId] = value;
            if (value.Stage == _stage)
                return;
            _stage = value.Stage;
            queue._stages.GetOrAdd(runId, _ => new()).Enqueue((DateTime.UtcNow, value.Stage));
        }
    }
}
