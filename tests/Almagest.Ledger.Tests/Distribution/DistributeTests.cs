using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Distribution;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Tests.Schema;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Testing;
using Xunit;

namespace Almagest.Ledger.Tests.Distribution;

/// <summary>What distributing a ledger does, with a stub of Citus' functions that records the calls.</summary>
public sealed class DistributeTests
{
    private const string Calls = "select call from citus_stub.calls order by call_id";

    [Fact]
    public async Task Without_citus_it_says_what_is_missing_and_changes_nothing()
    {
        await using var test = await PlainAsync();
        var before = await SchemaCatalogue.ReadAsync(test);
        var plan = await new LedgerDistribution(test.Ledger).PlanAsync();
        var problem = Assert.Single(plan.Problems);
        // Whether it is installed on the machine of the tests is not theirs to know.
        Assert.Matches("does not have the extension Citus|Citus is installed on this server and not in this database", problem.What);
        Assert.Matches("^Install Citus for PostgreSQL|create extension citus", problem.Remedy);
        Assert.Equal(["stars", "star_labels", "discovery_results", "star_links"], plan.Tables.Select(t => t.Name));
        var error = await Assert.ThrowsAsync<LedgerException>(() => new LedgerDistribution(test.Ledger).DistributeAsync());
        Assert.Equal(ErrorCode.DistributionNotPossible, error.Code);
        Assert.False((await new LedgerDistribution(test.Ledger).StateAsync()).IsDistributed);
        Assert.Equal(before, await SchemaCatalogue.ReadAsync(test));
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task Tables_are_divided_by_star_once_and_brought_together_as_they_were(ViewMode mode)
    {
        await using var test = await PlainAsync();
        await test.ExecuteAsync(CitusStub.Install);
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var schema = await SchemaCatalogue.ReadAsync(test);
        var (dataset, stars) = await test.AddDatasetAsync("a", 20);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 2.5);
        var gone = await TestRuns.CompleteAsync(test, dataset, stars[..7], i => i - 3.5);
        await new RunRepository(test.Ledger).PutAwayAsync(gone, null);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        var rows = await RowsAsync(test);
        var distribution = new LedgerDistribution(test.Ledger);
        Assert.Empty((await distribution.PlanAsync(8)).Problems);
        Assert.Empty(await test.StringsAsync(Calls));

        Assert.True(await distribution.DistributeAsync(8));

        string[] calls =
        [
            "create_distributed_table(stars, star_id, none, 8)",
            "create_distributed_table(star_labels, star_id, public.stars, null)",
            "create_distributed_table(discovery_results, star_id, public.stars, null)",
            "create_distributed_table(star_links, star_1_id, public.stars, null)",
            "truncate_local_data_after_distributing_table(stars)",
            "truncate_local_data_after_distributing_table(star_labels)",
            "truncate_local_data_after_distributing_table(discovery_results)",
            "truncate_local_data_after_distributing_table(star_links)",
            "run_command_on_workers(create schema sky)",
            "run_command_on_workers(alter role almagest_reader login)",
        ];
        Assert.Equal(calls, await test.StringsAsync(Calls));
        Assert.Equal(
            [
                """
                Citus 13.2.0 | 8 | {"stars": "star_id", "star_links": "star_1_id", "star_labels": "star_id", "discovery_results": "star_id"}
                """,
            ],
            await test.StringsAsync("select engine, shards, tables from ledger_distribution")
        );
        await test.Ledger.Schema.EnsureCurrentAsync();
        await ViewAssert.AgreeAsync(test);
        // Again it only looks.
        Assert.False(await distribution.DistributeAsync(8));
        Assert.Equal([.. calls, .. calls[4..]], await test.StringsAsync(Calls));
        var refused = await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.RollbackAsync("AddRunTasks"));
        Assert.Equal(ErrorCode.LedgerDistributed, refused.Code);
        Assert.EndsWith(
            " only where all tables of the ledger are on one machine, and those of this ledger are distributed",
            refused.Message
        );

        Assert.True(await distribution.UndoAsync());

