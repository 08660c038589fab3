using Almagest.Ledger.Database;

namespace Almagest.Server.Operations;

/// <summary>
/// Connections apart for what must not wait for the rest, or keep it waiting: whether the server is ready, refreshes of views, and the
/// queries of virtual observatory clients. Everything else uses the ledger's own.
/// </summary>
internal sealed class DatabasePools(ServerOptions options) : IAsyncDisposable
{
    // A refresh works on two connections, and holds its lock on one of them; waiting for the lock takes one for a moment.
    private const int OfRefresh = 4;
    private const int OfHealth = 2;

    // Somewhat more than are answered at once: what may be named is read as well.
    private const int OfQueries = 15;

    public LedgerDatabase Health { get; } = options.Ledger.WithConnections(OfHealth);

    public LedgerDatabase Refresh { get; } = options.Ledger.WithConnections(OfRefresh);

    public LedgerDatabase Queries { get; } = options.Reading.WithConnections(OfQueries);

    public async ValueTask DisposeAsync()
    {
        await Health.DisposeAsync();
        await Refresh.DisposeAsync();
        await Queries.DisposeAsync();
    }
}
