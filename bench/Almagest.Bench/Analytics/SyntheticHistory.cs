using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Npgsql;

namespace Almagest.Bench.Analytics;

/// <summary>
/// Fills an empty ledger with a history of complete runs, made by the database itself: half anomaly runs that flag about 5 % of their
/// stars (half of these flags fall on stars that are unusual in every run), half cluster runs with some 40 clusters and noise. The stars
/// lie in 4,096 cells of the sky, every 50th has a label, and five runs of each kind differ only in their seed.
/// </summary>
public static class SyntheticHistory
{
    public static async Task FillAsync(LedgerDatabase ledger, int runs, int starsPerRun, TextWriter log)
    {
        ArgumentNullException.ThrowIfNull(log);
        await using var connection = await ledger.ConnectAsync();
        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync();
        }
        await log.WriteLineAsync($"filling: {runs} runs of {starsPerRun} stars, {(long)runs * starsPerRun:N0} results");
        await ExecuteAsync(
            $"""
            insert into datasets (name, source, checksum, column_mapping, star_count, rejected_count)
            values ('bench', '[]', 'bench', '{"{}"}', {starsPerRun}, 0);
            insert into stars (dataset_id, source_id, ra_deg, dec_deg, healpix_29)
            select dataset_id, n::text, n % 360, n % 180 - 90, (abs(hashint8(n)::bigint) % 4096) << 46
            from datasets, generate_series(1, {starsPerRun}) n;
            insert into star_labels (star_id, is_anomaly, cluster)
            select star_id, (star_id % 40 = 0)::int, case when star_id % 3 = 0 then star_id % 7 end
            from stars where star_id % 50 = 0 or star_id % 400 = 0;
            """
        );
        // Rows first, indexes after: the way to fill a table.
        await ExecuteAsync(
            "drop index idx_discovery_results_run_anomaly, idx_discovery_results_run_cluster, idx_discovery_results_flagged"
        );
        await ExecuteAsync(
            $"""
            insert into discovery_runs (run_id, run_type, algorithm, parameters, dataset_id, total_stars, status, is_complete,
                                        program_version, created_at, completed_at)
            select md5('run' || n)::uuid,
                   case when n % 2 = 0 then 'anomaly' else 'cluster' end,
                   case when n % 2 = 0 then 'isolation_forest' else 'dbscan' end,
                   jsonb_build_object('n', n / 2 / 5, 'random_state', n / 2 % 5),
                   (select dataset_id from datasets where name = 'bench'), {starsPerRun}, 'completed', true, '0',
                   timestamptz '2026-01-05 12:00+00' + n * interval '11 hours',
                   timestamptz '2026-01-05 12:01+00' + n * interval '11 hours'
            from generate_series(1, {runs}) n
            """
        );
        for (var n = 1; n <= runs; n++)
        {
            await ExecuteAsync(
                n % 2 == 0
                    ? $"""
                    insert into discovery_results (run_id, star_id, is_anomaly, anomaly_score)
                    select md5('run{n}')::uuid, star_id, flag::int, case when flag then -1 else 1 end * (1 + (h % 1000)) / 10000.0
                    from (select star_id, h, h % 1000 < 25 or star_id % 40 = 0 as flag
                          from (select star_id, abs(hashint8(star_id * 7919 + {n})::bigint) as h from stars) a) b order by star_id
                    """
                    : $"""
                    insert into discovery_results (run_id, star_id, cluster_id)
                    select md5('run{n}')::uuid, star_id, case when h % 10 < 6 then -1 else h % 40 end
                    from (select star_id, abs(hashint8(star_id * 104729 + {n})::bigint) as h from stars) a order by star_id
                    """
            );
        }
        await ExecuteAsync(
            """
            create index idx_discovery_results_run_anomaly on discovery_results (run_id, is_anomaly);
            create index idx_discovery_results_run_cluster on discovery_results (run_id, cluster_id);
            create index idx_discovery_results_flagged on discovery_results (star_id, run_id) where is_anomaly = 1;
            """
        );
        await ExecuteAsync("vacuum (analyze)");
        await log.WriteLineAsync("refreshing the views");
        foreach (var outcome in await new ViewRefresher(ledger).RefreshAsync())
        {
            if (!outcome.Succeeded)
                throw new InvalidOperationException($"{outcome.ViewName}: {outcome.Error}");
            await log.WriteLineAsync($"  {outcome.ViewName, -32} {outcome.Rows, 9:N0} rows {outcome.DurationMs, 9:N0} ms");
        }
        await ExecuteAsync("vacuum (analyze)");
    }
}
