using Almagest.Ledger.Views;
using Almagest.Testing;
using Xunit;

namespace Almagest.Ledger.Tests.Views;

/// <summary>Each view against a plain computation, after each step of random histories.</summary>
public sealed class ViewAccuracyTests
{
    private static readonly (string View, string Sql, Func<IEnumerable<PlainRun>, PlainSky, List<string>> Plain)[] s_views =
    [
        ("mv_discovery_run_stats", PlainLedger.RunStatsSql, (runs, _) => PlainLedger.RunStats(runs)),
        ("mv_cluster_size_distribution", PlainLedger.ClusterSizesSql, (runs, _) => PlainLedger.ClusterSizes(runs)),
        ("mv_star_anomaly_frequency", PlainLedger.StarFrequencySql, PlainLedger.StarFrequency),
        ("mv_anomaly_overlap_matrix", PlainLedger.OverlapSql, (runs, _) => PlainLedger.Overlap(runs)),
        ("mv_discovery_timeline", PlainLedger.TimelineSql, (runs, _) => PlainLedger.Timeline(runs)),
        ("mv_dataset_coverage", PlainCoverage.CoverageSql, PlainCoverage.Coverage),
        ("mv_discovery_quality", PlainQuality.Sql, PlainQuality.Rows),
        ("mv_parameter_performance", PlainCoverage.ParametersSql, PlainCoverage.Parameters),
        ("mv_run_sensitivity", PlainSensitivity.Sql, PlainSensitivity.Rows),
    ];

    private const int Steps = 55;

    /// <summary>One of each kind, and before a release more of those that change nothing but the history.</summary>
    public static TheoryData<int, ViewMode, int> Histories()
    {
        var data = new TheoryData<int, ViewMode, int>
        {
            { 1, ViewMode.Refresh, 0 },
            { 4, ViewMode.Incremental, 0 },
            { 7, ViewMode.Refresh, 5 },
            { 8, ViewMode.Incremental, 5 },
        };
        for (var more = 0; more < TestDepth.Rounds(usually: 0, release: 4); more++)
            data.Add(10 + more, more % 2 == 0 ? ViewMode.Refresh : ViewMode.Incremental, 0);
        return data;
    }

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task After_every_step_of_a_random_history_each_view_holds_what_a_plain_computation_gives(
        int seed,
        ViewMode mode,
        int stepsAConversion
    )
    {
        // A seed makes another history of a distributed ledger, of which the next test is.
        await using var test = await TestLedger.CreateWholeAsync();
        await AgreeAtEachStepAsync(test, seed, mode, stepsAConversion);
    }

    [Theory]
    [InlineData(24, ViewMode.Refresh, 0)]
    [InlineData(22, ViewMode.Incremental, 0)]
    [InlineData(23, ViewMode.Refresh, 6)]
    public async Task So_they_do_where_the_tables_are_distributed(int seed, ViewMode mode, int stepsAConversion)
    {
        await using var test = await TestLedger.CreateDistributedAsync();
        await AgreeAtEachStepAsync(test, seed, mode, stepsAConversion);
    }

    private static async Task AgreeAtEachStepAsync(TestLedger test, int seed, ViewMode mode, int stepsAConversion)
    {
        var random = new Random(seed);
        await RandomPlansAsync(test, random);
        var converter = new ViewConverter(test.Ledger);
        await converter.ConvertAsync(mode);
        var history = new RandomHistory(test, random);
        await history.PrepareAsync();
        var seen = new Dictionary<string, int>();
        for (var step = 0; step < Steps; step++)
        {
            if (stepsAConversion > 0 && random.Next(stepsAConversion) == 0)
                await converter.ConvertAsync(
                    (await ViewModeState.ReadAsync(test.Ledger)).Mode == ViewMode.Refresh ? ViewMode.Incremental : ViewMode.Refresh
                );
            await history.StepAsync();
            Assert.All(await new ViewRefresher(test.Ledger).RefreshPendingAsync(), o => Assert.True(o.Succeeded, o.Error));
            foreach (var (view, sql, plain) in s_views)
            {
                var expected = plain(history.Runs, history.Sky);
                Assert.Equal(expected, await ReadAsync(test, sql));
                seen[view] = Math.Max(seen.GetValueOrDefault(view), expected.Count);
            }
        }
        // A history in which nothing happens would prove nothing.
        Assert.All(s_views, v => Assert.True(seen[v.View] > 1, v.View));
        Assert.All(await new ViewVerifier(test.Ledger).VerifyAsync(), v => Assert.True(v.Agrees && !v.Lags, v.ViewName));
    }

