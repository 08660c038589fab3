using System.Diagnostics;
using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Bench.Analytics;

/// <summary>The median times of one question, asked of the raw tables and of its view, ms.</summary>
public sealed record RawAgainstView(string Question, double RawMs, double ViewMs)
{
    public double Ratio => RawMs / ViewMs;
}

/// <summary>
/// The same questions asked of the raw tables, in the SQL that one would write without the views and with all indexes in place, and
/// of the views. Both in turn, on one warm connection, whole round trips, medians (what takes over 20 s is timed once); the answers
/// are compared before anything is timed.
/// </summary>
public static class RawAgainstViews
{
    private static readonly (string Question, string Raw, string View)[] s_questions =
    [
        (
            "statistics of one anomaly run",
            """
            select d.run_id, count(*) filter (where r.is_anomaly = 1),
                   min(r.anomaly_score) filter (where r.is_anomaly = 1), max(r.anomaly_score) filter (where r.is_anomaly = 1)
            from discovery_runs d join discovery_results r using (run_id)
            where d.is_complete and d.run_id = '{anomaly run}' group by d.run_id
            """,
            """
            select run_id, anomaly_count, min_anomaly_score, max_anomaly_score from mv_discovery_run_stats
            where run_id = '{anomaly run}'
            """
        ),
        (
            "statistics of one cluster run",
            """
            with sizes as (
              select cluster_id, count(*) as n from discovery_results
              where run_id = '{cluster run}' group by cluster_id)
            select count(*) filter (where cluster_id >= 0), max(n) filter (where cluster_id >= 0),
                   coalesce(sum(n) filter (where cluster_id = -1), 0)::bigint
            from sizes
            """,
            """
            select cluster_count, max_cluster_size, noise_count from mv_discovery_run_stats
            where run_id = '{cluster run}'
            """
        ),
        (
            "statistics of the 100 newest runs",
            """
            select d.run_id, count(*) filter (where r.is_anomaly = 1), count(*) filter (where r.cluster_id = -1)
            from (select * from discovery_runs where is_complete order by created_at desc limit 100) d
            join discovery_results r using (run_id)
            group by d.run_id, d.created_at order by d.created_at desc
            """,
            "select run_id, anomaly_count, noise_count from mv_discovery_run_stats order by created_at desc limit 100"
        ),
        (
            "cluster sizes and members of a run",
            """
            select cluster_id, count(*), array_agg(star_id order by star_id) from discovery_results
            where run_id = '{cluster run}' and cluster_id >= 0
            group by cluster_id order by 2 desc, 1
            """,
            """
            select cluster_id, cluster_size, star_ids from mv_cluster_size_distribution
            where run_id = '{cluster run}' order by 2 desc, 1
            """
        ),
        (
            "frequency of one star",
            """
            select r.star_id, count(*) filter (where r.is_anomaly = 1), count(*)
            from discovery_results r join discovery_runs d using (run_id)
            where d.is_complete and d.run_type = 'anomaly' and r.star_id = {star} group by r.star_id
            """,
            "select star_id, anomaly_count, total_runs from mv_star_anomaly_frequency where star_id = {star}"
        ),
        (
            "the 10 most frequently flagged stars",
            """
            select star_id, flags from (
              select r.star_id, count(*) filter (where r.is_anomaly = 1) as flags, count(*) as runs
              from discovery_results r join discovery_runs d using (run_id)
              where d.is_complete and d.run_type = 'anomaly' group by r.star_id) x
            order by 100.0 * flags / runs desc, flags desc, star_id limit 10
            """,
            """
            select star_id, anomaly_count from mv_star_anomaly_frequency
            order by frequency_pct desc, anomaly_count desc, star_id limit 10
            """
        ),
        (
            "overlap of one pair",
            """
            with a as (select star_id from discovery_results where is_anomaly = 1 and run_id = '{first of pair}'),
                 b as (select star_id from discovery_results where is_anomaly = 1 and run_id = '{second of pair}')
            select (select count(*) from a), (select count(*) from b), (select count(*) from a join b using (star_id))
            """,
            """
            select run_1_count, run_2_count, overlap_count from mv_anomaly_overlap_matrix
            where run_1_id = '{first of pair}' and run_2_id = '{second of pair}'
            """
        ),
        (
            "the 50 most similar pairs",
            """
            with flags as (
                   select run_id, star_id from discovery_results r join discovery_runs d using (run_id)
                   where d.is_complete and r.is_anomaly = 1),
                 counts as (select run_id, count(*) as n from flags group by run_id),
                 shared as (
                   select a.run_id as r1, b.run_id as r2, count(*) as n
                   from flags a join flags b on a.star_id = b.star_id and a.run_id < b.run_id group by 1, 2)
            select r1, r2, s.n from shared s join counts a on a.run_id = r1 join counts b on b.run_id = r2
            order by s.n::float8 / (a.n + b.n - s.n) desc, r1, r2 limit 50
            """,
            "select run_1_id, run_2_id, overlap_count from mv_anomaly_overlap_matrix order by jaccard_similarity desc, run_1_id, "
                + "run_2_id limit 50"
        ),
        (
            "timeline, stars counted from the results",
            """
            select date_trunc('week', d.created_at at time zone 'UTC')::date, d.run_type, count(distinct d.run_id), count(r.star_id)
            from discovery_runs d left join discovery_results r on r.run_id = d.run_id and d.is_complete
            group by 1, 2 order by 1 desc, 2 limit 52
            """,
            "select period_start, run_type, total_runs, total_stars_analyzed from mv_discovery_timeline where period_type = 'week' "
                + "order by 1 desc, 2 limit 52"
        ),
        (
            "timeline, from the runs' own totals",
            """
            select date_trunc('week', created_at at time zone 'UTC')::date, run_type, count(*), sum(total_stars)::bigint
            from discovery_runs group by 1, 2 order by 1 desc, 2 limit 52
            """,
            "select period_start, run_type, total_runs, total_stars_analyzed from mv_discovery_timeline where period_type = 'week' "
                + "order by 1 desc, 2 limit 52"
        ),
        (
            "parameter sets, by what they flag",
            """
            select (d.parameters - 'random_state')::text, d.dataset_id, count(*), sum(n)::float8 / count(*), min(n), max(n)
            from (select run_id, count(*) filter (where is_anomaly = 1) as n from discovery_results group by run_id) r
            join discovery_runs d using (run_id)
            where d.is_complete and d.run_type = 'anomaly' group by 1, 2 order by 4 desc, 1, 2 limit 50
            """,
            """
            select parameters_json::text, dataset_id, runs, mean_anomaly_count, min_anomaly_count, max_anomaly_count
            from mv_parameter_performance
            where run_type = 'anomaly' order by 4 desc, 1, 2 limit 50
            """
        ),
        (
            "the 100 cells of the sky analysed most",
            """
            select healpix_6, count(distinct run_id), count(*) as analyses, count(*) filter (where is_anomaly = 1)
            from (select s.healpix_29 >> 46 as healpix_6, r.run_id, r.is_anomaly
                  from discovery_results r join discovery_runs d using (run_id) join stars s using (star_id) where d.is_complete) x
            group by healpix_6 order by analyses desc, healpix_6 limit 100
            """,
            "select healpix_6, runs, star_analyses, flags from mv_dataset_coverage order by star_analyses desc, healpix_6 limit 100"
        ),
        (
            "anomaly runs against labels",
            """
            select r.run_id, count(*), sum(l.is_anomaly), sum(l.is_anomaly * r.is_anomaly)
            from star_labels l join discovery_results r using (star_id) join discovery_runs d using (run_id)
            where d.is_complete and d.run_type = 'anomaly' group by r.run_id order by r.run_id limit 100
            """,
            "select run_id, labelled_stars, positives, true_positives from mv_discovery_quality where run_type = 'anomaly' order by "
                + "run_id limit 100"
        ),
    ];

