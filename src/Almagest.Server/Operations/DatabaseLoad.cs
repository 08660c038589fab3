using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Server.Operations;

/// <summary>What the database says of its load.</summary>
/// <param name="QueueAge">how long the run that waits longest has waited, s; 0 where none does</param>
/// <param name="Connections">sessions of this database by state: active, idle, idle_in_transaction. Those of other roles do not count:
/// their state is hidden from a role without power over the server</param>
/// <param name="MostConnections">that the server takes, for all databases</param>
/// <param name="SizeBytes">of the database on disk</param>
internal sealed record DatabaseLoad(double QueueAge, IReadOnlyDictionary<string, long> Connections, long MostConnections, long SizeBytes)
{
    private static readonly string[] s_states = ["active", "idle", "idle_in_transaction"];

    /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
    public static Task<DatabaseLoad> ReadAsync(LedgerDatabase ledger, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    with sessions as materialized (
                        select replace(state, ' ', '_') as state, count(*) as number from pg_stat_activity
                        where datname = current_database() and state is not null group by 1 order by 1)
                    select coalesce(extract(epoch from clock_timestamp() -
                               (select min(created_at) from discovery_runs where status = 'pending')), 0)::double precision,
                           current_setting('max_connections')::bigint, pg_database_size(current_database()),
                           array(select state from sessions), array(select number from sessions)
                    """,
                    connection
                );
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                var found = reader
                    .GetFieldValue<string[]>(3)
                    .Zip(reader.GetFieldValue<long[]>(4))
                    .ToDictionary(p => p.First, p => p.Second);
                return new DatabaseLoad(
                    Math.Max(0, reader.GetDouble(0)),
                    s_states.ToDictionary(s => s, s => found.GetValueOrDefault(s)),
                    reader.GetInt64(1),
                    reader.GetInt64(2)
                );
            },
            cancellationToken
        );
}
