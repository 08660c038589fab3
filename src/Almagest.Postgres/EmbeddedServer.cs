namespace Almagest.Postgres;

/// <summary>
/// The private PostgreSQL server of one home: created, started, shared and stopped by the programs that use it.
/// </summary>
/// <remarks>
/// Two lock files in the home arrange the sharing. <c>lease.lock</c> is held, shared, by everyone who uses the server;
/// <c>control.lock</c>, exclusively, by whoever starts or stops it. Both are locks of the kernel, which vanish with
/// their process. A server whose users were all killed is found by the next one, who uses it and stops it. Where it is to stay up for a
/// while, a <see cref="ServerKeeper"/> stops it under the same locks.
/// </remarks>
public static class EmbeddedServer
{
    // Of the data directory; a server reads some of them at its start alone.
    private static readonly string[] s_usersFiles = ["local.conf", "postgresql.conf", "pg_hba.conf", "pg_ident.conf"];

    /// <summary>
    /// Makes sure that the server of <see cref="EmbeddedServerOptions.Home"/> exists and runs, with its database
    /// <c>almagest</c>, installing PostgreSQL if there is none, and takes a lease on it.
    /// </summary>
    /// <exception cref="PostgresServerException">It cannot be done; the exception says why and what to do.</exception>
    public static async Task<ServerLease> StartAsync(EmbeddedServerOptions options, CancellationToken cancellationToken = default)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PostgresServerException("The embedded database works on Linux only.", "Use a PostgreSQL server of your own.")
            {
                Code = PostgresServerException.NotPossibleHere,
            };
        }

        var (home, facts) = ServerLocation.PrepareHome(options.Home);
        using var control = await TakeControlAsync(home, facts, options, cancellationToken).ConfigureAwait(false);
        if (!ServerLocation.IsChosen(home))
        {
            // Before the account is chosen: the package brings one.
            await FindOrInstallAsync(options, cancellationToken).ConfigureAwait(false);
        }

        var place = await ServerLocation.LocateAsync(home, facts, options, cancellationToken).ConfigureAwait(false);
        var account = place.Account();
        var create = !place.HasData;
        if (create)
        {
            var binaries = await FindOrInstallAsync(options, cancellationToken).ConfigureAwait(false);
            options.Progress?.Invoke($"Creating a PostgreSQL {binaries.MajorVersion} database in {place.Directory}…");
            await ServerCreation.CreateAsync(place, account, binaries, options.Durable, cancellationToken).ConfigureAwait(false);
        }

        var postmaster = new Postmaster(place, account, options);
        await StopForNewSettingsAsync(place, postmaster, facts, cancellationToken).ConfigureAwait(false);
        var started = await postmaster.EnsureRunningAsync(cancellationToken).ConfigureAwait(false);

        // Only a holder of the control lock, which is ours, takes this one exclusively.
        var lease =
            FileLock.TryTake(place.LeaseLock, exclusive: false, facts)
            ?? throw new PostgresServerException($"Another program holds {place.LeaseLock}.", $"Find it with: fuser {place.LeaseLock}");
        var keeper =
            options.KeepRunning > TimeSpan.Zero ? new ServerKeeper(place, account, postmaster.FindBinaries, options.KeepRunning) : null;
        keeper?.Extend();
        keeper?.Ensure();
        var settings = new EmbeddedServerSettings(home, place.Data, place.SocketDirectory, place.Logs, account.Name, create, started);
        return new ServerLease(place, postmaster, options, lease, keeper, settings);
    }

    /// <summary>A server that was kept running does not know what its user has written into its settings since.</summary>
    private static async Task StopForNewSettingsAsync(
        ServerLocation place,
        Postmaster postmaster,
        FileStatus facts,
        CancellationToken cancellationToken
    )
    {
        var since = File.GetLastWriteTimeUtc(PostmasterFile.PathIn(place.Data));
        if (
            !File.Exists(PostmasterFile.PathIn(place.Data))
            || !s_usersFiles.Any(name => File.GetLastWriteTimeUtc(Path.Combine(place.Data, name)) > since)
        )
            return;
        using var alone = FileLock.TryTake(place.LeaseLock, exclusive: true, facts);
        if (alone is not null)
            await postmaster.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops the server of a home if it runs and nobody uses it: one that was kept running for the next program.</summary>
    /// <returns>Whether it ran; null where somebody uses it, and it goes on.</returns>
    /// <exception cref="PostgresServerException">It does not stop.</exception>
    public static async Task<bool?> StopAsync(EmbeddedServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!Directory.Exists(options.Home) || !ServerLocation.IsChosen(options.Home))
            return false;
        var (home, facts) = ServerLocation.PrepareHome(options.Home);
        using var control = await TakeControlAsync(home, facts, options, cancellationToken).ConfigureAwait(false);
        var place = await ServerLocation.LocateAsync(home, facts, options, cancellationToken).ConfigureAwait(false);
        if (!place.HasData)
            return false;
        using var alone = FileLock.TryTake(place.LeaseLock, exclusive: true, facts);
        if (alone is null)
            return null;
        var postmaster = new Postmaster(place, place.Account(), options);
        var ran = postmaster.IsRunning;
        await postmaster.StopAsync(cancellationToken).ConfigureAwait(false);
        return ran;
    }

    /// <summary>Stops the server of a home, whoever uses it, and deletes all its data for good. The home itself stays.</summary>
    /// <exception cref="PostgresServerException">The server does not stop, or files cannot be deleted.</exception>
    public static async Task DestroyAsync(EmbeddedServerOptions options, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(options.Home) || !ServerLocation.IsChosen(options.Home))
            return;
        var (home, facts) = ServerLocation.PrepareHome(options.Home);
        using var control = await TakeControlAsync(home, facts, options, cancellationToken).ConfigureAwait(false);
        var place = await ServerLocation.LocateAsync(home, facts, options, cancellationToken).ConfigureAwait(false);
        if (place.HasData)
        {
            var postmaster = new Postmaster(place, place.Account(), options);
            await postmaster.StopAsync(cancellationToken, immediately: true).ConfigureAwait(false);
        }

        try
        {
            if (place.HasShortSocketDirectory && place.CheckSocketDirectory())
                Directory.Delete(place.SocketDirectory, recursive: true);
            Directory.Delete(place.Directory, recursive: true);
            File.Delete(Path.Combine(home, "location"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PathFailure.ToException(error, "delete", place.Directory);
        }
    }

    private static async Task<PostgresBinaries> FindOrInstallAsync(EmbeddedServerOptions options, CancellationToken cancellationToken) =>
        PostgresBinaries.Find(options.BinaryDirectory)
        ?? await PostgresInstaller.InstallAsync(options, cancellationToken).ConfigureAwait(false);

    internal static async Task<FileLock> TakeControlAsync(
        string home,
        FileStatus facts,
        EmbeddedServerOptions options,
        CancellationToken cancellationToken
    )
    {
        var path = Path.Combine(home, "control.lock");
        // The holder may be creating the server, or waiting for its recovery.
        var timeout = options.StartTimeout + TimeSpan.FromSeconds(120);
        return await FileLock
                .TakeAsync(
                    path,
                    exclusive: true,
                    facts,
                    timeout,
                    () => options.Progress?.Invoke("Waiting for another almagest, which is starting or stopping the database…"),
                    cancellationToken
                )
                .ConfigureAwait(false)
            ?? throw new PostgresServerException(
                $"Another almagest has been starting or stopping the database in {home} for more than {timeout.TotalSeconds:0} seconds.",
                $"See what it is doing: fuser -v {path}"
            );
    }
}
