using Npgsql;

namespace Almagest.Postgres;

/// <summary>What a caller may want to show or use of a running server.</summary>
/// <param name="Home">The directory that <c>ALMAGEST_HOME</c> names.</param>
/// <param name="DataDirectory">PostgreSQL's data directory.</param>
/// <param name="SocketDirectory">What <c>psql -h</c> takes; the user and the database are both <c>almagest</c>.</param>
/// <param name="LogDirectory">PostgreSQL's log, one file for each day of the week.</param>
/// <param name="Account">The operating-system account that the server runs under.</param>
/// <param name="Created">Whether this lease found no server and made one.</param>
/// <param name="Started">Whether this lease found no server running and started it.</param>
public sealed record EmbeddedServerSettings(
    string Home, string DataDirectory, string SocketDirectory, string LogDirectory, string Account, bool Created, bool Started);

/// <summary>
/// Keeps the embedded server running. The last lease to be disposed, of any process, stops the server; a lease ends
/// with its process in any case. Thread-safe.
/// </summary>
public sealed class ServerLease : IAsyncDisposable
{
    readonly ServerPlace place;
    readonly Postmaster postmaster;
    readonly EmbeddedServerOptions options;
    readonly FileLock lease;
    readonly EventHandler atExit;
    int disposed;

    internal ServerLease(
        ServerPlace place, Postmaster postmaster, EmbeddedServerOptions options, FileLock lease, EmbeddedServerSettings settings)
    {
        this.place = place;
        this.postmaster = postmaster;
        this.options = options;
        this.lease = lease;
        Settings = settings;

        // SIGTERM and Environment.Exit do not run the callers' disposals.
        atExit = (_, _) => DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(20));
        AppDomain.CurrentDomain.ProcessExit += atExit;
    }

    /// <summary>For Npgsql: the database <c>almagest</c>, over a Unix socket that only this user and root can reach.</summary>
    public string ConnectionString => postmaster.ConnectionString;

    public EmbeddedServerSettings Settings { get; }

    /// <summary>Starts the server again if it has crashed or was killed; long-lived programs call it when connections fail.</summary>
    /// <returns>Whether it had to be started.</returns>
    /// <exception cref="PostgresServerException">It does not start.</exception>
    public async Task<bool> EnsureRunningAsync(CancellationToken cancel = default)
    {
        ObjectDisposedException.ThrowIf(disposed != 0, this);
        using var control = await EmbeddedServer.TakeControlAsync(place.Home, place.HomeFacts, options, cancel).ConfigureAwait(false);
        return await postmaster.EnsureRunningAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Gives the lease back and, if it was the last, stops the server. Dispose data sources and connections first. Does not
    /// throw: a server that does not stop is reported as progress and found again by the next lease.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        try
        {
            AppDomain.CurrentDomain.ProcessExit -= atExit;
            // Destroyed under us: nothing to stop.
            if (!Directory.Exists(place.Home))
                return;
            using var control = await EmbeddedServer.TakeControlAsync(place.Home, place.HomeFacts, options, CancellationToken.None).ConfigureAwait(false);
            if (lease.TryMakeExclusive())
            {
                using (var pooled = new NpgsqlConnection(ConnectionString))
                    NpgsqlConnection.ClearPool(pooled);
                await postmaster.StopAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (PostgresServerException error)
        {
            options.Progress?.Invoke($"{error.Message} {error.Remedy}");
        }
        finally
        {
            lease.Dispose();
        }
    }
}
