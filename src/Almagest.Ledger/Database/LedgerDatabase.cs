using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>One ledger: its connections, its context. Thread-safe; one per process and database.</summary>
public sealed class LedgerDatabase : ILedgerReader, IAsyncDisposable
{
    // What commands ask most often needs no Entity Framework.
    private readonly Lazy<DbContextOptions<LedgerContext>> _options;
    private readonly string _settings;
    private readonly TargetSessionAttributes _usual;
    private readonly IAsyncDisposable _owner;
    private readonly SemaphoreSlim _looking = new(1, 1);
    private (bool IsKnown, string? Directory) _files;

    /// <exception cref="LedgerException">the connection string is malformed</exception>
    public LedgerDatabase(string connectionString)
        : this(connectionString, TargetSessionAttributes.Primary) { }

    private LedgerDatabase(string connectionString, TargetSessionAttributes usual)
    {
        _usual = usual;
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "almagest" };
            // Dates of the ledger are UTC; sessions must agree on it.
            settings.Timezone = "UTC";
            _settings = settings.ConnectionString;
            (DataSource, _owner) = DatabaseHosts.Connect(settings, usual);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw LedgerException.Of(
                ErrorCode.UnreadableConnection,
                $"the database connection string cannot be read: {e.Message}",
                "Write it like 'Host=localhost;Database=almagest;Username=me'.",
                "database",
                e
            );
        }
        _options = new(() => LedgerContextOptions.For(DataSource));
    }

    /// <summary>The same ledger for questions alone: of several servers a standby is asked rather than the primary.</summary>
    /// <exception cref="LedgerException">the connection string is malformed</exception>
    public static LedgerDatabase ForReading(string connectionString) => new(connectionString, TargetSessionAttributes.PreferStandby);

    public NpgsqlDataSource DataSource { get; }

    /// <summary>Free space below which what writes much is refused, bytes (<see cref="DiskSpace"/>).</summary>
    public long ReservedBytes { get; init; } = DiskSpace.Reserve;

    /// <summary>The folder, on this machine, for results that are kept in files; null where nobody named one.</summary>
    public string? ResultsFolder { get; init; } = Environment.GetEnvironmentVariable(ResultsVariable);

    /// <summary>Environment variable that names it.</summary>
    public const string ResultsVariable = "ALMAGEST_RESULTS";

    /// <summary>How its tables lay when somebody asked last.</summary>
    internal KnownLayout? Layout { get; set; }

    /// <summary>Where the database's files are, if that is on this machine.</summary>
    internal async Task<string?> DataDirectoryAsync(CancellationToken cancellationToken)
    {
        if (_files.IsKnown)
            return _files.Directory;
        await _looking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_files.IsKnown)
                _files = (true, await AskAsync(c => DiskSpace.FindAsync(c, cancellationToken), cancellationToken).ConfigureAwait(false));
            return _files.Directory;
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>
    /// The same ledger through connections of its own, a few: what must answer while all others are taken, or must not take them all.
    /// The caller disposes of it.
    /// </summary>
    public LedgerDatabase WithConnections(int most) =>
        new(
            new NpgsqlConnectionStringBuilder(_settings)
            {
                MaxPoolSize = most,
                MinPoolSize = 0,
                // Mostly idle, and the database has only so many for all.
                ConnectionIdleLifetime = 15,
                ConnectionPruningInterval = 5,
            }.ConnectionString,
            _usual
        )
        {
            ReservedBytes = ReservedBytes,
            ResultsFolder = ResultsFolder,
        };

    /// <summary>A short-lived context; the caller disposes of it.</summary>
    public LedgerContext CreateContext() => new(_options.Value);

    /// <summary>All rows of a query, in a context of its own.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<List<T>> ReadAsync<T>(Func<LedgerContext, IQueryable<T>> query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return DatabaseBoundary.AskAsync(async () =>
        {
            await using var context = CreateContext();
            return await query(context).ToListAsync(cancellationToken).ConfigureAwait(false);
        });
    }

    /// <summary>An open connection; the caller disposes of it.</summary>
    public Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken = default) =>
        DatabaseBoundary.AskAsync(() => DataSource.OpenConnectionAsync(cancellationToken).AsTask());

    /// <summary>Asks the database on a connection that is open for as long as the question takes.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<T> AskAsync<T>(Func<NpgsqlConnection, Task<T>> ask, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ask);
        return DatabaseBoundary.AskAsync(async () =>
        {
            await using var connection = await DataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            return await ask(connection).ConfigureAwait(false);
        });
    }

    /// <inheritdoc cref="AskAsync{T}(Func{NpgsqlConnection, Task{T}}, CancellationToken)"/>
    public Task AskAsync(Func<NpgsqlConnection, Task> ask, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ask);
        return DatabaseBoundary.AskAsync(async () =>
        {
            await using var connection = await DataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await ask(connection).ConfigureAwait(false);
        });
    }

    public ValueTask DisposeAsync()
    {
        _looking.Dispose();
        return _owner.DisposeAsync();
    }
}
