using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>
/// A session lock of the database, and the connection that holds it. Released explicitly: a connection that goes back to the
/// pool keeps its session, and with it the lock, until it is used again. A process that dies loses both.
/// </summary>
public sealed class AdvisoryLock : IAsyncDisposable
{
    private readonly long _key;

    private AdvisoryLock(NpgsqlConnection connection, long key)
    {
        Connection = connection;
        _key = key;
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>Waits until the lock is free.</summary>
    public static Task<AdvisoryLock> TakeAsync(LedgerDatabase ledger, long key, CancellationToken cancellationToken) =>
        DatabaseBoundary.AskAsync(() => WaitAsync(ledger, key, cancellationToken));

    private static async Task<AdvisoryLock> WaitAsync(LedgerDatabase ledger, long key, CancellationToken cancellationToken)
    {
        var connection = await ledger.ConnectAsync(cancellationToken);
        try
        {
            await using var take = new NpgsqlCommand("select pg_advisory_lock($1)", connection)
            {
                Parameters = { new() { Value = key } },
                CommandTimeout = 0,
            };
            await take.ExecuteNonQueryAsync(cancellationToken);
            return new AdvisoryLock(connection, key);
        }
        catch
        {
            // A cancelled wait may have got the lock all the same: end the session instead of keeping it in the pool.
            NpgsqlConnection.ClearPool(connection);
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes the lock only if it is free now.</summary>
    public static async Task<AdvisoryLock?> TryTakeAsync(LedgerDatabase ledger, long key, CancellationToken cancellationToken)
    {
        var connection = await ledger.ConnectAsync(cancellationToken);
        await using var take = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = key } } };
        if ((bool)(await take.ExecuteScalarAsync(cancellationToken))!)
            return new AdvisoryLock(connection, key);
        await connection.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await using var release = new NpgsqlCommand("select pg_advisory_unlock($1)", Connection)
            {
                Parameters = { new() { Value = _key } },
            };
            await release.ExecuteNonQueryAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The session is gone, and the lock with it.
        }
        await Connection.DisposeAsync();
    }
}