    public static async Task<IReadOnlyList<RawAgainstView>> MeasureAsync(LedgerDatabase ledger, TextWriter log)
    {
        ArgumentNullException.ThrowIfNull(log);
        await using var connection = await ledger.ConnectAsync();
        var rows = new List<RawAgainstView>();
        var names = await NamesAsync(connection);
        foreach (var (question, rawText, viewText) in s_questions)
        {
            var (raw, view) = (Fill(rawText, names), Fill(viewText, names));
            var (first, expected) = await AskAsync(connection, raw);
            var (_, found) = await AskAsync(connection, view);
            if (expected != found || expected.Length == 0)
                throw new InvalidOperationException($"{question}: raw tables and view disagree");
            // Slow raw queries are asked less often; both sides are asked equally often, in turn.
            var times = first > 20_000 ? 1 : Math.Clamp((int)(3000 / first), 5, 31);
            var rawMs = new double[times];
            var viewMs = new double[times];
            for (var i = 0; i < times; i++)
            {
                rawMs[i] = (await AskAsync(connection, raw)).Ms;
                viewMs[i] = (await AskAsync(connection, view)).Ms;
            }
            rows.Add(new RawAgainstView(question, Median(rawMs), Median(viewMs)));
            await log.WriteLineAsync(
                $"  {question, -44} raw {rows[^1].RawMs, 10:N2} ms   view {rows[^1].ViewMs, 8:N2} ms   {rows[^1].Ratio, 9:N0} times"
            );
        }
        return rows;
    }

    // Which run, pair and star is asked for is settled before anything is timed.
    private static async Task<Dictionary<string, string>> NamesAsync(NpgsqlConnection connection) =>
        new()
        {
            ["{anomaly run}"] = (
                await AskAsync(
                    connection,
                    "select run_id from discovery_runs where run_type = 'anomaly' order by created_at desc offset 3 limit 1"
                )
            ).Answer.Trim(),
            ["{cluster run}"] = (
                await AskAsync(
                    connection,
                    "select run_id from discovery_runs where run_type = 'cluster' order by created_at desc offset 3 limit 1"
                )
            ).Answer.Trim(),
            ["{first of pair}"] = (
                await AskAsync(connection, "select run_id from discovery_runs where run_type = 'anomaly' order by run_id limit 1")
            ).Answer.Trim(),
            ["{second of pair}"] = (
                await AskAsync(connection, "select run_id from discovery_runs where run_type = 'anomaly' order by run_id offset 1 limit 1")
            ).Answer.Trim(),
            ["{star}"] = (await AskAsync(connection, "select min(star_id) + 39 from stars")).Answer.Trim(),
        };

    private static string Fill(string sql, Dictionary<string, string> names) =>
        names.Aggregate(sql, (text, name) => text.Replace(name.Key, name.Value, StringComparison.Ordinal));

    private static async Task<(double Ms, string Answer)> AskAsync(NpgsqlConnection connection, string sql)
    {
        var watch = Stopwatch.StartNew();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync();
        var answer = new System.Text.StringBuilder();
        while (await reader.ReadAsync())
        {
            for (var i = 0; i < reader.FieldCount; i++)
            {
                var value = reader.GetValue(i);
                answer.Append(value is long[] ids ? $"{ids.Length}:{ids[0]}:{ids[^1]}" : value).Append(' ');
            }
        }
        return (watch.Elapsed.TotalMilliseconds, answer.ToString());
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length % 2 == 1 ? values[values.Length / 2] : (values[values.Length / 2 - 1] + values[values.Length / 2]) / 2;
    }
}
