using System.Diagnostics;
using Npgsql;

namespace Almagest.Postgres;

/// <summary>
/// Starts and stops the server of one place and asks whether it answers. The caller holds the control lock.
/// </summary>
internal sealed class Postmaster(ServerLocation place, ServerAccount account, EmbeddedServerOptions options)
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_slowPollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patienceWithLeftovers = TimeSpan.FromSeconds(2);

    // $1 postgres, $2 its socket directory; the changed almagest.conf, or nothing, on stdin. In a session of its own
    // a Ctrl-C at the terminal does not reach the server. The log begins anew: a long one is never read.
    private const string StartScript = """
        set -eu
        umask 077
        mkdir -p log run
        if [ "$2" != ../run ] && [ ! -d "$2" ]; then mkdir -m 700 -- "$2"; fi
        cat >almagest.conf.new
        if [ -s almagest.conf.new ]; then mv almagest.conf.new data/almagest.conf; else rm -f almagest.conf.new; fi
        exec setsid "$1" -D data -k "$2" </dev/null >start.log 2>&1
        """;

    private enum State
    {
        Down,
        Busy,
        WithoutDatabase,
        WithoutOwner,
        Up,
    }

    public string ConnectionString { get; } = Connection(place, "almagest", OwnerRole.Name);

    /// <summary>Makes sure that the server answers and that the database is there.</summary>
    /// <returns>Whether it had to be started.</returns>
    public async Task<bool> EnsureRunningAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var started = false;
        Process? process = null;
        var log = ServerLog.FromNow(place);
        try
        {
            while (true)
            {
                var state = await ProbeAsync(cancellationToken).ConfigureAwait(false);
                if (state == State.Up)
                    return started;
                if (state is State.WithoutDatabase or State.WithoutOwner)
                {
                    await SetUpAsync(state == State.WithoutOwner, cancellationToken).ConfigureAwait(false);
                    return started;
                }

                if (process is { HasExited: true })
                    throw await ExplainAsync(process, log, cancellationToken).ConfigureAwait(false);
                if (process is null && state == State.Down)
                {
                    if (LiveServer() is null && await ClearLeftoversAsync(clock, cancellationToken).ConfigureAwait(false))
                    {
                        process = await StartAsync(cancellationToken).ConfigureAwait(false);
                        started = true;
                    }
                    else if (clock.Elapsed > TimeSpan.FromSeconds(5) && LiveServer() is { Status: "ready" })
                    {
                        // It runs, but its socket is gone: something has swept /tmp.
                        await StopAsync(cancellationToken).ConfigureAwait(false);
                    }
                }

                if (LiveServer() is { Status: "stopping" })
                    await StopAsync(cancellationToken).ConfigureAwait(false);
                if (clock.Elapsed > options.StartTimeout)
                    throw TimedOut(log);
                await WaitAsync(process, clock.Elapsed.TotalSeconds < 2 ? s_pollInterval : s_slowPollInterval, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (PostgresServerException) when (process is { HasExited: false } && clock.Elapsed < options.StartTimeout)
        {
            // Nobody will have a lease on it. (One that is late goes on with its recovery.)
            await AbandonAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            process?.Dispose();
        }
    }

    // Why it did not start is what the user must read: that such a server cannot be stopped properly, either, says less.
    private async Task AbandonAsync()
    {
        foreach (var immediately in new[] { false, true })
        {
            try
            {
                await StopAsync(CancellationToken.None, immediately, seconds: 5).ConfigureAwait(false);
                return;
            }
            catch (PostgresServerException) { }
        }
    }

    /// <summary>Ends all sessions and the server, with a checkpoint. Does nothing where none runs.</summary>
    /// <param name="seconds">how long it may take</param>
    public async Task StopAsync(CancellationToken cancellationToken, bool immediately = false, int seconds = 120)
    {
        // pg_ctl would signal whatever process has the number in a stale file.
        if (LiveServer() is null || FindBinaries() is not { } binaries)
            return;
        var command = account.Command(
            binaries.PgCtl,
            "stop",
            "-D",
            "data",
            "-m",
            immediately ? "immediate" : "fast",
            "-w",
            "-t",
            seconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "-s"
        );
        var result = await HostProcess.RunAsync(command, place.Directory, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded && LiveServer() is not null)
            throw StartFailure.Explain($"Cannot stop the database in {place.Directory}", result.Text, place);
    }

    /// <summary>Whether its main process lives.</summary>
    public bool IsRunning => LiveServer() is not null;

    public PostgresBinaries? FindBinaries()
    {
        try
        {
            var version = File.ReadAllText(Path.Combine(place.Data, "PG_VERSION")).Trim();
            return PostgresBinaries.Find(options.BinaryDirectory, int.Parse(version, System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is IOException or FormatException)
        {
            throw StartFailure.Explain(
                $"Cannot start the database in {place.Directory}",
                $"{place.Data}/PG_VERSION: not a valid data directory",
                place
            );
        }
    }

    private PostmasterFile? LiveServer() => PostmasterFile.Read(place.Data) is { } file && file.IsServerOf(place.Data) ? file : null;

    private async Task<State> ProbeAsync(CancellationToken cancellationToken)
    {
        if (!place.CheckSocketDirectory() || !File.Exists(place.Socket))
            return State.Down;
        try
        {
            await using var connection = new NpgsqlConnection(WithoutPool(ConnectionString));
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return State.Up;
        }
        catch (PostgresException error)
        {
            return error.SqlState switch
            {
                PostgresErrorCodes.CannotConnectNow => State.Busy,
                PostgresErrorCodes.InvalidCatalogName => State.WithoutDatabase,
                // All connections are taken: it runs.
                PostgresErrorCodes.TooManyConnections => State.Up,
                // Made by a program that knew no owner beside the administrator; whether we are admitted as that one will be seen.
                PostgresErrorCodes.InvalidAuthorizationSpecification => State.WithoutOwner,
                _ => throw StartFailure.Explain(
                    $"The database in {place.Directory} refuses connections",
                    $" {error.SqlState} {error.MessageText}",
                    place
                ),
            };
        }
        catch (NpgsqlException)
        {
            // Nobody listens: a socket of a server that crashed. Or it was shut down just while we asked.
            return State.Down;
        }
    }

    private async Task<Process> StartAsync(CancellationToken cancellationToken)
    {
        var binaries = FindBinaries() ?? throw WrongVersion();
        var socket = place.HasShortSocketDirectory ? place.SocketDirectory : "../run";
        var settings = ServerConfiguration.Write(options.Durable);
        var path = Path.Combine(place.Data, ServerConfiguration.FileName);
        var current = File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false) : null;

        var process = HostProcess.Start(
            account.Command("/bin/sh", "-c", StartScript, "almagest-start", binaries.Postgres, socket),
            place.Directory
        );
        await HostProcess.WriteInputAsync(process, settings == current ? null : settings).ConfigureAwait(false);
        return process;
    }

    /// <summary>
    /// Prepares for a start after a crash: false while processes of the crashed server are still ending.
    /// </summary>
    private async Task<bool> ClearLeftoversAsync(Stopwatch clock, CancellationToken cancellationToken)
    {
        if (PostmasterFile.Read(place.Data) is not { } stale)
        {
            await RemoveAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        var servers = PostmasterFile.ServersOf(place.Data);
        if (servers.Count > 0)
        {
            // They notice by themselves that their main process is gone, unless a long query keeps them busy. Whatever
            // they were doing is lost already; SIGQUIT ends them where they are.
            if (clock.Elapsed > s_patienceWithLeftovers)
            {
                string[] numbers = [.. servers.Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))];
                await HostProcess
                    .RunAsync(
                        account.Command(["/bin/sh", "-c", "kill -QUIT \"$@\"", "almagest-quit", .. numbers]),
                        cancellationToken: cancellationToken
                    )
                    .ConfigureAwait(false);
            }

            if (clock.Elapsed > options.StartTimeout)
            {
                throw new PostgresServerException(
                    $"Processes of a crashed PostgreSQL still work in {place.Data}: {string.Join(", ", servers)}.",
                    $"End them (kill -QUIT {string.Join(' ', servers)}) and try again."
                );
            }

            return false;
        }

        // PostgreSQL takes away the file of a process that is gone, but refuses to start while another program has its
        // number. Nobody works in the directory, and the control lock keeps it so.
        if (stale.IsSomeProcess)
            options.Progress?.Invoke("Removing the postmaster.pid that a crash left behind…");
        await RemoveAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>The lock file of the socket holds the same number as postmaster.pid and would stop a start just as well.</summary>
    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        string[] leftovers = [.. new[] { PostmasterFile.PathIn(place.Data), place.Socket, place.Socket + ".lock" }.Where(Path.Exists)];
        if (leftovers.Length > 0)
            await HostProcess
                .RunAsync(account.Command(["rm", "-f", "--", .. leftovers]), place.Directory, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
    }

    // $1 lines for the start of pg_hba.conf, $2 lines for pg_ident.conf, $3 pg_ctl. What is there stays: it may be the user's own.
    private const string AdmitScript = """
        set -eu
        umask 077
        { printf '%s' "$1"; cat data/pg_hba.conf; } >hba.new
        { printf '%s' "$2"; cat data/pg_ident.conf; } >ident.new
        mv ident.new data/pg_ident.conf
        mv hba.new data/pg_hba.conf
        "$3" reload -D data -s
        """;

    /// <summary>Makes the database and the role that owns it, and hands over what an older program made.</summary>
    private async Task SetUpAsync(bool admit, CancellationToken cancellationToken)
    {
        try
        {
            await OwnerRole.SetUpAsync(ConnectAsync, cancellationToken).ConfigureAwait(false);
            if (admit && !await IsUpAsync(cancellationToken).ConfigureAwait(false))
            {
                options.Progress?.Invoke("Giving the database an owner that does not administer the server…");
                await AdmitOwnerAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            throw new PostgresServerException(
                $"The database in {place.Directory} does not admit the user {Environment.UserName}: {error.MessageText}.",
                "Run as the user who made it, or set ALMAGEST_HOME to a directory of your own.",
                error
            );
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.DiskFull)
        {
            throw new PostgresServerException(
                $"Cannot create the database in {place.Directory}: the disk is full.",
                PathFailure.DiskFullHint,
                error
            );
        }

        async Task<NpgsqlConnection> ConnectAsync(string database)
        {
            var connection = new NpgsqlConnection(WithoutPool(Connection(place, database, OwnerRole.Administrator)));
            try
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                return connection;
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private async Task AdmitOwnerAsync(CancellationToken cancellationToken)
    {
        var command = account.Command(
            "/bin/sh",
            "-c",
            AdmitScript,
            "almagest-admit",
            $"local all {OwnerRole.Name} peer map=almagest\n",
            ServerConfiguration.MapOf(account, OwnerRole.Name),
            (FindBinaries() ?? throw WrongVersion()).PgCtl
        );
        var result = await HostProcess.RunAsync(command, place.Directory, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw StartFailure.Explain($"Cannot admit the owner of the database in {place.Directory}", result.Text, place);
        // The server reads them again a moment later.
        for (var tries = 0; tries < 100; tries++)
        {
            if (await IsUpAsync(cancellationToken).ConfigureAwait(false))
                return;
            await Task.Delay(s_slowPollInterval, cancellationToken).ConfigureAwait(false);
        }
        throw new PostgresServerException(
            $"The database in {place.Directory} does not admit its owner, the role {OwnerRole.Name}.",
            $"Let {place.Data}/pg_hba.conf begin with: local all {OwnerRole.Name} peer map=almagest"
        );
    }

    private async Task<bool> IsUpAsync(CancellationToken cancellationToken) =>
        await ProbeAsync(cancellationToken).ConfigureAwait(false) == State.Up;

    private static async Task WaitAsync(Process? process, TimeSpan interval, CancellationToken cancellationToken)
    {
        if (process is null)
        {
            await Task.Delay(interval, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Wakes early when the server ends.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(interval);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { }
    }

    private async Task<PostgresServerException> ExplainAsync(Process process, ServerLog log, CancellationToken cancellationToken)
    {
        var printed = await process.StandardError.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        // The process that writes the log ends a moment after the server.
        await Task.Delay(100, cancellationToken).ConfigureAwait(false);
        return StartFailure.Explain($"Cannot start the database in {place.Directory}", $"{printed}\n{log.Read()}", place);
    }

    private PostgresServerException TimedOut(ServerLog log) =>
        new(
            $"The database in {place.Directory} does not answer after {options.StartTimeout.TotalSeconds:0} seconds.\n"
                + StartFailure.LastLines(log.Read()),
            "After a power cut it may still be replaying its log: it goes on in the background, so try again in a minute. "
                + $"Otherwise look into {place.Logs}."
        );

    private PostgresServerException WrongVersion()
    {
        var version = File.ReadAllText(Path.Combine(place.Data, "PG_VERSION")).Trim();
        var found = PostgresBinaries.FindAll().Select(binaries => $"{binaries.MajorVersion} ({binaries.Directory})").Distinct().ToList();
        return new PostgresServerException(
            $"The database in {place.Directory} was written by PostgreSQL {version}, which is not on this machine; found: "
                + $"{(found.Count > 0 ? string.Join(", ", found) : "none")}.",
            $"Install it (sudo apt-get install -y postgresql-{version}; packages of every version are at apt.postgresql.org) or set "
                + $"ALMAGEST_PG_BIN to its programs. With both versions installed, pg_upgrade converts the data."
        );
    }

    private static string Connection(ServerLocation place, string database, string role) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = place.SocketDirectory,
            Port = 5432,
            Username = role,
            Database = database,
            SslMode = SslMode.Disable,
            ApplicationName = "almagest",
            // Several programs share the server's hundred connections.
            MaxPoolSize = 40,
            IncludeErrorDetail = true,
        }.ConnectionString;

    private string WithoutPool(string connection) =>
        new NpgsqlConnectionStringBuilder(connection)
        {
            Pooling = false,
            Timeout = (int)Math.Clamp(Math.Ceiling(options.StartTimeout.TotalSeconds), 1, 15),
        }.ConnectionString;
}
