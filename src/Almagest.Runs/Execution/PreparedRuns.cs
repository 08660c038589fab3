namespace Almagest.Runs.Execution;

/// <summary>
/// The last prepared runs, so that a second star of the same run costs milliseconds. Runs are immutable: what is kept never goes
/// stale. At most <see cref="MostRuns"/> of them; the older one goes where both together hold more than <see cref="MostBytes"/>.
/// </summary>
internal sealed class PreparedRuns : IDisposable
{
    public const int MostRuns = 2;
    public const long MostBytes = 256L << 20;

    private readonly Lock _guard = new();

    // One preparation at a time bounds the memory, and whoever waits for the same run finds it here.
    private readonly SemaphoreSlim _preparing = new(1, 1);

    // Last used first.
    private readonly List<PreparedRun> _kept = [];

    public async Task<PreparedRun> GetAsync(Guid runId, Func<Task<PreparedRun>> prepare, CancellationToken cancellationToken)
    {
        if (Find(runId) is { } ready)
            return ready;
        await _preparing.WaitAsync(cancellationToken);
        try
        {
            if (Find(runId) is { } meanwhile)
                return meanwhile;
            var prepared = await prepare();
            Keep(prepared);
            return prepared;
        }
        finally
        {
            _preparing.Release();
        }
    }

    public void Dispose() => _preparing.Dispose();

    private PreparedRun? Find(Guid runId)
    {
        lock (_guard)
        {
            var at = _kept.FindIndex(r => r.RunId == runId);
            if (at < 0)
                return null;
            var found = _kept[at];
            _kept.RemoveAt(at);
            _kept.Insert(0, found);
            return found;
        }
    }

    private void Keep(PreparedRun prepared)
    {
        lock (_guard)
        {
            _kept.Insert(0, prepared);
            while (_kept.Count > MostRuns || (_kept.Count > 1 && _kept.Sum(r => r.Bytes) > MostBytes))
                _kept.RemoveAt(_kept.Count - 1);
        }
    }
}
