using Npgsql;

namespace Almagest.Runs.Lifecycle;

/// <summary>A stored row of <c>discovery_results</c>, without its run.</summary>
internal readonly record struct StoredResult(long StarId, bool IsAnomaly, double? Score, int? ClusterId, double? MembershipProbability);

/// <summary>Reads a run's rows in ascending order of star_id, all of them, without keeping any.</summary>
internal static class StoredResults
{
    public static async Task ReadAsync(
        NpgsqlConnection connection,
        Guid runId,
        Action<StoredResult> row,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            """
            select star_id, is_anomaly, anomaly_score, cluster_id, membership_probability
            from public.discovery_results where run_id = $1 order by star_id
            """,
            connection
        )
        {
            CommandTimeout = 3600,
            Parameters = { new() { Value = runId } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            row(
                new StoredResult(
                    reader.GetInt64(0),
                    reader.GetInt32(1) != 0,
                    reader.IsDBNull(2) ? null : reader.GetDouble(2),
                    reader.IsDBNull(3) ? null : reader.GetInt32(3),
                    reader.IsDBNull(4) ? null : reader.GetDouble(4)
                )
            );
        }
    }
}
