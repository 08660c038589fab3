using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.InPlace;

/// <summary>Whose folder it is: which ledger's, and which run's.</summary>
/// <param name="Ledger">by <see cref="LedgerOwner"/>; null where that could not be found out</param>
internal sealed record FolderOwner(string? Ledger, Guid RunId);

/// <summary>By what a ledger is told from others whose results are in the same folder.</summary>
internal static class LedgerOwner
{
    /// <summary>The same for one database of one server; null where the server says it to nobody, so that nothing is swept.</summary>
    public static async Task<string?> OfAsync(LedgerDatabase ledger, CancellationToken cancellationToken)
    {
        const string Sql = """
            select s.system_identifier::text || '.' || d.oid::text
            from pg_control_system() s, pg_database d where d.datname = current_database()
            """;
        return await ledger.AskAsync(
            async connection =>
            {
                try
                {
                    return (string?)await connection.ScalarAsync(Sql, cancellationToken);
                }
                catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
                {
                    return null;
                }
            },
            cancellationToken
        );
    }
}
