using Almagest.Ledger.Views;
using Npgsql;

namespace Almagest.Killing;

/// <summary>What must hold of a ledger after whatever was killed: nothing lost, doubled, half visible, orphaned or locked.</summary>
public sealed class LedgerAudit(KilledCluster cluster)
{
    /// <summary>A subquery: of each run that has visible rows, how many, and the hash of them as it is defined.</summary>
    public const string Results = """
        select run_id, count(*) as rows, encode(sha256(string_agg(
          case when anomaly_score is null then '\x02'::bytea else '\x01'::bytea end || convert_to(checksum, 'UTF8') ||
          int4send(octet_length(source_id)) || convert_to(source_id, 'UTF8') ||
          case when anomaly_score is null then '\x00'::bytea || int4send(cluster_id)
          else case is_anomaly when 1 then '\x01'::bytea else '\x00'::bytea end || float8send(anomaly_score) end,
          ''::bytea order by convert_to(source_id, 'UTF8'))), 'hex') as hash
        from discovery_results join stars using (star_id) join datasets using (dataset_id)
        group by run_id
        """;

    // Each answers rows of one text, one for each thing that is wrong.
    private static readonly (string What, string Sql)[] s_rules =
    [
        (
            "half a dataset",
            """
            select format('dataset %s shows %s of its %s stars', d.name, count(s.star_id), d.star_count)
            from datasets d left join stars s using (dataset_id)
            group by d.dataset_id having count(s.star_id) <> d.star_count
            """
        ),
        (
            "a run whose rows are not those that it was completed with",
            $"""
            select format('run %s is %s complete, %s of its %s rows are visible', r.run_id, case when r.is_complete then '' else 'not' end,
                          coalesce(n.rows, 0), r.total_stars)
            from discovery_runs r
            left join ({Results}) n using (run_id)
            where case when r.is_complete then coalesce(n.rows, 0) <> r.total_stars or r.results_hash is distinct from n.hash
                  else n.rows is not null end
            """
        ),
        ("stars of no dataset", "select 'star ' || star_id from stars where dataset_id not in (select dataset_id from datasets)"),
        ("a star twice", "select format('%s in %s', source_id, dataset_id) from stars group by dataset_id, source_id having count(*) > 1"),
        (
            "results of no run",
            "select distinct 'run ' || run_id from discovery_results where run_id not in (select run_id from discovery_runs)"
        ),
        ("results of no star", "select 'star ' || star_id from discovery_results where star_id not in (select star_id from stars)"),
        ("labels of no star", "select 'star ' || star_id from star_labels where star_id not in (select star_id from stars)"),
        (
            "clusters, exclusions, tags or notes of no run",
            """
            select 'run ' || run_id
            from (select run_id from discovery_clusters union select run_id from discovery_exclusions
                  union select run_id from run_tags union select run_id from run_notes) o
            where run_id not in (select run_id from discovery_runs)
            """
        ),
        (
            "half a set of labels",
            "select format('%s has %s labels', label_set, count(*)) from star_labels group by label_set "
                + $"having count(*) <> {LedgerWork.Stars}"
        ),
        (
            "half a cross-match",
            """
            select format('cross-match %s shows %s of its %s links', m.match_id, count(l.match_id), m.link_count)
            from cross_matches m left join star_links l using (match_id) group by m.match_id having count(l.match_id) <> m.link_count
            """
        ),
        (
            "links of no cross-match",
            "select 'cross-match ' || match_id from star_links where match_id not in (select match_id from cross_matches)"
        ),
    ];

    private readonly HashSet<Guid> _complete = [];

    /// <summary>Waits until what was killed is gone from the database, then looks at everything, in one snapshot.</summary>
    /// <returns>what is wrong; empty where nothing is</returns>
    public async Task<IReadOnlyList<string>> FindAsync(CancellationToken cancellationToken)
    {
        var wrong = new List<string>();
        if (await HeldAsync(cancellationToken) is { } held)
            wrong.Add($"locked: {held}");
        await cluster.OnceAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(
                    System.Data.IsolationLevel.RepeatableRead,
                    cancellationToken
                );
                foreach (var (what, sql) in s_rules)
                {
                    foreach (var row in (await TextsAsync(connection, sql, cancellationToken)).Take(5))
                        wrong.Add($"{what}: {row}");
                }
                // Of datasets that are deleted, their runs go, too; every other run that was complete once is so for ever, or waits among
                // what was deleted and can be brought back.
                var there = await TextsAsync(
                    connection,
                    "select run_id::text from discovery_runs where is_complete and dataset_id not in "
                        + "(select dataset_id from datasets where name like 'gone-%') "
                        + "union select run_id::text from deletions where kind = 'run'",
                    cancellationToken
                );
                var now = there.Select(Guid.Parse).ToHashSet();
                wrong.AddRange(_complete.Except(now).Select(run => $"lost: run {run} was complete and is not any more"));
                _complete.UnionWith(now);
            },
            cancellationToken
        );
        return wrong;
    }

    /// <summary>The views against the results, after they have caught up.</summary>
    public async Task<IReadOnlyList<string>> FindInViewsAsync(CancellationToken cancellationToken)
    {
        await new ViewRefresher(cluster.Ledger).RefreshPendingAsync("run", cancellationToken);
        return
        [
            .. (await new ViewVerifier(cluster.Ledger).VerifyAsync(cancellationToken: cancellationToken))
                .Where(v => !v.Agrees)
                .Select(v => $"view {v.ViewName} disagrees: {string.Join("; ", v.Examples)}"),
        ];
    }

    // Sessions of others; of ours, none is in a transaction between two pieces of work, and none holds a lock.
    private async Task<string?> HeldAsync(CancellationToken cancellationToken)
    {
        string? held = null;
        for (var tries = 0; tries < 200; tries++)
        {
            await cluster.OnceAsync(
                async connection =>
                {
                    var found = await TextsAsync(
                        connection,
                        """
                        select format('a session is %s since %s: %s', state, xact_start, left(query, 200)) from pg_stat_activity
                        where backend_type = 'client backend' and pid <> pg_backend_pid() and xact_start is not null
                        union all
                        select format('the advisory lock %s %s is held by %s', classid, objid, pid) from pg_locks
                        where locktype = 'advisory' and pid <> pg_backend_pid()
                        union all
                        select format('the transaction %s is prepared', gid) from pg_prepared_xacts
                        """,
                        cancellationToken
                    );
                    held = found.Count == 0 ? null : string.Join("; ", found);
                },
                cancellationToken
            );
            if (held is null)
                return null;
            await Task.Delay(50, cancellationToken);
        }
        return held;
    }

    private static async Task<List<string>> TextsAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var texts = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            texts.Add(reader.GetString(0));
        return texts;
    }
}
