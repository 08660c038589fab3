using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Npgsql;

namespace Almagest.Bench.Runs;

/// <summary>
/// Pages of the list of runs, as <see cref="RunRepository.ListAsync"/> answers them, beside the barest query of the same rows: by their
/// ids, every column read, on one open connection. Both in turn, whole round trips, medians.
/// </summary>
internal static partial class RunListBench
{
    private const int Page = 50,
        Rounds = 200;

    public static async Task<string> MeasureAsync(LedgerDatabase ledger, int runs, TextWriter log)
    {
        var dataset = await FillAsync(ledger, runs);
        var list = new RunRepository(ledger);
        async Task<string> MiddleAsync(string sort) =>
            RunOrder.TokenOf((await list.ListAsync(new RunQuery(Limit: Math.Max(1, runs / 2)) { Sort = sort }))[^1], sort);
        (string Name, RunQuery Query)[] questions =
        [
            ("newest", new RunQuery(Limit: Page)),
            ("newest, from the middle", new RunQuery(Limit: Page) { After = await MiddleAsync(RunOrder.Newest) }),
            ("complete anomaly runs of a dataset", new RunQuery(RunTypes.Anomaly, RunStatus.Completed, dataset, Page)),
            ("failed", new RunQuery(Status: RunStatus.Failed, Limit: Page)),
            ("by algorithm, most stars first", new RunQuery(Limit: Page) { Algorithm = "dbscan", Sort = RunOrder.MostStars }),
            (
                "latest ended, from the middle",
                new RunQuery(Limit: Page) { Sort = RunOrder.LatestEnd, After = await MiddleAsync(RunOrder.LatestEnd) }
            ),
            ("with a tag", new RunQuery(Limit: Page) { Tag = "paper" }),
        ];
        var page = new StringBuilder().Append(
            CultureInfo.InvariantCulture,
            $"""
            ## {runs:N0} runs, pages of {Page}

            As `runs list` and `GET /discovery/runs` ask (filter, sort and page in one query), beside
            `select * … where run_id = any(…)` of the same rows on one connection; medians of {Rounds} each, in turn.
            The plan's own access to the table is that of `EXPLAIN`.

            | page | p50, ms | bare p50, ms | ratio | read by |
            | --- | ---: | ---: | ---: | --- |

            """
        );
        await using var connection = await ledger.ConnectAsync();
        foreach (var (name, query) in questions)
        {
            log.WriteLine(name);
            var ids = (await list.ListAsync(query)).Select(r => r.RunId).ToArray();
            var (ours, bare) = (new List<double>(), new List<double>());
            for (var round = -20; round < Rounds; round++)
            {
                var asked = await TimeAsync(async () => _ = await list.ListAsync(query));
                var read = await TimeAsync(() => BareAsync(connection, ids));
                // The first rounds warm both up.
                if (round < 0)
                    continue;
                ours.Add(asked);
                bare.Add(read);
            }
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {name} | {Median(ours):0.00} | {Median(bare):0.00} | {Median(ours) / Median(bare):0.0} | "
                    + $"{await PlanAsync(connection, query)} |"
            );
        }
        return page.ToString();
    }

    private static async Task<long> FillAsync(LedgerDatabase ledger, int runs)
    {
        await using var connection = await ledger.ConnectAsync();
        await using var command = new NpgsqlCommand(
            $$"""
            insert into datasets (name, source, checksum, column_mapping, star_count, rejected_count)
            select 'field ' || i, '[]', i::text, '{}', 1000, 0 from generate_series(1, 5) i;
            insert into discovery_runs (run_id, run_type, algorithm, parameters, dataset_id, total_stars, status, is_complete,
                                        program_version, created_at, completed_at)
            select ('0198c2a4-' || lpad(to_hex(i), 4, '0') || '-7c3b-9f10-' || substr(md5(i::text), 1, 12))::uuid,
                   case when i % 2 = 0 then 'cluster' else 'anomaly' end, case when i % 2 = 0 then 'dbscan' else 'isolation_forest' end,
                   case when i % 2 = 0 then '{"eps": 0.1, "features": "cluster5d@1", "min_samples": 10}'::jsonb
                   else '{"features": "population@1", "n_estimators": 100, "max_samples": 256,
                          "random_state": 42, "contamination": 0.05}'::jsonb end,
                   (select min(dataset_id) from datasets) + i % 5, i * 7919 % 1000,
                   case when i % 20 = 0 then 'failed' else 'completed' end, i % 20 <> 0, '1',
                   timestamptz '2026-01-01' + i * interval '1 minute',
                   timestamptz '2026-01-01' + (i * 7919 % {{runs}}) * interval '1 minute'
            from generate_series(1, {{runs}}) i;
            insert into run_tags (run_id, tag) select run_id, 'paper' from discovery_runs where total_stars % 10 = 3;
            analyze;
            """,
            connection
        )
        {
            CommandTimeout = 600,
        };
        await command.ExecuteNonQueryAsync();
        command.CommandText = "select min(dataset_id) from datasets";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task BareAsync(NpgsqlConnection connection, Guid[] ids)
    {
        await using var command = new NpgsqlCommand(
            "select * from public.discovery_runs where run_id = any($1) order by run_id desc",
            connection
        )
        {
            Parameters = { new() { Value = ids } },
        };
        await using var reader = await command.ExecuteReaderAsync();
        var row = new object[reader.FieldCount];
        while (await reader.ReadAsync())
            reader.GetValues(row);
    }

    /// <summary>The indexes that the plan reads; or that it reads the whole table.</summary>
    private static async Task<string> PlanAsync(NpgsqlConnection connection, RunQuery query)
    {
        await using var sql = RunRepository.Page(connection, query);
        sql.CommandText = "explain " + sql.CommandText;
        var plan = new StringBuilder();
        await using var reader = await sql.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            plan.AppendLine(reader.GetString(0));
        var scans = IndexScan()
            .Matches(plan.ToString())
            .Select(m => $"{m.Groups["scan"].Value} `{m.Groups["index"].Value}`")
            .Distinct()
            .ToList();
        if (plan.ToString().Contains("Seq Scan", StringComparison.Ordinal))
            scans.Add("the whole table");
        return string.Join(", ", scans);
    }

    [GeneratedRegex(@"(?<scan>(Bitmap )?Index (Only )?Scan)( Backward)?( using| on) (?<index>\w+)")]
    private static partial Regex IndexScan();

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
