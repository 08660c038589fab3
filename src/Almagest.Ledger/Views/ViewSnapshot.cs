using System.Data;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Views.Descriptors;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Almagest.Ledger.Views;

/// <summary>
/// One snapshot of the ledger: the freshness of a view, and whatever is read here, belong together, even while a refresh or a
/// completion commits. Not thread-safe; short-lived, for it holds a connection.
/// </summary>
public sealed class ViewSnapshot : ILedgerReader, IAsyncDisposable
{
    private readonly LedgerContext _context;

    private ViewSnapshot(LedgerContext context, ViewFreshness freshness)
    {
        _context = context;
        Freshness = freshness;
    }

    public ViewFreshness Freshness { get; }

    /// <exception cref="LedgerException">the database has trouble</exception>
    public static Task<ViewSnapshot> OpenAsync(LedgerDatabase ledger, AnalyticsView view, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(view);
        return DatabaseBoundary.AskAsync(() => BeginAsync(ledger, view, cancellationToken));
    }

    private static async Task<ViewSnapshot> BeginAsync(LedgerDatabase ledger, AnalyticsView view, CancellationToken cancellationToken)
    {
        var context = ledger.CreateContext();
        try
        {
            // Under REPEATABLE READ the first statement, the one below, takes the snapshot of all.
            await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            return new ViewSnapshot(
                context,
                await ViewFreshness.ReadAsync((NpgsqlConnection)context.Database.GetDbConnection(), view, prepare: true, cancellationToken)
            );
        }
        catch
        {
            await context.DisposeAsync();
            throw;
        }
    }

    public Task<List<T>> ReadAsync<T>(Func<LedgerContext, IQueryable<T>> query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return DatabaseBoundary.AskAsync(_context, () => query(_context).ToListAsync(cancellationToken));
    }

    public Task<T> AskAsync<T>(Func<NpgsqlConnection, Task<T>> ask, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ask);
        return DatabaseBoundary.AskAsync(_context, () => ask(Connection));
    }

    private NpgsqlConnection Connection => (NpgsqlConnection)_context.Database.GetDbConnection();

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
