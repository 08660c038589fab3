using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.InPlace;

/// <summary>By what a ledger is told from others whose results are in the same folder.</summary>
/// <param name="Name">the same for one database of one server</param>
/// <param name="Databases">names that it would have as another database of the same server</param>
internal sealed record LedgerOwner(string Name, IReadOnlySet<string> Databases)
{
    /// <summary>Null where the server says it to nobody, so that nothing is swept.</summary>
    public static async Task<LedgerOwner?> OfAsync(LedgerDatabase ledger, CancellationToken cancellationToken)
    {
        const string Sql = """
            select s.system_identifier::text || '.' || d.oid::text, d.datname = current_database()
            from pg_control_system() s, pg_database d
            """;
        return await ledger.AskAsync(
            async connection =>
            {
                try
                {
                    await using var command = new NpgsqlCommand(Sql, connection);
                    await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                    var (name, databases) = ("", new HashSet<string>());
                    while (await reader.ReadAsync(cancellationToken))
                    {
                        databases.Add(reader.GetString(0));
                        if (reader.GetBoolean(1))
                            name = reader.GetString(0);
                    }
                    return new LedgerOwner(name, databases);
                }
                catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
                {
                    return null;
                }
            },
            cancellationToken
        );
    }

    /// <summary>Whether a ledger of the same server is no more: its database was dropped. Of other servers nobody here can say
    /// it.</summary>
    public bool IsGone(string other) =>
        other.StartsWith(Name[..(Name.IndexOf('.', StringComparison.Ordinal) + 1)], StringComparison.Ordinal) && !Databases.Contains(other);
}
