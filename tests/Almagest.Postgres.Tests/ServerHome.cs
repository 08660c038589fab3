using System.Diagnostics;
using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Postgres.Tests;

/// <summary>A home for one test of the embedded server, destroyed with its server at the end.</summary>
internal sealed class ServerHome : IAsyncDisposable
{
    // Copying a server takes a tenth of the time of making one.
    private static readonly Lazy<Task<TestFolder>> s_pattern = new(MakePatternAsync);

    private readonly TestFolder _folder = TestFolder.Create("home");

    /// <param name="below">The name of the home in the test's folder.</param>
    /// <param name="durable">Whether the server's commits survive a crash.</param>
    public ServerHome(string below = "almagest", bool durable = false)
    {
        Options = new EmbeddedServerOptions
        {
            Home = Path.Combine(_folder.Path, below),
            Durable = durable,
            MayInstall = false,
            SystemDirectory = Path.Combine(_folder.Path, "system"),
            Progress = sentence => Progress.Add(sentence),
        };
    }

    public EmbeddedServerOptions Options { get; }

    public List<string> Progress { get; } = [];

    public string Folder => _folder.Path;

    public string Home => Options.Home;

    public string Server => Path.Combine(Home, "postgres");

    public string Data => Path.Combine(Server, "data");

    public string LeaseLock => Path.Combine(Home, "lease.lock");

    /// <summary>The server's main process, or null where none runs.</summary>
    public int? ServerProcess => PostmasterFile.Read(Data) is { } file && file.IsServerOf(Data) ? file.ProcessId : null;

    /// <summary>A home that has a server already, which is not running.</summary>
    public static async Task<ServerHome> WithServerAsync(bool durable = false)
    {
        var pattern = await s_pattern.Value;
        var home = new ServerHome(durable: durable);
        await HostProcess.RunAsync(["cp", "-a", Path.Combine(pattern.Path, "home"), home.Home]);
        return home;
    }

    public Task<ServerLease> StartAsync() => EmbeddedServer.StartAsync(Options, TestContext.Current.CancellationToken);

    /// <param name="keep">how long it stays up after its last user</param>
    public Task<ServerLease> StartAsync(TimeSpan keep) =>
        EmbeddedServer.StartAsync(Options with { KeepRunning = keep }, TestContext.Current.CancellationToken);

    /// <summary>The process that stops the server after a while, or null where there is none.</summary>
    public int? Keeper
    {
        get
        {
            foreach (var path in Directory.EnumerateDirectories("/proc"))
            {
                try
                {
                    if (
                        int.TryParse(Path.GetFileName(path), out var id)
                        && File.ReadAllText(Path.Combine(path, "cmdline")).Split('\0') is ["/bin/sh", _, _, "almagest-keeper", var of, ..]
                        && of == Home
                    )
                        return id;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // It has ended.
                }
            }
            return null;
        }
    }

    public async Task<PostgresServerException> FailAsync() => await Assert.ThrowsAsync<PostgresServerException>(StartAsync);

    /// <summary>Ends the server's main process as a crash does, and waits until it is gone.</summary>
    public async Task KillServerAsync()
    {
        var process = Process.GetProcessById(ServerProcess ?? throw new InvalidOperationException("No server runs."));
        process.Kill();
        await Eventually.HoldsAsync(() => !Directory.Exists($"/proc/{process.Id}/cwd"));
    }

    /// <summary>Runs a command as the account of the server's files.</summary>
    public async Task<string> AsAccountAsync(params string[] command)
    {
        var account = ServerAccount.OfOwner(Native.Stat(Server)!.Value);
        var result = await HostProcess.RunAsync(account.Command(command), Server);
        Assert.True(result.Succeeded, result.Text);
        return result.Output;
    }

    public static async Task<object?> AskAsync(ServerLease lease, string sql)
    {
        // Without a pool: a killed server leaves broken connections in it.
        await using var connection = new NpgsqlConnection(lease.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<TestFolder> MakePatternAsync()
    {
        var folder = TestFolder.Create("pattern");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        var options = new EmbeddedServerOptions
        {
            Home = Path.Combine(folder.Path, "home"),
            Durable = false,
            MayInstall = false,
        };
        await using (await EmbeddedServer.StartAsync(options))
            return folder;
    }

    public async ValueTask DisposeAsync()
    {
        // Whatever the test did to it, nothing must go on running.
        if (ServerProcess is not null || Directory.Exists(Home))
        {
            try
            {
                await EmbeddedServer.DestroyAsync(Options);
            }
            catch (PostgresServerException)
            {
                if (ServerProcess is not null)
                    await KillServerAsync();
            }
        }

        _folder.Dispose();
    }
}
