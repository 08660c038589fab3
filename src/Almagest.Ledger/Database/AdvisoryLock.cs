using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>
/// A session lock of the database, and the connection that holds it. Released explicitly: a connection that goes back to the
/// pool keeps its session, and with it the lock, until it is used again. A process that dies loses both.
/// </summary>
public sealed class AdvisoryLock : IAsyncDisposable
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(500);

    private readonly long _key;

    private AdvisoryLock(NpgsqlConnection connection, long key)
    {
        Connection = connection;
        _key = key;
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>
    /// Waits until the lock is free, without a connection: sixty that wait in the database would leave none for those who only read.
    /// </summary>
    /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
    public static async Task<AdvisoryLock> TakeAsync(LedgerDatabase ledger, long key, CancellationToken cancellationToken)
    {
        for (var wait = s_firstWait; ; wait = wait * 2 < s_longestWait ? wait * 2 : s_longestWait)
        {
            if (await TryTakeAsync(ledger, key, cancellationToken) is { } taken)
                return taken;
            await Task.Delay(wait, cancellationToken);
        }
    }

    /// <summary>Takes the lock only if it is free now.</summary>
    /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
    public static Task<AdvisoryLock?> TryTakeAsync(LedgerDatabase ledger, long key, CancellationToken cancellationToken) =>
        DatabaseBoundary.AskAsync(async () =>
        {
            var connection = await ledger.ConnectAsync(cancellationToken);
            try
            {
                await using var take = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection)
                {
                    Parameters = { new() { Value = key } },
                };
                if ((bool)(await take.ExecuteScalarAsync(cancellationToken))!)
                    return new AdvisoryLock(connection, key);
            }
            catch
            {
                // Cancelled, it may have got the lock all the same: the session ends instead of going back to the pool.
                NpgsqlConnection.ClearPool(connection);
                await connection.DisposeAsync();
                throw;
            }
            await connection.DisposeAsync();
            return null;
        });

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
