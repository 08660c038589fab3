using Npgsql;

namespace Almagest.Postgres;

/// <summary>What a caller may want to show or use of a running server.</summary>
/// <param name="Home">The directory that <c>ALMAGEST_HOME</c> names.</param>
/// <param name="DataDirectory">PostgreSQL's data directory.</param>
/// <param name="SocketDirectory">What <c>psql -h</c> takes; the user is <c>almagest_owner</c>, the database <c>almagest</c>.</param>
/// <param name="LogDirectory">PostgreSQL's log, one file for each day of the week.</param>
/// <param name="Account">The operating-system account that the server runs under.</param>
/// <param name="Created">Whether this lease found no server and made one.</param>
/// <param name="Started">Whether this lease found no server running and started it.</param>
public sealed record EmbeddedServerSettings(
    string Home,
    string DataDirectory,
    string SocketDirectory,
    string LogDirectory,
    string Account,
    bool Created,
    bool Started
);

/// <summary>
/// Keeps the embedded server running. The last lease to be disposed, of any process, stops the server, or leaves that to a
/// <see cref="ServerKeeper"/>; a lease ends with its process in any case. Thread-safe.
/// </summary>
public sealed class ServerLease : IAsyncDisposable
{
    private readonly ServerLocation _place;
    private readonly Postmaster _postmaster;
    private readonly EmbeddedServerOptions _options;
    private readonly FileLock _lease;
    private readonly ServerKeeper? _keeper;
    private readonly EventHandler _atExit;
    private int _disposed;

    internal ServerLease(
        ServerLocation place,
        Postmaster postmaster,
        EmbeddedServerOptions options,
        FileLock lease,
        ServerKeeper? keeper,
        EmbeddedServerSettings settings
    )
    {
        _place = place;
        _postmaster = postmaster;
        _options = options;
        _lease = lease;
        _keeper = keeper;
        Settings = settings;

        // SIGTERM and Environment.Exit do not run the callers' disposals.
        _atExit = (_, _) => DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(20));
        AppDomain.CurrentDomain.ProcessExit += _atExit;
    }

    /// <summary>For Npgsql: the database <c>almagest</c>, over a Unix socket that only this user and root can reach.</summary>
    public string ConnectionString => _postmaster.ConnectionString;

    public EmbeddedServerSettings Settings { get; }

    /// <summary>Starts the server again if it has crashed or was killed; long-lived programs call it when connections fail.</summary>
    /// <returns>Whether it had to be started.</returns>
    /// <exception cref="PostgresServerException">It does not start.</exception>
    public async Task<bool> EnsureRunningAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        using var control = await EmbeddedServer
            .TakeControlAsync(_place.Home, _place.HomeFacts, _options, cancellationToken)
            .ConfigureAwait(false);
        return await _postmaster.EnsureRunningAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Gives the lease back and, if it was the last, stops the server, at once or after the time that the options name. Dispose data
    /// sources and connections first. Does not throw: a server that does not stop is reported as progress and found again by the next
    /// lease.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        try
        {
            AppDomain.CurrentDomain.ProcessExit -= _atExit;
            // Destroyed under us: nothing to stop.
            if (!Directory.Exists(_place.Home))
                return;
            if (_keeper is not null && await _keeper.IsThereAsync().ConfigureAwait(false))
            {
                _keeper.Extend();
                return;
            }
            using var control = await EmbeddedServer
                .TakeControlAsync(_place.Home, _place.HomeFacts, _options, CancellationToken.None)
                .ConfigureAwait(false);
            if (_lease.TryMakeExclusive())
            {
                using (var pooled = new NpgsqlConnection(ConnectionString))
                    NpgsqlConnection.ClearPool(pooled);
                await _postmaster.StopAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (PostgresServerException error)
        {
            _options.Progress?.Invoke($"{error.Message} {error.Remedy}");
        }
        finally
        {
            _lease.Dispose();
            _keeper?.Dispose();
        }
    }
}
