using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Auto;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Almagest.Ledger.Tests.Schema;

public sealed class MigrationTests
{
    private static readonly string[] s_names =
    [
        "InitialSchema",
        "AddDiscoveryViews",
        "AddAnomalyOverlapMatrixView",
        "AddDiscoveryTimelineView",
        "AddQueueAnnotationsAndViewModes",
        "AddDiscoveryExclusions",
        "AddAstrometricErrors",
        "AddClusterSummaries",
        "AddAccessTokens",
        "AddRunStartedBy",
        "AddDeletions",
        "AddSavedViews",
        "AddAutomaticViewMode",
        "AddTapJobs",
        "AddFlagProbabilities",
        "AddClusterIdentifications",
        "AddWatches",
        "AddRunTasks",
        "AddDatasetDeletions",
        "AddCataloguesInPlace",
        "AddDistribution",
        "AddResultsInFiles",
    ];

    [Fact]
    public async Task The_model_and_the_migrations_agree()
    {
        await using var test = await TestLedger.CreateEmptyAsync();
        await using var context = test.Ledger.CreateContext();
        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task An_initial_schema_is_followed_by_the_migrations_in_their_order()
    {
        await using var test = await TestLedger.CreateEmptyAsync();
        Assert.Equal(s_names, (await test.Ledger.Schema.StatusAsync()).Select(s => s.Name));
        Assert.All(await test.Ledger.Schema.StatusAsync(), s => Assert.False(s.Applied));
        await test.Ledger.Schema.MigrateAsync();
        Assert.All(await test.Ledger.Schema.StatusAsync(), s => Assert.True(s.Applied));
        await test.Ledger.Schema.EnsureCurrentAsync();
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task The_migrations_go_down_one_by_one_and_up_again_with_data_inside(ViewMode mode)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var (anomaly, cluster) = await test.AddRunsAsync();
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        var schema = await SchemaCatalogue.ReadAsync(test);
        var data = await test.StringsAsync("select * from discovery_results order by run_id, star_id");
        Assert.Equal(40, data.Count);
        await new ViewConverter(test.Ledger).ConvertAsync(mode);

        var below = new Stack<IReadOnlyList<string>>();
        foreach (var target in s_names.Reverse().Skip(1))
        {
            Assert.Single(await test.Ledger.Schema.RollbackAsync(target));
            await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.EnsureCurrentAsync());
            below.Push(await SchemaCatalogue.ReadAsync(test));
            Assert.Equal(40, await test.ScalarAsync<long>("select count(*) from discovery_results"));
        }
        foreach (var target in s_names.SkipLast(1))
        {
            await test.Ledger.Schema.RollbackAsync(target);
            var (down, up) = (below.Pop(), await SchemaCatalogue.ReadAsync(test));
            // Migrations of today make no views: a way down leaves what the scripts made, or nothing, and a way up makes none.
            if (Array.IndexOf(s_names, target) >= Array.IndexOf(s_names, "AddQueueAnnotationsAndViewModes"))
                (down, up) = (Tables(down), Tables(up));
            Assert.Equal(down, up);
        }

        Assert.Equal([s_names[^1]], await test.Ledger.Schema.MigrateAsync());
        await test.Ledger.Schema.EnsureCurrentAsync();
        Assert.Equal(schema, await SchemaCatalogue.ReadAsync(test));
        Assert.Equal(data, await test.StringsAsync("select * from discovery_results order by run_id, star_id"));
        await ViewAssert.AgreeAsync(test);
        var runs = new RunRepository(test.Ledger);
        Assert.True((await runs.GetAsync(anomaly)).IsComplete);
        Assert.True((await runs.GetAsync(cluster)).IsComplete);
    }

