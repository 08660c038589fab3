using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Almagest.Ledger.Schema;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>One ledger: its connections, its context, its schema. Thread-safe; one per process and database.</summary>
public sealed class LedgerDatabase : ILedgerReader, IAsyncDisposable
{
    readonly DbContextOptions<LedgerContext> options;

    /// <exception cref="LedgerException">the connection string is malformed</exception>
    public LedgerDatabase(string connectionString)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "almagest" };
            // Dates of the ledger are UTC; sessions must agree on it.
            settings.Timezone = "UTC";
            DataSource = NpgsqlDataSource.Create(settings);
        }
        catch (ArgumentException e)
        {
            throw LedgerException.Of(ErrorCode.UnreadableConnection, $"the database connection string cannot be read: {e.Message}",
                "Write it like 'Host=localhost;Database=almagest;Username=me'.", "database", e);
        }
        options = LedgerContextOptions.For(DataSource);
        Schema = new SchemaMigrator(this);
    }

    public NpgsqlDataSource DataSource { get; }

    public SchemaMigrator Schema { get; }

    /// <summary>A short-lived context; the caller disposes of it.</summary>
    public LedgerContext CreateContext() => new(options);

    /// <summary>All rows of a query, in a context of its own.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public async Task<List<T>> ReadAsync<T>(Func<LedgerContext, IQueryable<T>> query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        try
        {
            await using var context = CreateContext();
            return await query(context).ToListAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresErrors.Find(e) is { } trouble)
        {
            throw PostgresErrors.Translate(trouble);
        }
    }

    /// <summary>An open connection; the caller disposes of it.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellation = default)
    {
        try
        {
            return await DataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e);
        }
    }

    public ValueTask DisposeAsync() => DataSource.DisposeAsync();
}
