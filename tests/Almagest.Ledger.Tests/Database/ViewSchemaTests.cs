using Xunit;

namespace Almagest.Ledger.Tests.Database;

/// <summary>The views and indexes against the design, column by column.</summary>
public sealed class ViewSchemaTests
{
    public static TheoryData<string, string, string> Design =>
        new()
        {
            {
                "mv_discovery_run_stats",
                "run_id uuid, run_type text, created_at timestamp with time zone, total_stars bigint, parameters_json jsonb, "
                    + "anomaly_count bigint, "
                    + "anomaly_percentage double precision, min_anomaly_score double precision, max_anomaly_score double precision, "
                    + "avg_anomaly_score double precision, "
                    + "cluster_count bigint, min_cluster_size bigint, max_cluster_size bigint, avg_cluster_size double precision, "
                    + "noise_count bigint, "
                    + "last_updated timestamp with time zone",
                "run_id"
            },
            {
                "mv_cluster_size_distribution",
                "run_id uuid, cluster_id integer, cluster_size bigint, star_ids bigint[], last_updated timestamp with time zone",
                "run_id, cluster_id"
            },
            {
                "mv_star_anomaly_frequency",
                "star_id bigint, anomaly_count bigint, total_runs bigint, frequency_pct double precision, mean_anomaly_score double "
                    + "precision, run_ids uuid[], "
                    + "last_updated timestamp with time zone",
                "star_id"
            },
            {
                "mv_anomaly_overlap_matrix",
                "run_1_id uuid, run_1_count bigint, run_2_id uuid, run_2_count bigint, overlap_count bigint, overlapping_star_ids "
                    + "bigint[], "
                    + "run_1_unique_count bigint, run_2_unique_count bigint, jaccard_similarity double precision, last_updated "
                    + "timestamp with time zone",
                "run_1_id, run_2_id"
            },
            {
                "mv_discovery_timeline",
                "period_start date, period_type text, run_type text, total_runs bigint, completed_runs bigint, completion_rate double "
                    + "precision, "
                    + "total_stars_analyzed bigint, last_updated timestamp with time zone",
                "period_type, period_start, run_type"
            },
            {
                "mv_dataset_coverage",
                "dataset_id bigint, healpix_6 bigint, stars bigint, runs bigint, star_analyses bigint, excluded bigint, flags bigint, "
                    + "last_analysed_at timestamp with time zone, "
                    + "last_updated timestamp with time zone",
                "dataset_id, healpix_6"
            },
            {
                "mv_discovery_quality",
                "run_id uuid, label_set text, run_type text, labelled_stars bigint, positives bigint, true_positives bigint, "
                    + "false_positives bigint, false_negatives bigint, "
                    + "true_negatives bigint, precision double precision, recall double precision, f1 double precision, "
                    + "average_precision double precision, "
                    + "adjusted_rand_index double precision, purity double precision, last_updated timestamp with time zone",
                "run_id, label_set"
            },
            {
                "mv_parameter_performance",
                "run_type text, algorithm text, parameters_hash text, dataset_id bigint, parameters_json jsonb, runs bigint, "
                    + "datasets bigint, "
                    + "mean_anomaly_count double precision, "
                    + "min_anomaly_count bigint, max_anomaly_count bigint, mean_anomaly_percentage double precision, "
                    + "mean_cluster_count double precision, "
                    + "mean_noise_fraction double precision, mean_similarity double precision, labelled_runs bigint, mean_precision "
                    + "double precision, mean_recall double precision, "
                    + "mean_f1 double precision, mean_average_precision double precision, mean_adjusted_rand_index double precision, "
                    + "mean_purity double precision, "
                    + "last_updated timestamp with time zone",
                "run_type, algorithm, parameters_hash, dataset_id"
            },
            {
                "mv_run_sensitivity",
                "run_1_id uuid, run_2_id uuid, parameter text, value_1 jsonb, value_2 jsonb, run_1_count bigint, run_2_count bigint, "
                    + "overlap_count bigint, "
                    + "jaccard_similarity double precision, last_updated timestamp with time zone",
                "run_1_id, run_2_id"
            },
        };