    private static List<string> Tables(IReadOnlyList<string> schema) =>
        [
            .. schema.Where(line =>
                line.StartsWith("column ", StringComparison.Ordinal)
                && !line.Contains("view_summaries", StringComparison.Ordinal)
                && !line.Contains(" mv_", StringComparison.Ordinal)
            ),
        ];

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task Without_the_table_of_exclusions_runs_are_completed_and_deleted_and_with_it_again_nothing_is_left_of_them(
        ViewMode mode
    )
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 30);
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var runs = new RunRepository(test.Ledger);
        async Task<Guid> RunAsync()
        {
            var run = await runs.CreateAsync(dataset, new IsolationForestParameters(), StarFilter.All);
            await using var completion = await runs.BeginCompletionAsync(run.RunId);
            await completion.SaveAnomaliesAsync(stars[..20], [.. Enumerable.Range(0, 20).Select(i => i - 2.5)]);
            ExcludedStars[] excluded = [new("no parallax", stars[20..])];
            await completion.SaveExclusionsAsync(await ExcludedCell.CountAsync(test.Ledger, excluded, default), default);
            await completion.MarkCompleteAsync(20, null);
            await completion.CommitAsync();
            return run.RunId;
        }
        const string Excluded = "select coalesce(sum(excluded), 0)::bigint from mv_dataset_coverage";
        var first = await RunAsync();
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        Assert.Equal(10, await test.ScalarAsync<long>(Excluded));

        await test.Ledger.Schema.RollbackAsync("AddQueueAnnotationsAndViewModes");
        Assert.Equal("", await test.ScalarAsync<string>("select coalesce(to_regclass('discovery_exclusions')::text, '')"));
        // As the program of then did it.
        var second = Guid.CreateVersion7();
        await test.ExecuteAsync(
            $"""
            insert into discovery_runs (run_id, run_type, algorithm, parameters, dataset_id, total_stars, status, is_complete,
                                        program_version)
            values ('{second}', 'anomaly', 'isolation_forest', '{"{}"}', {dataset}, 0, 'pending', false, 'old');
            insert into discovery_results (run_id, star_id, is_anomaly, anomaly_score)
            select '{second}', star_id, (n <= 3)::int, n - 3.5 from (select star_id, row_number() over (order by star_id) as n from stars) s
            where n <= 20;
            update discovery_runs set status = 'completed', is_complete = true, total_stars = 20, completed_at = now()
            where run_id = '{second}'
            """
        );
        await test.ExecuteAsync($"delete from discovery_runs where run_id = '{first}'");
        Assert.Equal([second.ToString()], await test.StringsAsync("select distinct run_id from discovery_results"));

        await test.Ledger.Schema.MigrateAsync();
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        Assert.Equal(0, await test.ScalarAsync<long>(Excluded));
        await ViewAssert.AgreeAsync(test);
        var third = await RunAsync();
        await runs.DeleteAsync(third);
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from discovery_exclusions"));
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        await ViewAssert.AgreeAsync(test);
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task Probabilities_and_strengths_are_told_apart_by_the_algorithm_and_share_a_column_on_the_way_down(ViewMode mode)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 3);
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var runs = new RunRepository(test.Ledger);
        foreach (
            var (parameters, strengths, probabilities) in new (RunParameters, double[]?, double[]?)[]
            {
                (new HdbscanParameters(), [0.25, 1, 0], null),
                (new AutoParameters(), null, [0.5, 0.75, 0.125]),
                (new DbscanParameters(), null, null),
            }
        )
        {
            var run = await runs.CreateAsync(dataset, parameters, StarFilter.All);
            await using var completion = await runs.BeginCompletionAsync(run.RunId);
            await completion.SaveClustersAsync(stars, [0, 0, -1], strengths, probabilities, CancellationToken.None);
            await completion.MarkCompleteAsync(3, null);
            await completion.CommitAsync();
        }
        const string Rows = "from discovery_results join discovery_runs using (run_id) order by algorithm, star_id";
        var now = await test.StringsAsync($"select algorithm, membership_strength, membership_probability {Rows}");

        await test.Ledger.Schema.RollbackAsync("AddAstrometricErrors");
        Assert.Equal(
            ["auto | 0.5", "auto | 0.75", "auto | 0.125", "dbscan | null", "dbscan | null", "dbscan | null"],
            (await test.StringsAsync($"select algorithm, membership_probability {Rows}")).Take(6)
        );
        Assert.Equal(
            ["hdbscan | 0.25", "hdbscan | 1", "hdbscan | 0"],
            (await test.StringsAsync($"select algorithm, membership_probability {Rows}")).Skip(6)
        );
        // A hash of the second rule is none of the first, which is all that the program of then knows.
        Assert.Equal(0, await test.ScalarAsync<long>("select count(results_hash) from discovery_runs"));
        await test.RewriteAsync("update discovery_runs set results_hash = 'made then' where algorithm = 'hdbscan'");

        await test.Ledger.Schema.MigrateAsync();
        Assert.Equal(now, await test.StringsAsync($"select algorithm, membership_strength, membership_probability {Rows}"));
        Assert.Equal(
            ["auto | null", "dbscan | null", "hdbscan | 1"],
            await test.StringsAsync("select algorithm, results_hash_version from discovery_runs order by 1")
        );
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from discovery_clusters"));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from pg_trigger where tgenabled <> 'O'"));
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        await ViewAssert.AgreeAsync(test);
    }

    [Fact]
    public async Task Errors_that_were_other_columns_of_a_file_become_fields_and_are_other_columns_again_on_the_way_back()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var (dataset, ids) = await test.AddDatasetAsync("old", 6);
        await test.AddDatasetAsync("carried", 6);
        await test.Ledger.Schema.RollbackAsync("AddDiscoveryExclusions");
        await test.ExecuteAsync(
            $$"""
            update stars set extra =
                '{"ra_error": 0.25, "ra_dec_corr": -0.5, "pmra_error": 0.1, "teff": 5000, "radial_velocity_error": "x"}'
              where star_id = {{ids[0]}};
            update stars set extra = '{"ra_error": 0, "ra_dec_corr": -1.5, "phot_bp_rp_excess_factor": 1.25}' where star_id = {{ids[1]}};
            update stars set extra = '{"ra_error": 0.5, "pmra_error": 0.5}' where dataset_id <> {{dataset}};
            update datasets set source = '[{"report": {"columns": [
              {"name": "ra_error", "unit": "Angle[mas]"},
              {"name": "pmra_error", "unit": "arcsec/yr"},
              {"name": "ra_dec_corr", "unit": null}]} }]'
              where dataset_id = {{dataset}};
            update datasets set source = '[{"carried_to": 2000}]' where dataset_id <> {{dataset}};
            delete from pending_view_changes
            """
        );
        const string Read =
            "select ra_error, pmra_error, ra_dec_corr, phot_bp_rp_excess_factor, radial_velocity_error from stars "
            + "where extra is not null order by star_id limit 3";

        await test.Ledger.Schema.MigrateAsync();
        Assert.Equal(
            ["0.25 | null | -0.5 | null | null", "null | null | null | 1.25 | null", "null | 0.5 | null | null | null"],
            await test.StringsAsync(Read)
        );
        await test.ExecuteAsync($"update stars set dec_error = 0.75 where star_id in ({ids[0]}, {ids[5]})");
        await test.ExecuteAsync("delete from pending_view_changes");

        await test.Ledger.Schema.RollbackAsync("AddDiscoveryExclusions");
        Assert.Empty(await test.StringsAsync("select view_name from pending_view_changes"));
        Assert.Equal(
            [
                """{"teff": 5000, "ra_error": 0.25, "dec_error": 0.75, "pmra_error": 0.1, "ra_dec_corr": -0.5, """
                    + "\"radial_velocity_error\": \"x\"}",
                """{"ra_error": 0, "ra_dec_corr": -1.5, "phot_bp_rp_excess_factor": 1.25}""",
                """{"dec_error": 0.75}""",
            ],
            await test.StringsAsync($"select extra from stars where dataset_id = {dataset} and extra is not null order by star_id")
        );
        await test.Ledger.Schema.MigrateAsync();
        Assert.Equal(0.75, await test.ScalarAsync<double>($"select dec_error from stars where star_id = {ids[5]}"));
    }

    [Fact]
    public async Task Each_migration_down_leaves_the_views_of_those_before_it_with_their_rows()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        await test.AddRunsAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
        var stars = await test.StringsAsync("select * from mv_star_anomaly_frequency order by star_id");

        await test.Ledger.Schema.RollbackAsync("AddDiscoveryTimelineView");
        Assert.Equal(5, await test.ScalarAsync<long>("select count(*) from pg_matviews where matviewname like 'mv%'"));
        await test.Ledger.Schema.RollbackAsync("AddDiscoveryViews");

        Assert.Equal(3, await test.ScalarAsync<long>("select count(*) from pg_matviews where matviewname like 'mv%'"));
        Assert.Equal(stars, await test.StringsAsync("select * from mv_star_anomaly_frequency order by star_id"));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from pending_view_changes"));
    }

    [Fact]
    public async Task Rolling_back_to_0_leaves_nothing_behind()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        await test.Ledger.Schema.RollbackAsync("0");
        Assert.Empty(
            await test.StringsAsync(
                """
                select relname from pg_class c
                where relnamespace = 'public'::regnamespace and relname <> '__EFMigrationsHistory'
                  and relname not like 'pk%migrations_history'
                  and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
                """
            )
        );
        Assert.Empty(await test.StringsAsync("select nspname from pg_namespace where nspname in ('jobs', 'view_summaries', 'sky')"));
        Assert.Empty(await test.StringsAsync("select proname from pg_proc where pronamespace = 'public'::regnamespace"));
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_refused()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        await test.ExecuteAsync(
            """
            insert into "__EFMigrationsHistory" (migration_id, product_version) values ('29990101000000_FromTheFuture', '99')
            """
        );
        var error = await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.EnsureCurrentAsync());
        Assert.Contains("FromTheFuture", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.MigrateAsync());
    }

    [Fact]
    public async Task Two_programs_that_migrate_at_once_do_it_once()
    {
        await using var test = await TestLedger.CreateEmptyAsync();
        await using var other = new LedgerDatabase(test.ConnectionString);
        var done = await Task.WhenAll(test.Ledger.Schema.MigrateAsync(), other.Schema.MigrateAsync());
        Assert.Equal((await test.Ledger.Schema.StatusAsync()).Count, done.Sum(d => d.Count));
    }

    [Fact]
    public async Task An_unknown_target_is_refused_with_the_names_that_exist()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var error = await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.RollbackAsync("Nonsense"));
        Assert.Contains("AddDiscoveryViews", error.Remedy, StringComparison.Ordinal);
    }
}
