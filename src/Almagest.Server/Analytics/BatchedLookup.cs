namespace Almagest.Server.Analytics;

/// <summary>
/// Many requests at once, one question to the database: while a look is under way, those who ask wait together for the next. Every
/// answer comes from a look that began after it was asked for, so that nobody is told what was true before. Thread-safe.
/// </summary>
/// <param name="look">reads the values of some different keys in one round trip; a key that it leaves out has no value</param>
internal sealed class BatchedLookup<TKey, TValue>(Func<IReadOnlyCollection<TKey>, Task<IReadOnlyDictionary<TKey, TValue>>> look)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private Batch? _next;
    private bool _isLooking;

    /// <returns>null where the key has no value</returns>
    public async Task<TValue?> FindAsync(TKey key, CancellationToken cancellationToken)
    {
        Batch mine;
        var starts = false;
        lock (_gate)
        {
            mine = _next ??= new Batch();
            mine.Keys.Add(key);
            if (!_isLooking)
                (_isLooking, starts, _next) = (true, true, null);
        }
        // The look serves others, too: it does not end when this request is given up.
        if (starts)
            _ = WorkAsync(mine);
        return (await mine.Values.Task.WaitAsync(cancellationToken)).GetValueOrDefault(key);
    }

    private async Task WorkAsync(Batch? now)
    {
        while (now is not null)
        {
            try
            {
                now.Values.SetResult(await look(now.Keys));
            }
            catch (Exception e)
            {
                now.Values.SetException(e);
            }
            lock (_gate)
            {
                (now, _next) = (_next, null);
                _isLooking = now is not null;
            }
        }
    }

    private sealed class Batch
    {
        public HashSet<TKey> Keys { get; } = [];

        public TaskCompletionSource<IReadOnlyDictionary<TKey, TValue>> Values { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