        Assert.Equal(
            [
                .. calls,
                .. calls[4..],
                "undistribute_table(star_links)",
                "undistribute_table(discovery_results)",
                "undistribute_table(star_labels)",
                "undistribute_table(stars)",
            ],
            await test.StringsAsync(Calls)
        );
        Assert.False(await distribution.UndoAsync());
        Assert.Equal(schema, await SchemaCatalogue.ReadAsync(test));
        Assert.Equal(rows, await RowsAsync(test));
        await ViewAssert.AgreeAsync(test);
        await new LedgerDeletions(test.Ledger).RestoreRunAsync(gone);
        await TestRuns.CompleteAsync(test, dataset, stars, i => i - 4.5);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        await ViewAssert.AgreeAsync(test);
        Assert.Equal(3, await test.ScalarAsync<long>("select max(total_runs) from mv_star_anomaly_frequency"));
    }

    [Fact]
    public async Task While_a_run_is_worked_on_nothing_is_divided()
    {
        await using var test = await PlainAsync();
        await test.ExecuteAsync(CitusStub.Install);
        var (dataset, _) = await test.AddDatasetAsync("a", 3);
        var runs = new RunRepository(test.Ledger);
        var run = await runs.CreateAsync(dataset, new IsolationForestParameters(), StarFilter.All);
        Assert.True(await runs.StartAsync(run.RunId));
        var plan = await new LedgerDistribution(test.Ledger).PlanAsync();
        Assert.Equal("a run is being worked on", Assert.Single(plan.Problems).What);
        var error = await Assert.ThrowsAsync<LedgerException>(() => new LedgerDistribution(test.Ledger).DistributeAsync());
        Assert.Equal(ErrorCode.RunsAtWork, error.Code);
        Assert.Equal(1L, error.Facts["runs"]);
        Assert.Empty(await test.StringsAsync(Calls));
        await test.Ledger.Schema.EnsureCurrentAsync();
        await runs.CancelAsync(run.RunId);
        Assert.True(await new LedgerDistribution(test.Ledger).DistributeAsync());
    }

    [Fact]
    public async Task Where_a_worker_does_not_let_the_reading_role_in_the_tables_are_divided_and_it_says_whom_to_ask()
    {
        await using var test = await PlainAsync();
        await test.ExecuteAsync(CitusStub.Install);
        await test.ExecuteAsync(
            """
            create or replace function pg_catalog.run_command_on_workers(command text, out nodename text, out nodeport integer,
              out success boolean, out result text) returns setof record language sql as
            $$ select 'worker1', 5432, command !~ 'alter role', 'ERROR:  permission denied' $$
            """
        );
        var error = await Assert.ThrowsAsync<LedgerException>(() => new LedgerDistribution(test.Ledger).DistributeAsync());
        Assert.Equal(ErrorCode.DatabaseForbidden, error.Code);
        Assert.Equal(
            "the tables are divided, but TAP queries cannot be executed on the other machines: worker1:5432: permission denied",
            error.Message
        );
        Assert.Contains("alter role almagest_reader login", error.Remedy, StringComparison.Ordinal);
        Assert.True((await new LedgerDistribution(test.Ledger).StateAsync()).IsDistributed);
    }

    [Fact]
    public async Task What_others_hang_on_the_tables_is_named()
    {
        await using var test = await PlainAsync();
        await test.ExecuteAsync(CitusStub.Install);
        await test.ExecuteAsync(
            """
            create function theirs() returns trigger language plpgsql as $$ begin return null; end $$;
            create trigger theirs after insert on stars execute function theirs()
            """
        );
        var problem = Assert.Single((await new LedgerDistribution(test.Ledger).PlanAsync()).Problems);
        Assert.Contains("trigger theirs on stars", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_stars_of_one_source_keep_the_tables_apart_and_are_named()
    {
        await using var test = await TestLedger.CreateDistributedAsync();
        var (dataset, _) = await test.AddDatasetAsync("a", 3);
        await test.ExecuteAsync(
            $"insert into stars (dataset_id, source_id, ra_deg, dec_deg, healpix_29) values ({dataset}, 'a-1', 1, 1, 1)"
        );
        var error = await Assert.ThrowsAsync<LedgerException>(() => new LedgerDistribution(test.Ledger).UndoAsync());
        Assert.Equal(ErrorCode.DistributionNotPossible, error.Code);
        Assert.Contains($"a-1 in dataset {dataset}", error.Message, StringComparison.Ordinal);
        await new DatasetRepository(test.Ledger).DeleteAsync(dataset);
        Assert.True(await new LedgerDistribution(test.Ledger).UndoAsync());
        await test.Ledger.Schema.EnsureCurrentAsync();
    }

    // Whatever layout the other tests are given.
    private static async Task<TestLedger> PlainAsync()
    {
        Assert.SkipWhen((await TestDatabaseServer.GetAsync()).IsCitus, CitusStub.NoneHere);
        var test = await TestLedger.CreateEmptyAsync();
        await test.Ledger.Schema.MigrateAsync();
        return test;
    }

    private static async Task<List<string>> RowsAsync(TestLedger test)
    {
        var rows = new List<string>();
        foreach (var table in DistributedTable.All.Select(t => t.Name).Append("deleted_results"))
            rows.AddRange(await test.StringsAsync($"select '{table}', t::text from {table} t order by 2"));
        return rows;
    }
}
