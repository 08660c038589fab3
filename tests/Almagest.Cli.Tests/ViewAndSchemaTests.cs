using System.Text.Json;
using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class ViewAndSchemaTests
{
    [Fact]
    public async Task Views_are_current_after_runs_and_verify_finds_nothing()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var status = (await ledger.RunAsync("views", "status", "--json")).Ok().Json;
        var verified = (await ledger.RunAsync("views", "verify", "--json")).Ok().Json;

        Assert.True(status.GetProperty("up_to_date").GetBoolean());
        Assert.Equal(Almagest.Ledger.Views.AnalyticsViews.All.Count, status.GetProperty("views").GetArrayLength());
        Assert.True(verified.GetProperty("agrees").GetBoolean());
        Assert.Equal(
            3,
            verified
                .GetProperty("views")
                .EnumerateArray()
                .Single(v => v.GetProperty("view_name").GetString() == "mv_discovery_run_stats")
                .GetProperty("rows")
                .GetInt64()
        );
    }

    [Fact]
    public async Task Status_and_history_tell_what_was_refreshed_what_failed_and_when_it_is_tried_again()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        await using (var database = new LedgerDatabase(ledger.Connection))
        await using (var breakIt = database.DataSource.CreateCommand("drop index ux_mv_discovery_timeline"))
            await breakIt.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Failed, (await ledger.RunAsync("views", "refresh", "mv_discovery_timeline")).ExitCode);
        var view = (await ledger.RunAsync("views", "status", "--json"))
            .Ok()
            .Json.GetProperty("views")
            .EnumerateArray()
            .Single(v => v.GetProperty("view_name").GetString() == "mv_discovery_timeline");
        Assert.Equal(
            (1, "failed", "refresh"),
            (
                view.GetProperty("consecutive_failures").GetInt32(),
                view.GetProperty("last_outcome").GetString(),
                view.GetProperty("mode").GetString()
            )
        );
        Assert.Equal(JsonValueKind.String, view.GetProperty("next_retry").ValueKind);
        Assert.Contains("1 refresh failed", (await ledger.RunAsync("views", "status")).Ok().Out, StringComparison.Ordinal);

        var history = (await ledger.RunAsync("views", "history", "mv_discovery_timeline", "--limit", "2", "--json")).Ok().Json;
        Assert.Equal(
            [("manual", "failed"), ("run", "succeeded")],
            history
                .GetProperty("refreshes")
                .EnumerateArray()
                .Select(r => (r.GetProperty("reason").GetString(), r.GetProperty("outcome").GetString()))
        );
        Assert.Equal(0, history.GetProperty("jobs").GetArrayLength());
        Assert.Contains("mv_discovery_timeline", (await ledger.RunAsync("views", "history")).Ok().Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_exits_1_on_a_difference_and_a_refresh_mends_it()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        await using (var database = new LedgerDatabase(ledger.Connection))
        await using (
            var tamper = database.DataSource.CreateCommand(
                "update discovery_results set is_anomaly = 1 - is_anomaly where (run_id, star_id) in (select run_id, star_id from "
                    + "discovery_results where anomaly_score < 0 limit 1)"
            )
        )
            await tamper.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var wrong = await ledger.RunAsync("views", "verify", "--json");
        Assert.Equal(ExitCodes.Failed, wrong.ExitCode);
        Assert.False(wrong.Json.GetProperty("agrees").GetBoolean());
        Assert.Contains("differs", (await ledger.RunAsync("views", "verify")).Out);

        var refreshed = (await ledger.RunAsync("views", "refresh", "--json")).Ok().Json;
        Assert.Equal(Almagest.Ledger.Views.AnalyticsViews.All.Count, refreshed.GetProperty("views_refreshed").GetArrayLength());
        (await ledger.RunAsync("views", "verify")).Ok();
    }

    [Fact]
    public async Task The_mode_is_shown_and_changed_and_a_run_made_in_mode_incremental_is_in_the_views()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var first = (await ledger.RunAsync("views", "mode", "--json")).Ok().Json;
        Assert.Equal(("refresh", true), (first.GetProperty("mode").GetString(), first.GetProperty("automatic").GetBoolean()));
        Assert.Contains("kept in mode auto, at present refresh", (await ledger.RunAsync("views", "mode")).Ok().Out);
        var converted = (await ledger.RunAsync("views", "mode", "incremental", "--json")).Ok().Json;
        Assert.Equal(
            ("incremental", "steady", true),
            (
                converted.GetProperty("mode").GetString(),
                converted.GetProperty("state").GetString(),
                converted.GetProperty("changed").GetBoolean()
            )
        );
        var again = (await ledger.RunAsync("views", "mode", "incremental", "--json")).Ok().Json;
        Assert.False(again.GetProperty("changed").GetBoolean());

        (await ledger.RunAsync("discover", "anomalies", "--dataset", "sky", "--contamination", "0.03")).Ok();
        var status = (await ledger.RunAsync("views", "status", "--json")).Ok().Json.GetProperty("views").EnumerateArray().ToList();
        Assert.All(status, v => Assert.Equal("incremental", v.GetProperty("mode").GetString()));
        Assert.Equal(
            4,
            status.Single(v => v.GetProperty("view_name").GetString() == "mv_discovery_run_stats").GetProperty("rows").GetInt64()
        );
        (await ledger.RunAsync("views", "verify")).Ok();
        var back = (await ledger.RunAsync("views", "mode", "refresh", "--json")).Ok().Json;
        Assert.Equal(("refresh", false), (back.GetProperty("mode").GetString(), back.GetProperty("automatic").GetBoolean()));
        Assert.True((await ledger.RunAsync("views", "mode", "auto", "--json")).Ok().Json.GetProperty("automatic").GetBoolean());
        (await ledger.RunAsync("views", "verify")).Ok();
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("views", "mode", "sometimes")).ExitCode);
    }

    [Fact]
    public async Task In_mode_auto_the_run_after_three_slow_refreshes_converts_the_views_and_says_why()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        // Newer than those that follow each run: these are the last three.
        await ledger.ExecuteAsync(
            "insert into view_refreshes (view_name, reason, started_at, finished_at, duration_ms, row_count, outcome) select view_name, "
                + "'run', clock_timestamp() + i * interval '1 hour', clock_timestamp(), 700, 1, 'succeeded' "
                + "from analytics_views, generate_series(1, 3) i"
        );
        var run = (await ledger.RunAsync("discover", "anomalies", "--dataset", "sky", "--contamination", "0.03")).Ok();
        Assert.Contains("kept in mode incremental from now on: a full refresh of the views took 6.3, 6.3 and 6.3 s", run.Error);
        Assert.Equal("incremental", (await ledger.RunAsync("views", "mode", "--json")).Ok().Json.GetProperty("mode").GetString());
        Assert.Contains("6.3 s, more than 5 s 3 times in a row", (await ledger.RunAsync("views", "mode")).Ok().Out);
        (await ledger.RunAsync("views", "verify")).Ok();
    }

    [Fact]
    public async Task One_view_is_refreshed_by_its_name()
    {
        await using var ledger = await CliLedger.CreateAsync();

        var one = (await ledger.RunAsync("views", "refresh", "mv_discovery_timeline", "--json")).Ok().Json;
        var none = await ledger.RunAsync("views", "refresh", "mv_nothing");

        Assert.Equal("mv_discovery_timeline", Assert.Single(one.GetProperty("views_refreshed").EnumerateArray()).GetString());
        Assert.Equal(ExitCodes.Failed, none.ExitCode);
        Assert.Contains("mv_discovery_timeline", none.Error);
    }

    [Fact]
    public async Task An_empty_database_is_migrated_without_asking_and_says_so_beside_the_answer()
    {
        await using var ledger = await CliLedger.CreateEmptyAsync();

        var result = (await ledger.RunAsync("runs", "list", "--json")).Ok();

        Assert.Equal(0, result.Json.GetProperty("items").GetArrayLength());
        Assert.Contains("The database is empty", result.Error);
    }

    [Fact]
    public async Task A_database_of_somebody_else_is_left_alone()
    {
        await using var ledger = await CliLedger.CreateEmptyAsync();
        await using (var database = new LedgerDatabase(ledger.Connection))
        await using (var create = database.DataSource.CreateCommand("create table invoices (number integer)"))
            await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var result = await ledger.RunAsync("runs", "list");

        Assert.Equal(ExitCodes.Failed, result.ExitCode);
        Assert.Contains("almagest db migrate", result.Error);
        Assert.Equal(1, await ledger.CountAsync("select count(*) from pg_tables where schemaname = 'public'"));
    }

    [Fact]
    public async Task An_older_schema_refuses_to_work_and_names_the_command_that_mends_it()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var before = (await ledger.RunAsync("db", "status", "--json")).Ok().Json;
        Assert.True(before.GetProperty("up_to_date").GetBoolean());

        var unasked = await ledger.RunAsync("db", "rollback", "AddAnomalyOverlapMatrixView");
        Assert.Equal(ExitCodes.BadUsage, unasked.ExitCode);
        Assert.Contains("going back to AddAnomalyOverlapMatrixView loses for good: hashes of results (3)", unasked.Error);
        Assert.True((await ledger.RunAsync("db", "status", "--json")).Ok().Json.GetProperty("up_to_date").GetBoolean());

        var back = (await ledger.RunAsync("db", "rollback", "AddAnomalyOverlapMatrixView", "--yes", "--json")).Ok().Json;
        Assert.Contains(back.GetProperty("lost").EnumerateArray(), l => l.GetProperty("what").GetString() == "hashes of results");
        var refused = await ledger.RunAsync("runs", "list");
        var status = (await ledger.RunAsync("db", "status", "--json")).Ok().Json;
        Assert.True(back.GetProperty("taken_back").GetArrayLength() > 0);
        Assert.Equal(ExitCodes.Failed, refused.ExitCode);
        Assert.Contains("almagest db migrate", refused.Error);
        Assert.False(status.GetProperty("up_to_date").GetBoolean());

        Assert.True((await ledger.RunAsync("db", "migrate", "--json")).Ok().Json.GetProperty("applied").GetArrayLength() > 0);
        Assert.Equal(3, (await ledger.RunIdsAsync()).Length);
        (await ledger.RunAsync("views", "verify")).Ok();
    }

    [Fact]
    public async Task Rolling_back_to_nothing_needs_a_yes()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var refused = await ledger.RunAsync("db", "rollback", "0");
        Assert.Equal(ExitCodes.BadUsage, refused.ExitCode);
        Assert.Contains("stars (2,000), runs (3)", refused.Error);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("db", "rollback", "NoSuchMigration")).ExitCode);
        Assert.Equal(2000, await ledger.CountAsync("select count(*) from stars"));
        (await ledger.RunAsync("db", "rollback", "0", "--yes")).Ok();

        var status = (await ledger.RunAsync("db", "status", "--json")).Ok().Json;
        Assert.All(
            status.GetProperty("migrations").EnumerateArray(),
            m => Assert.Equal(JsonValueKind.False, m.GetProperty("applied").ValueKind)
        );
    }
}
