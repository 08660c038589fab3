using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Runs.Comparison;

/// <summary>A cluster of another run that shares members with one.</summary>
/// <param name="Size">its members</param>
/// <param name="Common">members of both</param>
public sealed record ClusterLikeness(Guid RunId, int ClusterId, long Size, long Common);

/// <summary>A cluster that labels name, beside one that a run found.</summary>
/// <param name="Labelled">stars of the run's selection with that label</param>
/// <param name="Common">of these, members of the one that was found</param>
public sealed record ClusterName(string LabelSet, string Cluster, long Labelled, long Common);

/// <summary>What else is known of a run's cluster: who else found it, and what it is called.</summary>
public sealed class ClusterLikenesses(LedgerDatabase ledger)
{
    /// <summary>Runs that are looked through, the newest.</summary>
    public const int MostRuns = 20;

    /// <summary>Of each of the newest other cluster runs over the dataset the cluster with the most members in common, newest run
    /// first; runs that put none of its members into a cluster are left out.</summary>
    public Task<IReadOnlyList<ClusterLikeness>> ReadAsync(DiscoveryRun run, int clusterId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    with others as (
                      select run_id from public.discovery_runs
                      where run_type = 'cluster' and is_complete and dataset_id = $3 and run_id <> $1 order by run_id desc limit $4
                    ), members as (select star_id from public.discovery_results where run_id = $1 and cluster_id = $2),
                    shared as (
                      select r.run_id, r.cluster_id, count(*) common,
                        row_number() over (partition by r.run_id order by count(*) desc, r.cluster_id) place
                      from others join public.discovery_results r using (run_id) join members using (star_id)
                      where r.cluster_id >= 0 group by 1, 2
                    ), likest as materialized (select run_id, cluster_id, common from shared where place = 1)
                    select s.run_id, s.cluster_id, s.common, count(*)
                    from likest s join public.discovery_results a on a.run_id = s.run_id and a.cluster_id = s.cluster_id
                    group by 1, 2, 3 order by s.run_id desc
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = run.RunId },
                        new() { Value = clusterId },
                        new() { Value = run.DatasetId },
                        new() { Value = MostRuns },
                    },
                    CommandTimeout = 120,
                };
                var found = new List<ClusterLikeness>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    found.Add(new ClusterLikeness(reader.GetGuid(0), reader.GetInt32(1), reader.GetInt64(3), reader.GetInt64(2)));
                return (IReadOnlyList<ClusterLikeness>)found;
            },
            cancellationToken
        );
    }

    /// <summary>The clusters of labels that share members with it, the most first.</summary>
    public Task<IReadOnlyList<ClusterName>> NamesAsync(DiscoveryRun run, int clusterId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    with named as (
                      select distinct l.label_set, l.cluster from public.discovery_results r join public.star_labels l using (star_id)
                      where r.run_id = $1 and r.cluster_id = $2 and l.cluster <> ''
                    )
                    select n.label_set, n.cluster, count(*), count(*) filter (where r.cluster_id = $2)
                    from named n join public.star_labels l using (label_set, cluster)
                    join public.stars s on s.star_id = l.star_id and s.dataset_id = $3
                    left join public.discovery_results r on r.run_id = $1 and r.star_id = l.star_id
                    group by 1, 2 order by 4 desc, 1, 2 limit 20
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = run.RunId },
                        new() { Value = clusterId },
                        new() { Value = run.DatasetId },
                    },
                    CommandTimeout = 120,
                };
                var found = new List<ClusterName>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    found.Add(new ClusterName(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)));
                return (IReadOnlyList<ClusterName>)found;
            },
            cancellationToken
        );
    }
}
