namespace Almagest.Runs.Execution;

/// <summary>
/// The last prepared runs, so that a second star of the same run costs milliseconds. Runs are immutable: what is kept never goes
/// stale. At most <see cref="MostRuns"/> of them; the older one goes where both together hold more than <see cref="MostBytes"/>.
/// </summary>
internal sealed class PreparedRuns : IDisposable
{
    public const int MostRuns = 2;
    public const long MostBytes = 256L << 20;

    readonly Lock guard = new();
    // One preparation at a time bounds the memory, and whoever waits for the same run finds it here.
    readonly SemaphoreSlim preparing = new(1, 1);
    // Last used first.
    readonly List<PreparedRun> kept = [];

    public async Task<PreparedRun> GetAsync(Guid runId, Func<Task<PreparedRun>> prepare, CancellationToken cancellation)
    {
        if (Find(runId) is { } ready) return ready;
        await preparing.WaitAsync(cancellation);
        try
        {
            if (Find(runId) is { } meanwhile) return meanwhile;
            var prepared = await prepare();
            Keep(prepared);
            return prepared;
        }
        finally
        {
            preparing.Release();
        }
    }

    public void Dispose() => preparing.Dispose();

    PreparedRun? Find(Guid runId)
    {
        lock (guard)
        {
            var at = kept.FindIndex(r => r.RunId == runId);
            if (at < 0) return null;
            var found = kept[at];
            kept.RemoveAt(at);
            kept.Insert(0, found);
            return found;
        }
    }

    void Keep(PreparedRun prepared)
    {
        lock (guard)
        {
            kept.Insert(0, prepared);
            while (kept.Count > MostRuns || (kept.Count > 1 && kept.Sum(r => r.Bytes) > MostBytes)) kept.RemoveAt(kept.Count - 1);
        }
    }
}
