using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Runs.Browsing;

/// <summary>What runs amount to together: what is lost with them, and how long they took.</summary>
/// <param name="Complete">those that are complete, in the order in which they were named</param>
/// <param name="Seconds">that they worked</param>
public sealed record RunTally(IReadOnlyList<Guid> Complete, long Results, long Tags, long Notes, double Seconds)
{
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static Task<RunTally> ReadAsync(LedgerDatabase ledger, IReadOnlyList<Guid> runIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(runIds);
        return ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select coalesce(array_agg(run_id) filter (where is_complete), '{}'),
                      coalesce(sum(total_stars) filter (where is_complete), 0)::bigint,
                      (select count(*) from public.run_tags where run_id = any($1)),
                      (select count(*) from public.run_notes where run_id = any($1)),
                      coalesce(sum(extract(epoch from completed_at - started_at)) filter (where is_complete), 0)::double precision
                    from public.discovery_runs where run_id = any($1)
                    """,
                    connection
                )
                {
                    Parameters = { new() { Value = runIds.ToArray() } },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                var complete = reader.GetFieldValue<Guid[]>(0).ToHashSet();
                return new RunTally(
                    [.. runIds.Where(complete.Contains)],
                    reader.GetInt64(1),
                    reader.GetInt64(2),
                    reader.GetInt64(3),
                    reader.GetDouble(4)
                );
            },
            cancellationToken
        );
    }
}
