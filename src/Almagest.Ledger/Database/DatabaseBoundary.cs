using Almagest.Contract.Errors;
using Microsoft.EntityFrameworkCore;

namespace Almagest.Ledger.Database;

/// <summary>
/// Where the errors of the database become the ledger's: whatever asks the database does so in one of these, or in
/// <see cref="LedgerDatabase.AskAsync{T}"/>, which opens the connection as well. Errors that are the ledger's already pass.
/// </summary>
public static class DatabaseBoundary
{
    /// <summary>Asks the database on a connection of the caller's.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception e) when (Translated(e) is { } trouble)
        {
            throw trouble;
        }
    }

    /// <inheritdoc cref="AskAsync{T}(Func{Task{T}})"/>
    public static async Task AskAsync(Func<Task> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        try
        {
            await ask().ConfigureAwait(false);
        }
        catch (Exception e) when (Translated(e) is { } trouble)
        {
            throw trouble;
        }
    }

    /// <summary>Asks the database in the transaction of a context.</summary>
    /// <exception cref="LedgerException">the database has trouble, or the transaction was lost</exception>
    public static async Task<T> AskAsync<T>(DbContext context, Func<Task<T>> ask)
    {
        try
        {
            return await AskAsync(ask).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresErrors.IsLost(e, context))
        {
            throw PostgresErrors.Unanswered(e);
        }
    }

    /// <summary>What an exception says of the database's trouble, in the ledger's words; null where it says nothing of it.</summary>
    public static LedgerException? Translated(Exception error) =>
        PostgresErrors.Find(error) is { } found ? PostgresErrors.Translate(found) : null;
}
