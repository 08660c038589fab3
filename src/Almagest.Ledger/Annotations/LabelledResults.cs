using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Npgsql;

namespace Almagest.Ledger.Annotations;

/// <summary>Stars of a run's selection with the same label and the same result.</summary>
/// <param name="Analysed">whether the run has a result for them</param>
/// <param name="IsFlagged">of an anomaly run</param>
/// <param name="ClusterId">of a cluster run; -1 = noise</param>
public sealed record LabelledCount(
    int? IsAnomaly,
    string? Kind,
    string? Cluster,
    bool Analysed,
    bool IsFlagged,
    int? ClusterId,
    long Stars
);

/// <summary>Labels beside a run's results, counted.</summary>
public sealed class LabelledResults(LedgerDatabase ledger)
{
    /// <summary>All labelled stars of the run's selection, those without a result included; empty where the set has none.</summary>
    public Task<IReadOnlyList<LabelledCount>> CountAsync(DiscoveryRun run, string labelSet, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 600 };
                var where = StarFilterSql.Where(command, run.DatasetId, StarFilter.FromJson(run.DatasetFilter));
                command.Parameters.Add(new() { Value = run.RunId });
                var id = command.Parameters.Count;
                command.Parameters.Add(new() { Value = labelSet });
                command.CommandText = $"""
                    select l.is_anomaly, l.kind, l.cluster, r.star_id is not null, coalesce(r.is_anomaly = 1, false), r.cluster_id, count(*)
                    from public.star_labels l
                    join (select star_id from public.stars where {where}) s using (star_id)
                    left join public.discovery_results r on r.run_id = ${id} and r.star_id = l.star_id
                    where l.label_set = ${id + 1}
                    group by 1, 2, 3, 4, 5, 6
                    """;
                var counts = new List<LabelledCount>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    counts.Add(
                        new LabelledCount(
                            reader.IsDBNull(0) ? null : reader.GetInt32(0),
                            reader.IsDBNull(1) ? null : reader.GetString(1),
                            reader.IsDBNull(2) ? null : reader.GetString(2),
                            reader.GetBoolean(3),
                            reader.GetBoolean(4),
                            reader.IsDBNull(5) ? null : reader.GetInt32(5),
                            reader.GetInt64(6)
                        )
                    );
                }
                return (IReadOnlyList<LabelledCount>)counts;
            },
            cancellationToken
        );
    }

    /// <summary>The most anomalous of the stars that are labelled unusual or ordinary, counted by what the label says.</summary>
    /// <param name="most">how many stars are taken; ties by star_id</param>
    public Task<IReadOnlyList<(int IsAnomaly, string? Kind, long Stars)>> FirstAsync(
        Guid runId,
        string labelSet,
        long most,
        CancellationToken cancellationToken = default
    ) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select is_anomaly, kind, count(*)
                    from (
                      select l.is_anomaly, l.kind
                      from public.discovery_results r
                      join public.star_labels l on l.star_id = r.star_id and l.label_set = $2
                      where r.run_id = $1 and l.is_anomaly is not null
                      order by r.anomaly_score, r.star_id
                      limit $3
                    ) first
                    group by 1, 2
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = runId },
                        new() { Value = labelSet },
                        new() { Value = most },
                    },
                    CommandTimeout = 600,
                };
                var counts = new List<(int, string?, long)>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    counts.Add((reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2)));
                return (IReadOnlyList<(int, string?, long)>)counts;
            },
            cancellationToken
        );

    private const string Sets = """select label_set from public.star_labels group by label_set order by label_set collate "C" """;

    /// <summary>The label sets of the run's datasets, by name.</summary>
    public async Task<IReadOnlyList<string>> SetsAsync(DiscoveryRun run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        var datasets = (StarFilter.FromJson(run.DatasetFilter).AlsoDatasets ?? []).Append(run.DatasetId).ToArray();
        return await ledger.AskAsync(
            async connection =>
            {
                // There are few sets, and a star of most is found at once; joining all labels with their stars takes a second a million.
                var found = new List<string>();
                foreach (var set in await connection.ListAsync<string>(Sets, cancellationToken))
                    if (
                        await connection.ScalarAsync(
                            """
                            select 1 from public.star_labels l join public.stars s using (star_id)
                            where l.label_set = $1 and s.dataset_id = any ($2) limit 1
                            """,
                            cancellationToken,
                            set,
                            datasets
                        )
                        is not null
                    )
                        found.Add(set);
                return (IReadOnlyList<string>)found;
            },
            cancellationToken
        );
    }
}
