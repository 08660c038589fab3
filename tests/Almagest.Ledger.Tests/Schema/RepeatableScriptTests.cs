using Almagest.Contract.Errors;
using Almagest.Ledger.Migrations;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Views;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Xunit;

namespace Almagest.Ledger.Tests.Schema;

/// <summary>Views and functions are scripts that are run when they change, in the mode in which the ledger is.</summary>
public sealed class RepeatableScriptTests
{
    [Fact]
    public async Task A_view_of_yesterdays_definition_is_noticed()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.ExecuteAsync("comment on materialized view mv_discovery_timeline is 'almagest definition 0000'");
        var error = await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.EnsureCurrentAsync());
        Assert.Contains("mv_discovery_timeline", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task Only_the_view_that_changed_is_made_anew(ViewMode mode)
    {
        await using var test = await CreateAsync(mode);
        var before = await IdentitiesAsync(test);
        await test.ExecuteAsync($"comment on {KindOf(mode)} mv_discovery_timeline is 'almagest definition 0000'");

        Assert.Equal(["mv_discovery_timeline"], await test.Ledger.Schema.MigrateAsync());

        var after = await IdentitiesAsync(test);
        Assert.Equal(["mv_discovery_timeline"], before.Keys.Where(name => before[name] != after[name]));
        await ViewAssert.AgreeAsync(test);
    }

    [Fact]
    public async Task The_views_that_read_one_that_changed_are_made_anew_with_it()
    {
        await using var test = await CreateAsync(ViewMode.Refresh);
        var before = await IdentitiesAsync(test);
        await test.ExecuteAsync("comment on materialized view mv_discovery_quality is 'almagest definition 0000'");

        await test.Ledger.Schema.MigrateAsync();

        var after = await IdentitiesAsync(test);
        Assert.Equal(
            ["mv_discovery_quality", "mv_parameter_performance"],
            before.Keys.Where(name => before[name] != after[name]).Order(StringComparer.Ordinal)
        );
        await ViewAssert.AgreeAsync(test);
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task A_view_that_no_migration_makes_is_made_filled_and_registered(ViewMode mode)
    {
        await using var test = await CreateAsync(mode);
        // As in a ledger of a program that did not have it yet.
        await test.ExecuteAsync(
            $"""
            drop {KindOf(mode)} mv_anomaly_overlap_matrix cascade;
            delete from analytics_views where view_name = 'mv_anomaly_overlap_matrix';
            """
        );

        Assert.Contains("mv_anomaly_overlap_matrix", await test.Ledger.Schema.MigrateAsync());

        await test.Ledger.Schema.EnsureCurrentAsync();
        Assert.Equal(
            ["{anomaly} | False | {}"],
            await test.StringsAsync(
                """
                select run_types::text, every_change, tables::text from analytics_views where view_name = 'mv_anomaly_overlap_matrix'
                """
            )
        );
        Assert.Equal(1, await test.ScalarAsync<long>("select count(*) from mv_anomaly_overlap_matrix"));
        await ViewAssert.AgreeAsync(test);
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task A_view_that_this_program_does_not_have_is_taken_away(ViewMode mode)
    {
        await using var test = await CreateAsync(mode);
        await test.ExecuteAsync(
            $"""
            create {KindOf(mode)} mv_strange as select 1;
            insert into analytics_views (view_name, run_types) values ('mv_strange', array['anomaly']);
            """
        );

        Assert.Equal(["mv_strange"], await test.Ledger.Schema.MigrateAsync());

        Assert.Empty(
            await test.StringsAsync(
                """
                select relname::text from pg_class where relname = 'mv_strange'
                union all
                select view_name from analytics_views where view_name = 'mv_strange'
                """
            )
        );
        Assert.Empty(await test.Ledger.Schema.MigrateAsync());
        await ViewAssert.AgreeAsync(test);
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task Functions_of_another_version_are_replaced_in_either_mode_and_nothing_is_lost(ViewMode mode)
    {
        await using var test = await CreateAsync(mode);
        await test.ExecuteAsync(
            """
            create or replace function view_summaries.apply_run(target uuid) returns void language plpgsql as $$ begin end $$;
            comment on schema view_summaries is 'almagest definition 0000';
            create or replace function public.record_run_change() returns trigger language plpgsql as $$ begin return null; end $$;
            comment on function public.record_run_change is null;
            """
        );
        await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.EnsureCurrentAsync());

        Assert.Equal(["view_summaries", "record_run_change"], await test.Ledger.Schema.MigrateAsync());
        Assert.Empty(await test.Ledger.Schema.MigrateAsync());

        await test.Ledger.Schema.EnsureCurrentAsync();
        await AddAnotherRunAsync(test, 9, 5.5);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        Assert.Equal(mode, (await ViewModeState.ReadAsync(test.Ledger)).Mode);
        Assert.Equal(3, await test.ScalarAsync<long>("select count(*) from mv_anomaly_overlap_matrix"));
        Assert.Equal(80, await test.ScalarAsync<long>("select count(*) from discovery_results"));
        await ViewAssert.AgreeAsync(test);
    }

    [Fact]
    public async Task An_interrupted_conversion_can_go_on_after_its_summaries_were_made_anew()
    {
        await using var test = await CreateAsync(ViewMode.Refresh);
        await test.ExecuteAsync("comment on schema view_summaries is null; update view_summaries.maintenance set state = 'building'");

        Assert.Equal(["view_summaries"], await test.Ledger.Schema.MigrateAsync());

        Assert.Equal(new ViewModeState(ViewMode.Refresh, ViewModeState.Building), await ViewModeState.ReadAsync(test.Ledger));
        // What comes in meanwhile is counted.
        await AddAnotherRunAsync(test, 9, 5.5);
        Assert.Equal(1, await test.ScalarAsync<long>("select count(*) from view_summaries.runs"));
        Assert.True(await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental));
        await ViewAssert.AgreeAsync(test);
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task A_migration_can_take_the_views_out_of_its_way_and_the_scripts_make_them_anew(ViewMode mode)
    {
        await using var test = await CreateAsync(mode);
        // What an interrupted conversion leaves is in the way, too.
        if (mode == ViewMode.Incremental)
            await test.ExecuteAsync("create materialized view mv_discovery_timeline__next as select * from discovery_runs");
        var summaries = await test.ScalarAsync<uint>("select 'view_summaries.runs'::regclass::oid");
        var migration = new MigrationBuilder("Npgsql");
        migration.DropQueryOptimizedViews();

        foreach (var operation in migration.Operations.OfType<SqlOperation>())
            await test.ExecuteAsync(operation.Sql);
        Assert.Empty(await test.StringsAsync("select relname from pg_class where relname like 'mv%' and relkind in ('m', 'v')"));
        await test.ExecuteAsync("alter table stars alter healpix_29 type numeric; alter table stars alter healpix_29 type bigint");

        Assert.Equal(AnalyticsViews.All.Select(v => v.Name), await test.Ledger.Schema.MigrateAsync());
        Assert.Equal(mode, (await ViewModeState.ReadAsync(test.Ledger)).Mode);
        Assert.Equal(summaries, await test.ScalarAsync<uint>("select 'view_summaries.runs'::regclass::oid"));
        await ViewAssert.AgreeAsync(test);
    }

    [Fact]
    public async Task Something_else_that_reads_a_view_keeps_a_migration_from_dropping_it_and_is_named()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.ExecuteAsync("create view my_own as select * from mv_discovery_timeline");
        var migration = new MigrationBuilder("Npgsql");
        migration.DropQueryOptimizedViews();

        var drop = Assert.IsType<SqlOperation>(Assert.Single(migration.Operations)).Sql;

        var error = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => test.ExecuteAsync(drop));

        Assert.Contains("mv_discovery_timeline", error.MessageText, StringComparison.Ordinal);
        Assert.Equal(AnalyticsViews.All.Count, (await IdentitiesAsync(test)).Count);
    }

    private static async Task<TestLedger> CreateAsync(ViewMode mode)
    {
        var test = await TestLedger.CreateAsync();
        await test.AddRunsAsync();
        await AddAnotherRunAsync(test, 7, 4.5);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        return test;
    }

    private static string KindOf(ViewMode mode) => mode == ViewMode.Refresh ? "materialized view" : "view";

    private static async Task AddAnotherRunAsync(TestLedger test, int seed, double flagged)
    {
        var dataset = await test.ScalarAsync<long>("select dataset_id from datasets");
        var stars = (await test.StringsAsync("select star_id from stars order by 1")).Select(long.Parse);
        await test.AddAnomalyRunAsync(dataset, [.. stars], seed, flagged);
    }

    // A relation that is made anew has another number.
    private static async Task<Dictionary<string, string>> IdentitiesAsync(TestLedger test)
    {
        var rows = await test.StringsAsync("select relname, oid from pg_class where relname like 'mv%' and relkind in ('m', 'v')");
        return rows.Select(row => row.Split(" | ")).ToDictionary(row => row[0], row => row[1]);
    }
}
