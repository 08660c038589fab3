using Almagest.Contract.Errors;
using Almagest.Ledger.Model;

namespace Almagest.Ledger.Database;

/// <summary>Where queries are asked: of the ledger as it is at each query, or of one snapshot of it.</summary>
public interface ILedgerReader
{
    /// <summary>All rows of a query.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    Task<List<T>> ReadAsync<T>(Func<LedgerContext, IQueryable<T>> query, CancellationToken cancellationToken = default);
}
