using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Almagest.Postgres;
using Npgsql;

namespace Almagest.Testing;

/// <summary>A PostgreSQL and a standby that follows it by streaming replication, on loopback, with an empty database.</summary>
public sealed class StandbyPair : IAsyncDisposable
{
    private const string User = "almagest";
    private const string Database = "ledger";

    private readonly TestFolder _folder;
    private readonly ServerAccount _account;
    private readonly string _programs;
    private readonly int[] _ports = [FreePort(), FreePort()];

    private StandbyPair(TestFolder folder, ServerAccount account, string programs) =>
        (_folder, _account, _programs) = (folder, account, programs);

    /// <summary>To the server that takes changes at first.</summary>
    public string Primary => Connection($"127.0.0.1:{_ports[0]}");

    /// <summary>To the one that follows it.</summary>
    public string Standby => Connection($"127.0.0.1:{_ports[1]}");

    /// <summary>To whichever of the two takes changes.</summary>
    public string Either => Connection($"127.0.0.1:{_ports[0]},127.0.0.1:{_ports[1]}");

    /// <returns>null where PostgreSQL's pg_basebackup is not installed</returns>
    public static async Task<StandbyPair?> CreateAsync(CancellationToken cancellationToken)
    {
        if (PostgresBinaries.Find() is not { } binaries || Programs(binaries) is not { } programs)
            return null;
        var folder = TestFolder.Create("standby");
        var account = ServerAccount.OfOwner(Native.Stat(folder.Path)!.Value);
        var pair = new StandbyPair(folder, account, programs);
        try
        {
            await pair.StartAsync(cancellationToken);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first server ends as in a crash, and never comes back.</summary>
    public Task CrashAsync(CancellationToken cancellationToken) =>
        RunAsync(["pg_ctl", "-D", Data(0), "-m", "immediate", "-w", "stop"], cancellationToken);

    /// <summary>The second server takes changes from now on.</summary>
    public Task PromoteAsync(CancellationToken cancellationToken) =>
        RunAsync(["pg_ctl", "-D", Data(1), "-w", "promote"], cancellationToken);

    /// <summary>The second server is away, until it is started again.</summary>
    public Task StopStandbyAsync(CancellationToken cancellationToken) =>
        RunAsync(["pg_ctl", "-D", Data(1), "-m", "fast", "-w", "stop"], cancellationToken);

    /// <inheritdoc cref="StopStandbyAsync"/>
    public Task StartStandbyAsync(CancellationToken cancellationToken) => ServeAsync(1, cancellationToken);

    /// <summary>What the first server sends is received by the second, and not replayed until that is resumed.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) => AskStandbyAsync("select pg_wal_replay_pause()", cancellationToken);

    /// <inheritdoc cref="PauseAsync"/>
    public Task ResumeAsync(CancellationToken cancellationToken) => AskStandbyAsync("select pg_wal_replay_resume()", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        for (var i = 1; i >= 0; i--)
            if (Directory.Exists(Data(i)))
                await HostProcess.RunAsync(Command(["pg_ctl", "-D", Data(i), "-m", "immediate", "-w", "stop"]));
        _folder.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < 2; i++)
        {
            // The account's own, as PostgreSQL asks for.
            if (!OperatingSystem.IsWindows())
                Directory.CreateDirectory(Data(i), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (_account.IsOther && Native.ChangeOwner(Data(i), _account.UserId, _account.GroupId) != 0)
                throw new InvalidOperationException($"{Data(i)} cannot be given to {_account.Name}");
        }
        await RunAsync(
            ["initdb", "-D", Data(0), "-U", User, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
            cancellationToken
        );
        await ServeAsync(0, cancellationToken);
        await using (var connection = new NpgsqlConnection(Primary.Replace(Database, "postgres", StringComparison.Ordinal)))
        {
            await connection.OpenAsync(cancellationToken);
            await using var create = new NpgsqlCommand($"create database {Database}", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        await RunAsync(
            [
                "pg_basebackup",
                "-h",
                "127.0.0.1",
                "-p",
                _ports[0].ToString(CultureInfo.InvariantCulture),
                "-U",
                User,
                "-D",
                Data(1),
                "-R",
                "-X",
                "stream",
                "-c",
                "fast",
                "--no-sync",
            ],
            cancellationToken
        );
        await ServeAsync(1, cancellationToken);
    }

    // Started with a log of its own: a server that kept this program's output open would be waited for.
    private Task ServeAsync(int i, CancellationToken cancellationToken) =>
        RunAsync(
            [
                "pg_ctl",
                "-D",
                Data(i),
                "-l",
                Path.Combine(Data(i), "server.log"),
                "-o",
                $"-p {_ports[i]} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c wal_level=replica -c max_wal_senders=4 "
                    + "-c hot_standby=on -c fsync=off",
                "-w",
                "start",
            ],
            cancellationToken
        );

    private async Task AskStandbyAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Standby + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var result = await HostProcess.RunAsync(Command(command), cancellationToken: cancellationToken);
        if (!result.Succeeded)
            throw new InvalidOperationException($"{string.Join(' ', command)}: {result.Text}");
    }

    private IReadOnlyList<string> Command(IReadOnlyList<string> command) =>
        _account.Command([Path.Combine(_programs, command[0]), .. command.Skip(1)]);

    private string Data(int i) => Path.Combine(_folder.Path, i == 0 ? "primary" : "second");

    // Where the server's programs are links, the one that copies a server is where they lead.
    private static string? Programs(PostgresBinaries binaries) =>
        new[] { binaries.InitDb, new FileInfo(binaries.InitDb).ResolveLinkTarget(returnFinalTarget: true)?.FullName }
            .OfType<string>()
            .Select(p => Path.GetDirectoryName(p)!)
            .FirstOrDefault(d => File.Exists(Path.Combine(d, "pg_basebackup")));

    private static string Connection(string host) => $"Host={host};Database={Database};Username={User}";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