    [Theory]
    [MemberData(nameof(Design))]
    public async Task A_view_is_materialized_with_the_columns_of_the_design_and_its_unique_key(string view, string columns, string key)
    {
        await using var test = await TestLedger.CreateAsync();
        Assert.Equal([view], await test.StringsAsync($"select matviewname::text from pg_matviews where matviewname = '{view}'"));
        Assert.Equal(
            columns,
            await test.ScalarAsync<string>(
                $"select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) from pg_attribute where "
                    + $"attrelid = 'public.{view}'::regclass and attnum > 0"
            )
        );
        Assert.Equal(
            [key],
            await test.StringsAsync(
                $"""
                select string_agg(a.attname, ', ' order by k.n)::text
                from pg_index i, unnest(i.indkey) with ordinality k (attnum, n), pg_attribute a
                where i.indrelid = 'public.{view}'::regclass and i.indisunique and i.indpred is null and a.attrelid = i.indrelid
                  and a.attnum = k.attnum
                group by i.indexrelid
                """
            )
        );
    }

    [Theory]
    [InlineData("idx_discovery_results_run_anomaly", "discovery_results", "(run_id, is_anomaly)")]
    [InlineData("idx_discovery_results_run_cluster", "discovery_results", "(run_id, cluster_id)")]
    [InlineData("idx_discovery_runs_type_created", "discovery_runs", "(run_type, created_at DESC)")]
    public async Task The_composite_indexes_have_their_names_and_columns(string name, string table, string columns)
    {
        await using var test = await TestLedger.CreateAsync();
        var definition = await test.ScalarAsync<string>(
            $"select indexdef from pg_indexes where indexname = '{name}' and tablename = '{table}'"
        );
        Assert.EndsWith(columns, definition, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_anomaly_is_an_integer_and_every_unique_index_of_results_contains_star_id()
    {
        await using var test = await TestLedger.CreateAsync();
        Assert.Equal(
            "integer",
            await test.ScalarAsync<string>(
                "select data_type from information_schema.columns where table_name = 'discovery_results' and column_name = 'is_anomaly'"
            )
        );
        var unique = await test.StringsAsync(
            "select indexdef from pg_indexes where tablename = 'discovery_results' and indexdef like 'CREATE UNIQUE%'"
        );
        Assert.NotEmpty(unique);
        Assert.All(unique, definition => Assert.Contains("star_id", definition, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_planner_uses_the_composite_indexes()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 10);
        // Enough rows that a scan of the table would be the worse plan: 60 runs of 1,000 stars, one star in 50 flagged.
        await test.ExecuteAsync(
            $"""
            insert into discovery_runs (run_id, run_type, algorithm, parameters, dataset_id, status, is_complete, program_version,
              total_stars, completed_at, created_at)
            select md5(n::text)::uuid, case when n % 2 = 0 then 'anomaly' else 'cluster' end, 'x', jsonb '[]', {dataset}, 'completed', true,
              '0', 1000, now(), now() - n * interval '1 hour'
            from generate_series(1, 2000) n;
            insert into discovery_results (run_id, star_id, is_anomaly, cluster_id)
            select md5(n::text)::uuid, s, case when s % 50 = 0 then 1 else 0 end, s % 40 from generate_series(1, 60) n, generate_series(1,
              1000) s;
            analyze discovery_runs; analyze discovery_results;
            """
        );
        async Task<string> PlanAsync(string sql) => string.Join('\n', await test.StringsAsync("explain " + sql));
        Assert.Contains(
            "idx_discovery_results_run_anomaly",
            await PlanAsync("select star_id from discovery_results where run_id = md5('2')::uuid and is_anomaly = 1"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "idx_discovery_results_run_cluster",
            await PlanAsync("select star_id from discovery_results where run_id = md5('3')::uuid and cluster_id = 7"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "idx_discovery_runs_type_created",
            await PlanAsync("select * from discovery_runs where run_type = 'anomaly' order by created_at desc limit 10"),
            StringComparison.Ordinal
        );
    }
}
