using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Runs.Results;

/// <summary>The stars of one cluster of a run.</summary>
public sealed class RunMembers(LedgerDatabase ledger)
{
    /// <summary>Their ids, ascending.</summary>
    /// <param name="clusterId">−1 = the stars in none</param>
    public Task<IReadOnlyList<long>> ReadAsync(Guid runId, int clusterId, CancellationToken cancellationToken = default) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select star_id from public.discovery_results where run_id = $1 and cluster_id = $2 order by star_id",
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = runId },
                        new() { Value = clusterId },
                    },
                    CommandTimeout = 600,
                };
                var ids = new List<long>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    ids.Add(reader.GetInt64(0));
                return (IReadOnlyList<long>)ids;
            },
            cancellationToken
        );
}
