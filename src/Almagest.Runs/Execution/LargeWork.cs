using Almagest.Contract.Errors;

namespace Almagest.Runs.Execution;

/// <summary>
/// Places for work that has whole tables in memory while somebody waits for its answer. A program does as much of it at once as it has
/// places; others wait for their turn, so that many who ask at once cost no more memory than those few. Thread-safe.
/// </summary>
internal sealed class LargeWork(int places) : IDisposable
{
    /// <summary>Answers that are computed from whole tables: seconds for a million stars.</summary>
    public static LargeWork Answers { get; } = new(2);

    /// <summary>Trials, each of which is many runs of a detector.</summary>
    public static LargeWork Trials { get; } = new(1);

    // Beyond this a client had better come back than hold a connection.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _free = new(places);

    /// <returns>a place, to be disposed of when its tables are not needed any more</returns>
    /// <exception cref="LedgerException">none became free</exception>
    public async Task<IDisposable> TakeAsync(CancellationToken cancellationToken)
    {
        if (!await _free.WaitAsync(s_patience, cancellationToken))
            throw LedgerException.Of(
                ErrorCode.ServerBusy,
                $"{places} {(places == 1 ? "answer" : "answers")} of this size {(places == 1 ? "is" : "are")} being computed, as many as "
                    + "are at once",
                "Try again in a moment."
            );
        return new Place(_free);
    }

    public void Dispose() => _free.Dispose();

    private sealed class Place(SemaphoreSlim free) : IDisposable
    {
        private SemaphoreSlim? _held = free;

        public void Dispose() => Interlocked.Exchange(ref _held, null)?.Release();
    }
}
