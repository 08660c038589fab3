using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>Where queries are asked: of the ledger as it is at each query, or of one snapshot of it.</summary>
public interface ILedgerReader
{
    /// <summary>All rows of a query.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    Task<List<T>> ReadAsync<T>(Func<LedgerContext, IQueryable<T>> query, CancellationToken cancellationToken = default);

    /// <summary>Asks on a connection that is open for as long as the question takes.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    Task<T> AskAsync<T>(Func<NpgsqlConnection, Task<T>> ask, CancellationToken cancellationToken);
}