    private const string AddStarSet = "add_star_set(uuid,bigint,bigint,bigint,bigint)";
    private const string InFiles = "mv_star_anomaly_frequency";

    /// <summary>
    /// Summaries that are wrong on purpose, each in one place: were one not noticed, the property would prove too little. One of each view,
    /// and all before a release.
    /// </summary>
    public static TheoryData<string, string, string, string, bool> Mistakes()
    {
        (string Function, string Right, string Wrong, string View)[] all =
        [
            (
                "undo_run(uuid)",
                "(select max(r.completed_at) from view_summaries.runs r where r.set_id = s.set_id)",
                "s.last_completed",
                "mv_dataset_coverage"
            ),
            ("undo_run(uuid)", "delete from view_summaries.run_pairs where run_2_id = target", "null", "mv_anomaly_overlap_matrix"),
            ("undo_run(uuid)", "perform view_summaries.add_similarities(target, -1)", "null", "mv_parameter_performance"),
            (
                "undo_run(uuid)",
                "set anomaly_count = f.anomaly_count - 1",
                "set anomaly_count = f.anomaly_count",
                "mv_star_anomaly_frequency"
            ),
            ("undo_run(uuid)", "delete from view_summaries.quality where run_id = target", "null", "mv_discovery_quality"),
            (
                "apply_run(uuid)",
                "array_agg(star_id order by star_id), run.completed_at",
                "array_agg(star_id order by star_id desc), run.completed_at",
                "mv_cluster_size_distribution"
            ),
            ("apply_run(uuid)", "filter (where cluster_id = -1)", "filter (where cluster_id <= 0)", "mv_discovery_run_stats"),
            ("apply_run(uuid)", "excluded = c.excluded + excluded.excluded", "excluded = excluded.excluded", "mv_dataset_coverage"),
            ("undo_run(uuid)", "set excluded = c.excluded - e.stars", "set excluded = c.excluded", "mv_dataset_coverage"),
            ("add_cell_flags(bigint[],bigint[],integer)", "counts[place] + sign", "counts[place] + 1", "mv_dataset_coverage"),
            ("add_cell_flags(bigint[],bigint[],integer)", "(f.cell & 63)", "(f.cell & 62)", "mv_dataset_coverage"),
            (
                "add_repeated_flags(bigint[],double precision[])",
                "score_sum = f.score_sum + coalesce(round(n.anomaly_score * 1e9)::bigint, 0)",
                "score_sum = f.score_sum",
                "mv_star_anomaly_frequency"
            ),
            (
                "add_repeated_flags(bigint[],double precision[])",
                "score_count = f.score_count + (n.anomaly_score is not null)::int",
                "score_count = f.score_count + 1",
                "mv_star_anomaly_frequency"
            ),
            (
                "add_flags(bigint[],double precision[])",
                "again.dataset_ids || first.dataset_ids",
                "again.dataset_ids",
                "mv_dataset_coverage"
            ),
            (
                "add_sensitivities(discovery_runs)",
                "case when target < b.run_id then a.value else b.value end",
                "a.value",
                "mv_run_sensitivity"
            ),
            ("add_sensitivities(discovery_runs)", "or (b.parameter = '') <> (a.parameter = '')", "", "mv_run_sensitivity"),
            (
                "add_sensitivities(discovery_runs)",
                "jsonb_build_array(run.algorithm, run.dataset_id, run.dataset_filter)",
                "jsonb_build_array(run.algorithm, run.dataset_id)",
                "mv_run_sensitivity"
            ),
            ("settled_parameters(text,jsonb)", "\"max_samples\":256", "\"max_samples\":255", "mv_run_sensitivity"),
        ];
        // Of runs whose results are in files, and of the triggers: there are none of either on distributed tables.
        (string Function, string Right, string Wrong, string View)[] onOneMachine =
        [
            ("apply_run(uuid)", "labels.noise := run.total_stars - labels.clustered", "null", "mv_discovery_run_stats"),
            ("apply_run(uuid)", "s.hash_2, f.labelled, f", "s.hash_2, 0::bigint as labelled, f", "mv_cluster_size_distribution"),
            (AddStarSet, "members from public.analysed_set_blocks where", "~members from public.analysed_set_blocks where", InFiles),
            (AddStarSet, "analysed_set_cells c where set_id = kept_set", "analysed_set_cells c where false", "mv_dataset_coverage"),
            ("apply_run(uuid)", "found_set, kept_set is not null", "found_set, false", "mv_discovery_quality"),
            ("apply_run(uuid)", "kept_set is null and exists", "exists", "mv_discovery_quality"),
            ("apply_run(uuid)", "s.hash_1, s.hash_2", "0::bigint as hash_1, 0::bigint as hash_2", "mv_dataset_coverage"),
            ("count_dataset(bigint)", "dataset = any", "dataset <> all", "mv_dataset_coverage"),
            ("follow_new_stars()", "where n.dataset_id <> all (counted_else)", "", "mv_dataset_coverage"),
        ];
        var data = new TheoryData<string, string, string, string, bool>();
        foreach (var (function, right, wrong, view) in TestDepth.IsRelease ? all : all.DistinctBy(m => m.View))
            data.Add(function, right, wrong, view, false);
        // One of the anomaly runs, and one of the cluster runs.
        var daily = onOneMachine.Where(m => m.Function == AddStarSet || m.Right.StartsWith("labels.noise", StringComparison.Ordinal));
        foreach (var (function, right, wrong, view) in TestDepth.IsRelease ? onOneMachine : daily.DistinctBy(m => m.Function))
            data.Add(function, right, wrong, view, true);
        return data;
    }

