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
    readonly LedgerContext context;

    ViewSnapshot(LedgerContext context, ViewFreshness freshness)
    {
        this.context = context;
        Freshness = freshness;
    }

    public ViewFreshness Freshness { get; }

    /// <exception cref="LedgerException">the database has trouble</exception>
    public static Task<ViewSnapshot> OpenAsync(LedgerDatabase ledger, AnalyticsView view, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(view);
        return DatabaseBoundary.AskAsync(() => BeginAsync(ledger, view, cancellation));
    }

    static async Task<ViewSnapshot> BeginAsync(LedgerDatabase ledger, AnalyticsView view, CancellationToken cancellation)
    {
        var context = ledger.CreateContext();
        try
        {
            // Under REPEATABLE READ the first statement, the one below, takes the snapshot of all.
            await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            return new ViewSnapshot(context, await ViewFreshness.ReadAsync((NpgsqlConnection)context.Database.GetDbConnection(), view, prepare: true, cancellation));
        }
        catch
        {
            await context.DisposeAsync();
            throw;
        }
    }

    public Task<List<T>> ReadAsync<T>(Func<LedgerContext, IQueryable<T>> query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return DatabaseBoundary.AskAsync(context, () => query(context).ToListAsync(cancellation));
    }

    public ValueTask DisposeAsync() => context.DisposeAsync();
}
