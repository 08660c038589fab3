using System.Text.Json;
using Almagest.Ledger.Views;
using Almagest.Server.Hosting;
using Almagest.Server.Jobs;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Scheduled jobs, in a fleet, after downtime, and what is told of them.</summary>
public sealed class JobTests
{
    // Never due while a test runs.
    private const string Leap = "0 2 29 2 *";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<long> CountAsync(TestServer server, string sql)
    {
        await using var command = server.Ledger.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(CancellationToken))!;
    }

    private static async Task ExecuteAsync(TestServer server, string sql)
    {
        await using var command = server.Ledger.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken);
    }

    private static Task<long> RefreshesAsync(TestServer server) =>
        CountAsync(server, "select count(*) from view_refreshes where reason = 'nightly' and outcome = 'succeeded'");

    private static async Task<JsonElement> JobAsync(TestServer server) =>
        Assert.Single((await server.GetAsync("/operations/jobs")).Json.EnumerateArray());

    private static Task RegisteredAsync(TestServer server) =>
        Eventually.HoldsAsync(async () =>
            await CountAsync(server, "select count(*) from jobs.qrtz_triggers where trigger_state = 'WAITING'") == 1
            && await CountAsync(server, "select count(*) from jobs.qrtz_scheduler_state") >= 1
        );

    // The time at which the trigger is due moves to yesterday: as if every server had been down since.
    private static Task MissAsync(TestServer server) =>
        CountAsync(
            server,
            $"with missed as (update jobs.qrtz_triggers set next_fire_time = {DateTime.UtcNow.AddDays(-1).Ticks} returning 1) select "
                + $"count(*) from missed"
        );

    [Fact]
    public async Task A_round_that_finds_what_the_last_ones_found_takes_their_place_in_the_history()
    {
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        string[] rounds = ["nothing", "news", "nothing", "-", "nothing", "nothing"];
        for (var i = 0; i < rounds.Length; i++)
            foreach (var job in new[] { "look", "other" })
                await ExecuteAsync(
                    server,
                    $"""
                    insert into jobs.qrtz_execution_history
                      (sched_name, entry_id, instance_name, job_name, job_group, trigger_name, trigger_group, fired_time, run_time,
                       succeeded, summary)
                    values ('almagest', '{job}{i}', 'x', '{job}', 'g', 't', 'g', {i + 1}, 1, {rounds[i] != "-"}, '{rounds[i]}')
                    """
                );

        await JobHistory.ForgetSameAsync(server.Ledger, "look", "nothing", CancellationToken);
        await JobHistory.ForgetSameAsync(server.Ledger, "other", "news", CancellationToken);

        async Task<string> LeftAsync(string job)
        {
            await using var command = server.Ledger.DataSource.CreateCommand(
                $"select string_agg(summary, ' ' order by fired_time) from jobs.qrtz_execution_history where job_name = '{job}'"
            );
            return (string)(await command.ExecuteScalarAsync(CancellationToken))!;
        }
        Assert.Equal("nothing news nothing -", await LeftAsync("look"));
        Assert.Equal(string.Join(' ', rounds), await LeftAsync("other"));
    }

    [Fact]
    public async Task Each_firing_is_executed_once_in_a_fleet()
    {
        static ServerOptions EverySecond(ServerOptions o) => o with { NightlyCron = "* * * * * *", Workers = 0 };
        await using var one = await TestServer.StartAsync(EverySecond);
        await using var two = await AlmagestServer.StartAsync(
            EverySecond(new ServerOptions { Ledger = one.Ledger, Port = 0 }),
            CancellationToken
        );
        await Eventually.HoldsAsync(async () =>
            await CountAsync(one, "select count(*) from jobs.qrtz_execution_history where succeeded") >= 6
        );
        Assert.Equal(2, await CountAsync(one, "select count(*) from jobs.qrtz_scheduler_state"));
        await two.StopAsync(CancellationToken);
        await one.App.StopAsync(CancellationToken);
        var firings = await CountAsync(one, "select count(*) from jobs.qrtz_execution_history");
        // However late a busy machine executes them: no more than the seconds for which the trigger was due.
        Assert.InRange(firings, 6, await CountAsync(one, "select (next_fire_time - start_time) / 10000000 + 1 from jobs.qrtz_triggers"));
        // One firing is one refresh of each view; the last may have been handed back by the stopping server.
        Assert.InRange(await RefreshesAsync(one), (firings - 1) * AnalyticsViews.All.Count, firings * AnalyticsViews.All.Count);
    }

    [Fact]
    public async Task A_scheduler_that_could_not_start_at_first_starts_when_the_database_is_whole_again()
    {
        await using var first = await TestServer.StartAsync();
        await ExecuteAsync(first, "alter table jobs.qrtz_fired_triggers rename to away");
        await using var server = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = first.Ledger,
                Port = 0,
                NightlyCron = "* * * * * *",
                Workers = 0,
            },
            CancellationToken
        );
        await Task.Delay(TimeSpan.FromSeconds(2), CancellationToken);
        await ExecuteAsync(first, "alter table jobs.away rename to qrtz_fired_triggers");
        await Eventually.HoldsAsync(async () =>
            await CountAsync(first, "select count(*) from jobs.qrtz_execution_history where succeeded") >= 1
        );
        await server.StopAsync(CancellationToken);
    }

    [Fact]
    public async Task A_night_without_any_server_is_made_good_once_by_the_first_that_starts()
    {
        await using var server = await TestServer.StartAsync(o => o with { NightlyCron = Leap, Workers = 0 });
        await RegisteredAsync(server);
        await server.App.StopAsync(CancellationToken);
        Assert.Equal(0, await RefreshesAsync(server));
        await MissAsync(server);
        await using (
            var idle = await AlmagestServer.StartAsync(
                new ServerOptions
                {
                    Ledger = server.Ledger,
                    Port = 0,
                    Workers = 0,
                    NightlyCron = null,
                },
                CancellationToken
            )
        )
            await idle.StopAsync(CancellationToken);
        Assert.Equal(0, await RefreshesAsync(server));

        ServerOptions again = new()
        {
            Ledger = server.Ledger,
            Port = 0,
            Workers = 0,
            NightlyCron = Leap,
        };
        await using var next = await AlmagestServer.StartAsync(again, CancellationToken);
        await using var third = await AlmagestServer.StartAsync(again, CancellationToken);
        await Eventually.HoldsAsync(async () => await CountAsync(server, "select count(*) from jobs.qrtz_execution_history") == 1);
        await RegisteredAsync(server);
        await third.StopAsync(CancellationToken);
        await next.StopAsync(CancellationToken);
        Assert.Equal(AnalyticsViews.All.Count, await RefreshesAsync(server));
        Assert.Equal(1, await CountAsync(server, "select count(*) from jobs.qrtz_execution_history"));
        Assert.Equal(
            1,
            await CountAsync(server, $"select count(*) from jobs.qrtz_triggers where next_fire_time > {DateTime.UtcNow.Ticks}")
        );
    }

    [Fact]
    public async Task Backups_are_written_on_schedule_the_newest_are_kept_and_they_can_be_restored()
    {
        using var folder = TestFolder.Create("backups");
        var foreign = Path.Combine(folder.Path, "almagest-of-somebody-else.backup");
        await File.WriteAllTextAsync(foreign, "", CancellationToken);
        // A server was killed while it wrote.
        var left = Path.Combine(folder.Path, "almagest-20260101T020000Z.backup.part");
        await File.WriteAllTextAsync(left, "", CancellationToken);
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow - TimeSpan.FromDays(1));
        await using var server = await TestServer.StartAsync(o =>
            o with
            {
                NightlyCron = "*/2 * * * * *",
                Workers = 0,
                BackupFolder = folder.Path,
                BackupsKept = 2,
            }
        );
        await server.LoadAsync("kept", 5);
        const string Written = "select count(*) from jobs.qrtz_execution_history where job_name = 'nightly-backup' and succeeded";
        var before = await CountAsync(server, Written);
        await Eventually.HoldsAsync(async () => await CountAsync(server, Written) >= before + 4);
        await server.App.StopAsync(CancellationToken);
        var written = Directory.GetFiles(folder.Path, "almagest-2*.backup").Order().ToList();
        Assert.Equal(2, written.Count);
        Assert.True(File.Exists(foreign));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.part"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(written[0]));

        await using var empty = await (await TestDatabaseServer.GetAsync()).CreateDatabaseAsync();
        await using var ledger = new Almagest.Ledger.Database.LedgerDatabase(empty.ConnectionString);
        await using var file = File.OpenRead(written[^1]);
        await using var unpacked = new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress);
        await new Almagest.Ledger.Backup.LedgerRestore(ledger).ReadAsync(unpacked, cancellationToken: CancellationToken);
        await using var count = ledger.DataSource.CreateCommand("select count(*) from public.stars");
        Assert.Equal(5L, await count.ExecuteScalarAsync(CancellationToken));
    }

    [Fact]
    public async Task Jobs_tell_their_schedule_time_zone_and_executions()
    {
        await using var server = await TestServer.StartAsync(o =>
            o with
            {
                NightlyCron = "0 2 * * *",
                TimeZone = "Europe/Berlin",
                Workers = 0,
            }
        );
        await RegisteredAsync(server);
        var job = await JobAsync(server);
        JsonAssert.Fields(job, "job description schedule time_zone next_fire last_fire is_running servers history");
        Assert.Equal(
            ("nightly-refresh", "0 2 * * *", "Europe/Berlin", 1),
            (
                job.GetProperty("job").GetString(),
                job.GetProperty("schedule").GetString(),
                job.GetProperty("time_zone").GetString(),
                job.GetProperty("servers").GetInt32()
            )
        );
        var due = job.GetProperty("next_fire").GetDateTime();
        Assert.Equal(2, TimeZoneInfo.ConvertTimeFromUtc(due, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).Hour);
        Assert.InRange(due, DateTime.UtcNow, DateTime.UtcNow.AddHours(25.1));
        Assert.Equal(0, job.GetProperty("history").GetArrayLength());

        await server.App.StopAsync(CancellationToken);
        await MissAsync(server);
        await using var next = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = server.Ledger,
                Port = 0,
                Workers = 0,
                NightlyCron = "0 2 * * *",
                TimeZone = "Europe/Berlin",
            },
            CancellationToken
        );
        await Eventually.HoldsAsync(async () => await CountAsync(server, "select count(*) from jobs.qrtz_execution_history") == 1);
        var told = Assert.Single(await new JobStatusReader(server.Ledger).ReadAsync(20, CancellationToken));
        var execution = Assert.Single(told.History);
        Assert.Equal(("succeeded", $"{AnalyticsViews.All.Count} views refreshed"), (execution.Result, execution.Summary));
        Assert.InRange(execution.FiredAt, DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow);
        Assert.InRange(execution.DurationMs, 0, 300_000);
        await next.StopAsync(CancellationToken);
    }

    [Fact]
    public async Task A_night_whose_refresh_fails_is_told_and_the_failed_view_is_made_good()
    {
        await using var server = await TestServer.StartAsync(o => o with { NightlyCron = Leap, Workers = 0 });
        await RegisteredAsync(server);
        await server.App.StopAsync(CancellationToken);
        await MissAsync(server);
        await CountAsync(server, "select count(*) from mv_discovery_timeline");
        await using (var drop = server.Ledger.DataSource.CreateCommand("drop index ux_mv_discovery_timeline"))
            await drop.ExecuteNonQueryAsync(CancellationToken);
        await using var next = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = server.Ledger,
                Port = 0,
                Workers = 0,
                NightlyCron = Leap,
                Logging = _ => { },
            },
            CancellationToken
        );
        await Eventually.HoldsAsync(async () => await CountAsync(server, "select count(*) from jobs.qrtz_execution_history") == 1);
        var execution = Assert.Single(Assert.Single(await new JobStatusReader(server.Ledger).ReadAsync(20, CancellationToken)).History);
        Assert.Equal("failed", execution.Result);
        Assert.Contains("mv_discovery_timeline", execution.Summary, StringComparison.Ordinal);
        await using (
            var mend = server.Ledger.DataSource.CreateCommand(
                "create unique index ux_mv_discovery_timeline on mv_discovery_timeline (period_type, period_start, run_type)"
            )
        )
            await mend.ExecuteNonQueryAsync(CancellationToken);
        await Eventually.HoldsAsync(async () =>
            (await new ViewStatusReader(server.Ledger).ReadAsync()).All(v => v.ConsecutiveFailures == 0)
        );
        await next.StopAsync(CancellationToken);
    }

    [Fact]
    public async Task A_changed_schedule_replaces_the_one_that_stands()
    {
        await using var server = await TestServer.StartAsync(o => o with { NightlyCron = Leap, Workers = 0 });
        await RegisteredAsync(server);
        await using var other = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = server.Ledger,
                Port = 0,
                Workers = 0,
                NightlyCron = "30 3 29 2 *",
                TimeZone = "Asia/Tokyo",
            },
            CancellationToken
        );
        await Eventually.HoldsAsync(async () => (await JobAsync(server)).GetProperty("schedule").GetString() == "30 3 29 2 *");
        Assert.Equal("Asia/Tokyo", (await JobAsync(server)).GetProperty("time_zone").GetString());
        await other.StopAsync(CancellationToken);
    }

    [Theory]
    [InlineData("0 2 * * *", "2026-11-22T01:59:59Z", "2026-11-22T02:00:00Z")]
    [InlineData("0 2 * * *", "2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z")]
    [InlineData("*/15 4 * * 1", "2026-11-22T00:00:00Z", "2026-11-23T04:00:00Z")]
    [InlineData("0 0 * * 0", "2026-11-18T00:00:00Z", "2026-11-22T00:00:00Z")]
    [InlineData("30 0 0 * * 7", "2026-11-18T00:00:00Z", "2026-11-22T00:00:30Z")]
    [InlineData("@daily", "2026-11-22T00:30:00Z", "2026-11-23T00:00:00Z")]
    public void Cron_expressions_are_those_of_crontab(string cron, string after, string due) =>
        Assert.Equal(DateTimeOffset.Parse(due), JobSchedule.Parse(cron, "UTC", "nightly")!.Next(DateTimeOffset.Parse(after)));
}
