using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Almagest.Ledger.Tests.Database;

public sealed class MigrationTests
{
    static readonly string[] Names =
    [
        "InitialSchema", "AddDiscoveryViews", "AddAnomalyOverlapMatrixView", "AddDiscoveryTimelineView", "AddMembershipProbability", "AddViewVersions", "AddJobStore",
        "AddParameterCoverageQualityViews", "AddIncrementalMaintenance", "AddRunHeartbeat", "AddTagsAndNotes", "AddSelectionHash", "AddCrossMatches",
        "AddReferenceEpoch",
    ];

    const string Catalogue = """
        select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') from information_schema.columns where table_schema in ('public', 'jobs')
        union all select 'index ' || indexdef from pg_indexes where schemaname in ('public', 'jobs')
        union all select 'view ' || matviewname || ' ' || definition from pg_matviews where schemaname = 'public'
        union all select 'trigger ' || tgname || ' ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
        union all select 'function ' || proname || ' ' || prosrc from pg_proc where pronamespace = 'public'::regnamespace
        union all select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
        order by 1
        """;

    [Fact]
    public async Task The_model_and_the_migrations_agree()
    {
        await using var test = await TestLedger.CreateEmptyAsync();
        await using var context = test.Ledger.CreateContext();
        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task An_initial_schema_is_followed_by_three_migrations()
    {
        await using var test = await TestLedger.CreateEmptyAsync();
        Assert.Equal(Names, (await test.Ledger.Schema.StatusAsync()).Select(s => s.Name));
        Assert.All(await test.Ledger.Schema.StatusAsync(), s => Assert.False(s.Applied));
        await test.Ledger.Schema.MigrateAsync();
        Assert.All(await test.Ledger.Schema.StatusAsync(), s => Assert.True(s.Applied));
        await test.Ledger.Schema.EnsureCurrentAsync();
    }

    [Fact]
    public async Task Each_migration_goes_down_and_up_again_with_data_inside()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 20);
        var runs = new RunRepository(test.Ledger);
        var anomaly = await CompleteAsync(runs, dataset, new IsolationForestParameters(), c => c.SaveAnomaliesAsync(stars, [.. stars.Select((_, i) => i - 3.5)]));
        var cluster = await CompleteAsync(runs, dataset, new DbscanParameters(), c => c.SaveClustersAsync(stars, [.. stars.Select((_, i) => i % 3 - 1)]));
        await runs.CreateAsync(dataset, new DbscanParameters(), StarFilter.All);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        var schema = await test.StringsAsync(Catalogue);
        var data = await test.StringsAsync("select * from discovery_results order by run_id, star_id");
        Assert.Equal(40, data.Count);

        for (var target = Names.Length - 2; target >= 0; target--)
        {
            var undone = await test.Ledger.Schema.RollbackAsync(Names[target]);
            Assert.Equal(Names.Length - 1 - target, undone.Count(Names.Contains));
            await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.EnsureCurrentAsync());
            await test.Ledger.Schema.MigrateAsync();
            Assert.Equal(schema, await test.StringsAsync(Catalogue));
            Assert.Equal(data, await test.StringsAsync("select * from discovery_results order by run_id, star_id"));
            Assert.All(await new ViewVerifier(test.Ledger).VerifyAsync(), v => Assert.True(v.Agrees, v.ViewName));
            Assert.True((await runs.GetAsync(anomaly)).IsComplete);
            Assert.True((await runs.GetAsync(cluster)).IsComplete);
        }
    }

    [Fact]
    public async Task Rolling_back_to_0_leaves_nothing_behind()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.Ledger.Schema.RollbackAsync("0");
        Assert.Empty(await test.StringsAsync("select relname from pg_class where relnamespace = 'public'::regnamespace and relname not like '%efmigrations%' and relname not like '%ef_migrations%' and relname not like '%EFMigrations%'"));
        Assert.Empty(await test.StringsAsync("select nspname from pg_namespace where nspname = 'jobs'"));
        Assert.Empty(await test.StringsAsync("select proname from pg_proc where pronamespace = 'public'::regnamespace"));
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_refused()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.ExecuteAsync("""insert into "__EFMigrationsHistory" (migration_id, product_version) values ('29990101000000_FromTheFuture', '99')""");
        var error = await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.EnsureCurrentAsync());
        Assert.Contains("FromTheFuture", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.MigrateAsync());
    }

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
    public async Task Definitions_of_another_version_are_replaced_in_either_mode_and_nothing_is_lost(ViewMode mode)
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, stars) = await test.AddDatasetAsync("a", 20);
        var runs = new RunRepository(test.Ledger);
        await CompleteAsync(runs, dataset, new IsolationForestParameters(), c => c.SaveAnomaliesAsync(stars, [.. stars.Select((_, i) => i - 3.5)]));
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        await test.ExecuteAsync("""
            create or replace function view_summaries.add_cell_flags(dataset_ids bigint[], cells bigint[], sign integer) returns void language plpgsql as $$ begin end $$;
            comment on schema view_summaries is 'almagest definition 0000';
            """);
        await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.EnsureCurrentAsync());

        Assert.Equal(["view_summaries"], await test.Ledger.Schema.MigrateAsync());
        Assert.Empty(await test.Ledger.Schema.MigrateAsync());
        await test.Ledger.Schema.EnsureCurrentAsync();
        await CompleteAsync(runs, dataset, new IsolationForestParameters { RandomState = 7 }, c => c.SaveAnomaliesAsync(stars, [.. stars.Select((_, i) => i - 5.5)]));
        await CompleteAsync(runs, dataset, new DbscanParameters(), c => c.SaveClustersAsync(stars, [.. stars.Select((_, i) => i % 3 - 1)]));
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        Assert.Equal(mode, (await ViewModeState.ReadAsync(test.Ledger)).Mode);
        Assert.All(await new ViewVerifier(test.Ledger).VerifyAsync(), v => Assert.True(v.Agrees, v.ViewName));
        Assert.Equal(60L, await test.ScalarAsync<long>("select count(*) from discovery_results"));
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
        await using var test = await TestLedger.CreateAsync();
        var error = await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.RollbackAsync("Nonsense"));
        Assert.Contains("AddDiscoveryViews", error.Remedy, StringComparison.Ordinal);
    }

    static async Task<Guid> CompleteAsync(RunRepository runs, long dataset, RunParameters parameters, Func<RunCompletion, Task> save)
    {
        var run = await runs.CreateAsync(dataset, parameters, StarFilter.All);
        await using var completion = await runs.BeginCompletionAsync(run.RunId);
        await save(completion);
        await completion.MarkCompleteAsync(20, null);
        await completion.CommitAsync();
        return run.RunId;
    }
}
