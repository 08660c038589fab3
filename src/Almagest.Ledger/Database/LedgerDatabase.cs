using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>One ledger: its connections, its context, its schema. Thread-safe; one per process and database.</summary>
public sealed class LedgerDatabase : IAsyncDisposable
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
            throw new LedgerException(LedgerErrorKind.Invalid, $"the database connection string cannot be read: {e.Message}",
                "Write it like 'Host=localhost;Database=almagest;Username=me', in --database or ALMAGEST_DATABASE.", e) { Field = "database" };
        }
        options = LedgerContextOptions.For(DataSource);
        Schema = new SchemaMigrator(this);
    }

    public NpgsqlDataSource DataSource { get; }

    public SchemaMigrator Schema { get; }

    /// <summary>A short-lived context; the caller disposes of it.</summary>
    public LedgerContext CreateContext() => new(options);

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
