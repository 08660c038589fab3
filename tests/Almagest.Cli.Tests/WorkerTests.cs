using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Npgsql;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>Workers as processes: told to stop, and killed.</summary>
public sealed class WorkerTests
{
    private static readonly string[] s_run = ["discover", "anomalies", "--features", "astrometric", "--trees", "50", "--draws", "8"];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_the_same_whether_one_program_does_it_or_shares_it()
    {
        await using var ledger = await CreateAsync(3_000);
        var alone = await HashAsync(ledger, (await ledger.RunAsync([.. s_run, "--json"])).Ok());
        var shared = (await ledger.RunAsync([.. s_run, "--distributed", "--json"])).Ok();
        Assert.Equal(alone, await HashAsync(ledger, shared));
        Assert.Equal("completed", shared.Json.GetProperty("status").GetString());

        var refused = await ledger.RunAsync("discover", "clusters", "--distributed");
        Assert.Equal(ExitCodes.BadUsage, refused.ExitCode);
        Assert.Contains("a search for clusters looks at all stars of the selection at once", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("auto", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Leave --distributed out.", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_is_told_to_stop_gives_its_task_back_and_the_next_one_goes_on()
    {
        await using var ledger = await CreateAsync(100_000);
        var run = await QueueAsync(ledger);
        using var worker = CliProcess.Start("worker", "--database", ledger.Connection, "--threads", "1");
        await UntilAsync(ledger, $"select count(*) from run_tasks where run_id = '{run}' and status = 'running'");
        worker.Signal(CliProcess.Terminate);
        var ended = await worker.EndAsync(CancellationToken);
        Assert.Equal(ExitCodes.Done, ended.ExitCode);
        Assert.Contains("is given back", ended.Error, StringComparison.Ordinal);
        Assert.Equal(0, await ledger.CountAsync("select count(*) from run_tasks where status = 'running'"));
        Assert.Equal(0, await ledger.CountAsync("select count(*) from discovery_results"));

        (await ledger.RunAsync("worker", "--until-idle")).Ok();
        Assert.Equal("completed", await ledger.TextAsync($"select status from discovery_runs where run_id = '{run}'"));
        Assert.Equal(0, await ledger.CountAsync("select count(*) from run_tasks"));
    }

    [Fact]
    public async Task A_worker_whose_user_may_not_take_tasks_ends_and_says_so()
    {
        await using var ledger = await CreateAsync(3_000);
        await QueueAsync(ledger);
        var name = $"node_{Guid.NewGuid():N}"[..20];
        await ledger.ExecuteAsync($"create role {name} ");
        try
        {
            await ledger.ExecuteAsync($"grant select, insert, update, delete on all tables in schema public to {name}");
            var connection = new NpgsqlConnectionStringBuilder(ledger.Connection) { Options = $"-c role={name}" }.ConnectionString;
            var refused = await Cli.RunAsync("worker", "--until-idle", "--database", connection);
            Assert.Equal(ExitCodes.Failed, refused.ExitCode);
            Assert.Contains("the database user may not do this", refused.Error, StringComparison.Ordinal);
        }
        finally
        {
            await ledger.ExecuteAsync($"drop owned by {name}; drop role {name}");
        }
    }

    [Fact]
    public Task Of_four_workers_any_can_be_killed() => KillAsync(3, 40_000);

    /// <summary>Some ten minutes: by ./test --release.</summary>
    [Fact(Explicit = true)]
    public Task Of_four_workers_any_can_be_killed_a_hundred_times() => KillAsync(100, 100_000);

    /// <summary>Four workers do one run after another, and one of them at a time is killed and replaced. Nothing of a run is seen before it
    /// is complete; complete, each is what one program makes of it.</summary>
    private static async Task KillAsync(int kills, int stars)
    {
        await using var ledger = await CreateAsync(stars);
        var alone = await HashAsync(ledger, (await ledger.RunAsync([.. s_run, "--json"])).Ok());
        var random = new Random(7);
        var (runs, killed) = (0, 0);
        var workers = Enumerable.Range(0, 4).Select(_ => Start(ledger)).ToList();
        try
        {
            while (killed < kills)
            {
                var run = await QueueAsync(ledger);
                runs++;
                for (var status = ""; status != "completed"; )
                {
                    await Task.Delay(random.Next(50, 1500), CancellationToken);
                    if (killed < kills)
                    {
                        var victim = random.Next(workers.Count);
                        workers[victim].Signal(9);
                        await workers[victim].EndAsync(CancellationToken);
                        workers[victim].Dispose();
                        workers[victim] = Start(ledger);
                        killed++;
                    }
                    // The two in one statement: a run may complete between them.
                    Assert.Equal(
                        0,
                        await ledger.CountAsync(
                            "select count(*) from discovery_results join discovery_runs using (run_id) where not is_complete"
                        )
                    );
                    status = await ledger.TextAsync($"select status from discovery_runs where run_id = '{run}'");
                    Assert.NotEqual("failed", status);
                }
            }
        }
        finally
        {
            workers.ForEach(w => w.Dispose());
        }
        Assert.Equal(
            runs + 1,
            await ledger.CountAsync(
                $"select count(*) from discovery_runs where is_complete and results_hash = '{alone}' and total_stars = {stars}"
            )
        );
        Assert.Equal(stars * (runs + 1L), await ledger.CountAsync("select count(*) from discovery_results"));
        Assert.Equal(0, await ledger.CountAsync("select count(*) from run_tasks"));
        (await ledger.RunAsync("views", "refresh")).Ok();
        (await ledger.RunAsync("views", "verify")).Ok();
    }

    private static CliProcess Start(CliLedger ledger) => CliProcess.Start("worker", "--database", ledger.Connection, "--threads", "1");

    private static async Task<string> QueueAsync(CliLedger ledger) =>
        (await ledger.RunAsync([.. s_run, "--queue", "--distributed", "--json"])).Ok().Json.GetProperty("run_id").GetString()!;

    private static Task<string> HashAsync(CliLedger ledger, CliResult run) =>
        ledger.TextAsync($"select results_hash from discovery_runs where run_id = '{run.Json.GetProperty("run_id").GetString()}'");

    private static async Task UntilAsync(CliLedger ledger, string count)
    {
        while (await ledger.CountAsync(count) == 0)
            await Task.Delay(20, CancellationToken);
    }

    /// <summary>With a dataset of stars with parallaxes, motions and errors.</summary>
    private static async Task<CliLedger> CreateAsync(int stars)
    {
        var ledger = await CliLedger.CreateAsync();
        await using var database = new LedgerDatabase(ledger.Connection);
        await using var connection = await database.ConnectAsync(CancellationToken);
        await using var command = new NpgsqlCommand(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                select setseed(0.5);
                insert into datasets (name, source, checksum, column_mapping, star_count, rejected_count, created_at)
                  values ('sky', '[]', 'sky', '{"{}"}', {stars}, 0, now());
                insert into stars (dataset_id, source_id, ra_deg, dec_deg, healpix_29, parallax_mas, parallax_error_mas, pmra_mas_yr,
                    pmdec_mas_yr, pmra_error, pmdec_error, magnitude, color)
                  select dataset_id, n::text, 359 * random(), 170 * random() - 85, n, 5 + random(), 0.1, 20 * random() - 10,
                    20 * random() - 10, 0.2, 0.2, 10 + 8 * random(), 3 * random()
                  from datasets, generate_series(1, {stars}) n;
                analyze stars
                """
            ),
            connection
        );
        await command.ExecuteNonQueryAsync(CancellationToken);
        return ledger;
    }
}
