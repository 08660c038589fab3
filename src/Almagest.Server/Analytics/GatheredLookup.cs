namespace Almagest.Server.Analytics;

/// <summary>
/// Many requests at once, one question to the database: while a look is under way, those who ask wait together for the next. Every
/// answer comes from a look that began after it was asked for, so that nobody is told what was true before. Thread-safe.
/// </summary>
/// <param name="look">reads the values of some different keys in one round trip; a key that it leaves out has no value</param>
internal sealed class GatheredLookup<TKey, TValue>(Func<IReadOnlyCollection<TKey>, Task<IReadOnlyDictionary<TKey, TValue>>> look)
    where TKey : notnull
{
    readonly Lock gate = new();
    Look? next;
    bool isLooking;

    /// <returns>null where the key has no value</returns>
    public async Task<TValue?> FindAsync(TKey key, CancellationToken cancellation)
    {
        Look mine;
        var starts = false;
        lock (gate)
        {
            mine = next ??= new Look();
            mine.Keys.Add(key);
            if (!isLooking) (isLooking, starts, next) = (true, true, null);
        }
        // The look serves others, too: it does not end when this request is given up.
        if (starts) _ = WorkAsync(mine);
        return (await mine.Values.Task.WaitAsync(cancellation)).GetValueOrDefault(key);
    }

    async Task WorkAsync(Look? now)
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
            lock (gate)
            {
                (now, next) = (next, null);
                isLooking = now is not null;
            }
        }
    }

    sealed class Look
    {
        public HashSet<TKey> Keys { get; } = [];

        public TaskCompletionSource<IReadOnlyDictionary<TKey, TValue>> Values { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
