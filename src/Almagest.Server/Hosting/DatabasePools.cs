using Almagest.Ledger.Database;

namespace Almagest.Server.Hosting;

/// <summary>
/// Connections apart for what must not wait for the rest, or keep it waiting: whether the server is ready, refreshes of views, and the
/// queries of virtual observatory clients. Everything else uses the ledger's own.
/// </summary>
internal sealed class DatabasePools(LedgerDatabase ledger) : IAsyncDisposable
{
    // A refresh works on two connections, and holds its lock on one of them; waiting for the lock takes one for a moment.
    private const int OfRefresh = 4;
    private const int OfHealth = 2;

    public LedgerDatabase Health { get; } = ledger.WithConnections(OfHealth);

    public LedgerDatabase Refresh { get; } = ledger.WithConnections(OfRefresh);

    /// <summary>One for each query that is answered at once, and some to read what may be named.</summary>
    public LedgerDatabase Queries { get; } = ledger.WithConnections(VirtualObservatory.QueryPlaces.All + 4);

    public async ValueTask DisposeAsync()
    {
        await Health.DisposeAsync();
        await Refresh.DisposeAsync();
        await Queries.DisposeAsync();
    }
}
