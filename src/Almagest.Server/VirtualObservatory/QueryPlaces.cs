namespace Almagest.Server.VirtualObservatory;

/// <summary>Who asks a query.</summary>
internal enum QueryKind
{
    /// <summary>Somebody who waits for the answer.</summary>
    Sync,

    /// <summary>A job, which nobody waits for.</summary>
    Job,

    /// <summary>A cone search.</summary>
    Cone,
}

/// <summary>
/// How many queries are answered at once, each kind by itself: long jobs keep neither cone searches nor those waiting who want an answer
/// now. Thread-safe.
/// </summary>
internal sealed class QueryPlaces : IDisposable
{
    private const int Sync = 4;
    private const int Jobs = 3;
    private const int Cones = 4;

    // Beyond this a client had better come back than hold a connection.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly Dictionary<QueryKind, SemaphoreSlim> _places = new()
    {
        [QueryKind.Sync] = new(Sync),
        [QueryKind.Job] = new(Jobs),
        [QueryKind.Cone] = new(Cones),
    };

    /// <summary>Waits for a place: a job for as long as it takes, others for a moment.</summary>
    /// <returns>to be disposed of when the query is over</returns>
    /// <exception cref="VoException">none became free</exception>
    public async Task<IDisposable> TakeAsync(QueryKind kind, CancellationToken cancellationToken)
    {
        var places = _places[kind];
        if (!await places.WaitAsync(kind == QueryKind.Job ? Timeout.InfiniteTimeSpan : s_patience, cancellationToken))
            throw new VoException(
                503,
                $"the server is answering as many {(kind == QueryKind.Cone ? "cone searches" : "queries")} as it does at once; "
                    + $"try again in a moment{(kind == QueryKind.Cone ? "" : ", or let a job at /async wait for its turn")}"
            );
        return new Place(places);
    }

    public void Dispose()
    {
        foreach (var places in _places.Values)
            places.Dispose();
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private SemaphoreSlim? _held = places;

        public void Dispose()
        {
            try
            {
                Interlocked.Exchange(ref _held, null)?.Release();
            }
            catch (ObjectDisposedException)
            {
                // The server has stopped.
            }
        }
    }
}
