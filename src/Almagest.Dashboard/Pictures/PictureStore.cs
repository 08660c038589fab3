using System.Collections.Concurrent;
using Almagest.Ledger.Database;
using Almagest.Ledger.Runs;
using Almagest.Ledger.Selections;

namespace Almagest.Dashboard.Pictures;

/// <summary>
/// What pictures are drawn from. Datasets and complete runs never change, so each is read once and kept, the least recently used are
/// dropped. Thread-safe.
/// </summary>
public sealed class PictureStore(LedgerDatabase ledger)
{
    const int Kept = 24;
    readonly ConcurrentDictionary<string, (Lazy<Task<object>> Value, long Used)> kept = new();
    long clock;

    /// <exception cref="Almagest.Ledger.LedgerException">the database has trouble</exception>
    public async Task<SelectionPicture> SelectionAsync(long datasetId, StarFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return (SelectionPicture)await GetAsync($"s{datasetId} {filter.ToJson()}", async () => SelectionPicture.Of(await new SelectionLoader(ledger).LoadAsync(datasetId, filter)));
    }

    /// <exception cref="Almagest.Ledger.LedgerException">no such run, or it has no scores</exception>
    public async Task<RunScores> ScoresAsync(Guid runId) => (RunScores)await GetAsync($"r{runId}", async () => await RunScores.ReadAsync(ledger, runId));

    async Task<object> GetAsync(string key, Func<Task<object>> make)
    {
        var now = Interlocked.Increment(ref clock);
        var entry = kept.AddOrUpdate(key, _ => (new Lazy<Task<object>>(() => Task.Run(make)), now), (_, old) => (old.Value, now));
        while (kept.Count > Kept) kept.TryRemove(kept.MinBy(k => k.Value.Used).Key, out _);
        try
        {
            return await entry.Value.Value;
        }
        catch
        {
            kept.TryRemove(key, out _);
            throw;
        }
    }
}
