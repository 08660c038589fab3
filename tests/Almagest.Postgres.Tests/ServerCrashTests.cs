using System.Globalization;
using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Postgres.Tests;

public sealed class ServerCrashTests
{
    [Fact]
    public async Task A_killed_server_is_started_again_with_its_data()
    {
        await using var home = await ServerHome.WithServerAsync(durable: true);
        await using var lease = await home.StartAsync();
        await ServerHome.AskAsync(lease, "CREATE TABLE stars AS SELECT 'Mira' AS name");
        Assert.False(await lease.EnsureRunningAsync(TestContext.Current.CancellationToken));

        await home.KillServerAsync();
        Assert.True(await lease.EnsureRunningAsync(TestContext.Current.CancellationToken));
        Assert.Equal("Mira", await ServerHome.AskAsync(lease, "SELECT name FROM stars"));

        await home.KillServerAsync();
        await using var next = await home.StartAsync();
        Assert.True(next.Settings.Started);
        Assert.Equal("Mira", await ServerHome.AskAsync(next, "SELECT name FROM stars"));
    }

    [Fact]
    public async Task A_killed_server_with_a_busy_session_is_started_again()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using var lease = await home.StartAsync();
        await using var connection = new NpgsqlConnection(lease.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        // Busy for hours, and without looking whether its main process is alive.
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM generate_series(1, 1e9::bigint) a, generate_series(1, 1000) b",
            connection
        )
        {
            CommandTimeout = 0,
        };
        var busy = command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        var backend = connection.ProcessID;
        await Eventually.HoldsAsync(() => SecondsOfProcessor(backend) > 0.05);

        await home.KillServerAsync();
        Assert.True(await lease.EnsureRunningAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, await ServerHome.AskAsync(lease, "SELECT 1"));
        await Record.ExceptionAsync(() => busy);
    }

    [Fact]
    public async Task Disposing_a_lease_on_a_killed_server_is_quiet()
    {
        await using var home = await ServerHome.WithServerAsync();
        var lease = await home.StartAsync();
        await home.KillServerAsync();
        await lease.DisposeAsync();
        Assert.Null(home.ServerProcess);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pid_file_left_by_a_power_cut_does_not_keep_the_server_from_starting(bool numberIsTaken)
    {
        await using var home = await ServerHome.WithServerAsync();
        string file;
        await using (await home.StartAsync())
            file = await File.ReadAllTextAsync(PostmasterFile.PathIn(home.Data), TestContext.Current.CancellationToken);

        // A program of the server's own account: PostgreSQL by itself would take it for a server and refuse to start.
        var account = ServerAccount.OfOwner(Native.Stat(home.Server)!.Value);
        using var other = HostProcess.Start(account.Command("sleep", "300"));
        try
        {
            if (!numberIsTaken)
            {
                other.Kill();
                await other.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            var lines = file.Split('\n');
            lines[0] = other.Id.ToString(CultureInfo.InvariantCulture);
            await home.AsAccountAsync("/bin/sh", "-c", "printf '%s' \"$1\" >data/postmaster.pid", "sh", string.Join('\n', lines));
            // The lock of the socket holds the same number.
            await home.AsAccountAsync("/bin/sh", "-c", "printf '%s' \"$1\" >run/.s.PGSQL.5432.lock", "sh", string.Join('\n', lines));

            await using var lease = await home.StartAsync();
            Assert.True(lease.Settings.Started);
            Assert.Equal(1, await ServerHome.AskAsync(lease, "SELECT 1"));
            Assert.Equal(numberIsTaken, !other.HasExited);
        }
        finally
        {
            if (!other.HasExited)
                other.Kill();
        }
    }

    [Fact]
    public async Task Stopping_signals_no_other_program_that_has_the_number_of_the_crashed_server()
    {
        await using var home = await ServerHome.WithServerAsync();
        var account = ServerAccount.OfOwner(Native.Stat(home.Server)!.Value);
        using var other = HostProcess.Start(account.Command("sleep", "300"));
        try
        {
            await home.AsAccountAsync("/bin/sh", "-c", $"printf '{other.Id}\\n' >data/postmaster.pid");
            await EmbeddedServer.DestroyAsync(home.Options, TestContext.Current.CancellationToken);
            Assert.False(other.HasExited);
            Assert.False(Directory.Exists(home.Data));
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public async Task A_creation_that_was_cut_off_is_begun_anew()
    {
        await using var home = await ServerHome.WithServerAsync();
        await home.AsAccountAsync("mv", "data", "data.new");
        await home.AsAccountAsync("rm", "data.new/PG_VERSION", "data.new/global/pg_control");
        await using var lease = await home.StartAsync();
        Assert.True(lease.Settings.Created);
        Assert.False(Directory.Exists(Path.Combine(home.Server, "data.new")));
    }

    [Fact]
    public async Task A_database_that_was_not_yet_created_when_the_program_was_killed_is_created_next()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using var lease = await home.StartAsync();
        var maintenance = new NpgsqlConnectionStringBuilder(lease.ConnectionString) { Database = "postgres", Pooling = false };
        await using (var connection = new NpgsqlConnection(maintenance.ConnectionString))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand("DROP DATABASE almagest WITH (FORCE)", connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var next = await home.StartAsync();
        Assert.Equal(1, await ServerHome.AskAsync(next, "SELECT 1"));
    }

    [Fact]
    public async Task A_server_that_waits_for_its_sessions_to_end_is_restarted()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using var lease = await home.StartAsync();
        await using var session = new NpgsqlConnection(lease.ConnectionString + ";Pooling=false");
        await session.OpenAsync(TestContext.Current.CancellationToken);
        await home.AsAccountAsync("/bin/sh", "-c", $"kill -TERM {home.ServerProcess}");
        await Eventually.HoldsAsync(() => PostmasterFile.Read(home.Data) is { Status: "stopping" });

        Assert.True(await lease.EnsureRunningAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, await ServerHome.AskAsync(lease, "SELECT 1"));
    }

    [Fact]
    public async Task A_server_whose_socket_was_swept_away_is_restarted()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using var lease = await home.StartAsync();
        var before = home.ServerProcess;
        await home.AsAccountAsync("rm", "-r", "run");

        Assert.True(await lease.EnsureRunningAsync(TestContext.Current.CancellationToken));
        Assert.NotEqual(before, home.ServerProcess);
        Assert.Equal(1, await ServerHome.AskAsync(lease, "SELECT 1"));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_reported_after_the_time_allowed()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using var lease = await home.StartAsync();
        var server = home.ServerProcess;
        await home.AsAccountAsync("/bin/sh", "-c", $"kill -STOP {server}");
        try
        {
            var impatient = home.Options with { StartTimeout = TimeSpan.FromSeconds(1) };
            var error = await Assert.ThrowsAsync<PostgresServerException>(() =>
                EmbeddedServer.StartAsync(impatient, TestContext.Current.CancellationToken)
            );
            Assert.Contains("does not answer after 1 seconds", error.Message, StringComparison.Ordinal);
            Assert.Contains("try again in a minute", error.Remedy, StringComparison.Ordinal);
        }
        finally
        {
            await home.AsAccountAsync("/bin/sh", "-c", $"kill -CONT {server}");
        }
    }

    private static double SecondsOfProcessor(int process)
    {
        var status = File.ReadAllText($"/proc/{process}/stat");
        // User time: the twelfth field after the name in parentheses, in hundredths of a second.
        return int.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[11], CultureInfo.InvariantCulture) / 100.0;
    }
}
