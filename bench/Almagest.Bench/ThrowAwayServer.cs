using Almagest.Postgres;
using Npgsql;

namespace Almagest.Bench;

/// <summary>The PostgreSQL that a suite measures on: the one that <c>--server</c> names, else a private cluster, gone afterwards.</summary>
internal sealed class ThrowAwayServer : IAsyncDisposable
{
    private readonly ServerLease? _lease;
    private readonly EmbeddedServerOptions? _options;

    private ThrowAwayServer(string connection, ServerLease? lease, EmbeddedServerOptions? options)
    {
        Connection = connection;
        this._lease = lease;
        this._options = options;
    }

    public string Connection { get; }

    /// <summary>Whether its settings are PostgreSQL's own of a small private cluster, and not a server's that somebody tuned.</summary>
    public bool IsPrivate => _lease is not null;

    public static async Task<ThrowAwayServer> StartAsync(string? named)
    {
        if (named is not null)
            return new ThrowAwayServer(named, null, null);
        var options = new EmbeddedServerOptions
        {
            Home = Directory.CreateTempSubdirectory("almagest-bench-").FullName,
            Progress = Console.Error.WriteLine,
        };
        var lease = await EmbeddedServer.StartAsync(options);
        // Suites make databases of their own, as the ledger's owner may not.
        var administrator = new NpgsqlConnectionStringBuilder(lease.ConnectionString) { Username = "almagest" };
        return new ThrowAwayServer(administrator.ConnectionString, lease, options);
    }

    public async ValueTask DisposeAsync()
    {
        if (_lease is null)
            return;
        await _lease.DisposeAsync();
        await EmbeddedServer.DestroyAsync(_options!);
        if (Directory.Exists(_options!.Home))
            Directory.Delete(_options.Home, true);
    }
}
