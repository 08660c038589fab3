using System.Globalization;
using System.Runtime.InteropServices;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Postgres;
using Npgsql;

namespace Almagest.Killing;

/// <summary>A PostgreSQL of its own, as users have it, whose processes are killed.</summary>
public sealed partial class KilledCluster : IAsyncDisposable
{
    private readonly EmbeddedServerOptions _options;
    private readonly ServerLease _lease;

    private KilledCluster(EmbeddedServerOptions options, ServerLease lease)
    {
        _options = options;
        _lease = lease;
        Ledger = new LedgerDatabase(Connection);
    }

    /// <summary>To the database of the ledger.</summary>
    public string Connection => new NpgsqlConnectionStringBuilder(_lease.ConnectionString) { MaxPoolSize = 20 }.ConnectionString;

    public LedgerDatabase Ledger { get; }

    /// <summary>Makes one in a folder. Durable: without, PostgreSQL may lose the last commits of all when it is killed.</summary>
    public static async Task<KilledCluster> CreateAsync(string folder, CancellationToken cancellationToken)
    {
        var options = new EmbeddedServerOptions { Home = folder, Durable = true };
        return new KilledCluster(options, await EmbeddedServer.StartAsync(options, cancellationToken));
    }

    /// <summary>kill -9 of the PostgreSQL process that a transaction is in; of any, where there is none. The server then restarts all
    /// sessions.</summary>
    public async Task KillBackendAsync(CancellationToken cancellationToken)
    {
        var pid = 0;
        await OnceAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() order by "
                        + "xact_start nulls last, state_change desc limit 1",
                    connection
                );
                pid = (int?)await command.ExecuteScalarAsync(cancellationToken) ?? 0;
            },
            cancellationToken
        );
        if (pid != 0)
            _ = Kill(pid, 9);
        await AnsweringAsync(cancellationToken);
    }

    /// <summary>kill -9 of PostgreSQL itself, and a start as after a crash.</summary>
    public async Task KillPostmasterAsync(CancellationToken cancellationToken)
    {
        var file = Directory.GetFiles(_options.Home, "postmaster.pid", SearchOption.AllDirectories).Single();
        var pid = int.Parse((await File.ReadAllLinesAsync(file, cancellationToken))[0], CultureInfo.InvariantCulture);
        if (Kill(pid, 9) != 0)
            throw new InvalidOperationException($"PostgreSQL's process {pid} cannot be killed");
        await AnsweringAsync(cancellationToken);
    }

    /// <summary>Waits until it answers, and starts it where it is down.</summary>
    public async Task AnsweringAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await _lease.EnsureRunningAsync(cancellationToken);
                await using var connection = await Ledger.ConnectAsync(cancellationToken);
                await using var command = new NpgsqlCommand("select 1", connection);
                await command.ExecuteScalarAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (tries < 300 && e is LedgerException or NpgsqlException or PostgresServerException)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    /// <summary>Asks; a connection of the pool may be one that was killed: then another is tried.</summary>
    public async Task OnceAsync(Func<NpgsqlConnection, Task> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var connection = await Ledger.ConnectAsync(cancellationToken);
                await work(connection);
                return;
            }
            catch (Exception e) when (tries < 50 && e is LedgerException or NpgsqlException)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    /// <summary>Resident bytes of PostgreSQL's processes that are theirs alone.</summary>
    public long Memory()
    {
        var file = Directory.GetFiles(_options.Home, "postmaster.pid", SearchOption.AllDirectories).Single();
        var postmaster = File.ReadLines(file).First();
        var bytes = 0L;
        foreach (var process in Directory.GetDirectories("/proc").Where(d => Path.GetFileName(d).All(char.IsAsciiDigit)))
        {
            try
            {
                var status = File.ReadLines(Path.Combine(process, "status")).ToList();
                if (status.Contains($"PPid:\t{postmaster}"))
                    bytes +=
                        long.Parse(
                            status
                                .First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal))
                                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                            CultureInfo.InvariantCulture
                        ) << 10;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                // It has ended.
            }
        }
        return bytes;
    }

    /// <summary>Asks as the administrator of the server, who makes databases.</summary>
    public async Task AsAdministratorAsync(Func<NpgsqlConnection, Task> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_lease.ConnectionString) { Username = "almagest", Pooling = false }.ConnectionString
        );
        await connection.OpenAsync(cancellationToken);
        await work(connection);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await _lease.DisposeAsync();
        await EmbeddedServer.DestroyAsync(_options);
    }
}