    /// <summary>The same of definitions, where they say what holds of catalogues that are read where they lie and of their runs. A
    /// history that soon notices is tried first.</summary>
    [Theory]
    [InlineData("mv_star_anomaly_frequency", "where d.star_set_id is null", "", 200)]
    [InlineData("mv_star_anomaly_frequency", "and b.block = s.star_id >> 10", "", 200)]
    [InlineData("mv_star_anomaly_frequency", "where get_bit(b.members, (s.star_id & 1023)::int) = 1", "", 208)]
    [InlineData("mv_dataset_coverage", "where d.star_set_id is null", "", 200)]
    [InlineData(
        "mv_dataset_coverage",
        "where c.dataset_id not in (select dataset_id from public.datasets where in_place is not null)",
        "",
        200
    )]
    [InlineData("mv_dataset_coverage", "from runs where star_set_id is not null", "from runs where false", 200)]
    [InlineData("mv_discovery_quality", "and star_set_id is null", "", 200)]
    [InlineData("mv_discovery_run_stats", "then d.total_stars - coalesce(c.clustered_stars, 0)", "then coalesce(c.noise_count, 0)", 200)]
    [InlineData("mv_discovery_run_stats", "d.run_type = 'cluster' and d.star_set_id is not null", "d.star_set_id is not null", 200)]
    [InlineData("mv_star_anomaly_frequency", "where is_complete and run_type = 'anomaly'", "where is_complete", 200)]
    [InlineData("mv_run_sensitivity", "and d.star_set_id is null", "", 215)]
    [InlineData("mv_run_sensitivity", "where get_bit(b.members, (f.star_id & 1023)::int) = 1", "", 215)]
    public async Task A_definition_that_is_wrong_is_noticed(string view, string right, string wrong, int firstSeed)
    {
        var definition = AnalyticsViews.Get(view).Definition;
        var mutant = definition.Replace(right, wrong, StringComparison.Ordinal);
        Assert.NotEqual(definition, mutant);
        var (_, sql, plain) = s_views.Single(v => v.View == view);
        var mistaken = sql.Replace($"from {view}", $"from ({mutant}) mistaken", StringComparison.Ordinal);
        Assert.NotEqual(sql, mistaken);
        for (var seed = firstSeed; seed < firstSeed + 16; seed++)
        {
            await using var test = await TestLedger.CreateWholeAsync();
            // In this mode the views that others are computed from are as the ledger is, at once.
            await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
            var history = new RandomHistory(test, new Random(seed));
            await history.PrepareAsync();
            for (var step = 0; step < 60; step++)
            {
                await history.StepAsync();
                if (!plain(history.Runs, history.Sky).SequenceEqual(await ReadAsync(test, mistaken)))
                    return;
            }
        }
        Assert.Fail($"nobody noticed '{wrong}' in {view}");
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_summary_that_is_kept_wrongly_is_noticed(string function, string right, string wrong, string view, bool onOneMachine)
    {
        for (var seed = 100; seed < 116; seed++)
        {
            await using var test = onOneMachine ? await TestLedger.CreateWholeAsync() : await TestLedger.CreateAsync();
            await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
            var source = await test.ScalarAsync<string>($"select pg_get_functiondef('view_summaries.{function}'::regprocedure)");
            var mutant = source.Replace(right, wrong, StringComparison.Ordinal);
            Assert.NotEqual(source, mutant);
            await test.ExecuteAsync(mutant);
            var history = new RandomHistory(test, new Random(seed));
            await history.PrepareAsync();
            var (_, sql, plain) = s_views.Single(v => v.View == view);
            for (var step = 0; step < 60; step++)
            {
                await history.StepAsync();
                if (!plain(history.Runs, history.Sky).SequenceEqual(await ReadAsync(test, sql)))
                    return;
            }
        }
        Assert.Fail($"nobody noticed '{wrong}' in {function}");
    }

    // The same rows by whatever plan.
    private static async Task RandomPlansAsync(TestLedger test, Random random)
    {
        foreach (var method in new[] { "hashjoin", "mergejoin", "nestloop", "hashagg", "indexscan" })
        {
            if (random.Next(3) == 0)
                await test.ExecuteAsync(
                    $"do $$ begin execute format('alter database %I set enable_{method} = off', current_database()); end $$"
                );
        }
        Npgsql.NpgsqlConnection.ClearAllPools();
    }

    [Fact]
    public async Task A_refresh_with_nothing_new_rewrites_no_row()
    {
        await using var test = await TestLedger.CreateAsync();
        var history = new RandomHistory(test, new Random(11));
        await history.PrepareAsync();
        for (var step = 0; step < 30; step++)
            await history.StepAsync();
        var refresher = new ViewRefresher(test.Ledger);
        await refresher.RefreshAsync();
        async Task<List<string>> VersionsAsync() =>
            await test.StringsAsync(
                string.Join(" union all ", s_views.Select(v => $"select '{v.View}', ctid::text, xmin::text from {v.View}"))
                    + " order by 1, 2"
            );
        var before = await VersionsAsync();
        Assert.True(before.Count > 10);
        await refresher.RefreshAsync();
        Assert.Equal(before, await VersionsAsync());
    }

    private static async Task<List<string>> ReadAsync(TestLedger test, string sql)
    {
        var rows = new List<string>();
        await using var command = test.Ledger.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(
                PlainLedger.Row([
                    .. Enumerable
                        .Range(0, reader.FieldCount)
                        .Select(i => reader.GetDataTypeName(i) == "date" ? reader.GetFieldValue<DateOnly>(i) : reader.GetValue(i)),
                ])
            );
        }
        return PlainLedger.Sorted(rows);
    }
}
