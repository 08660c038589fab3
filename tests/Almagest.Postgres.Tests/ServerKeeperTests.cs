using System.Diagnostics;
using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Postgres.Tests;

/// <summary>A server that stays up for the next program, and stops by itself.</summary>
public sealed class ServerKeeperTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(10);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_program_finds_the_server_running_and_it_stops_by_itself_with_its_keeper()
    {
        await using var home = await ServerHome.WithServerAsync(durable: true);
        await using (var lease = await home.StartAsync(s_long))
            await ServerHome.AskAsync(lease, "CREATE TABLE stars AS SELECT 'Mira' AS name");
        var server = home.ServerProcess;
        Assert.NotNull(server);

        await using (var lease = await home.StartAsync(s_short))
        {
            Assert.False(lease.Settings.Started);
            Assert.Equal("Mira", await ServerHome.AskAsync(lease, "SELECT name FROM stars"));
        }

        Assert.Equal(server, home.ServerProcess);
        // The keeper of the first looks every five seconds.
        await Eventually.HoldsAsync(() => home.ServerProcess is null && home.Keeper is null);
        await using (var lease = await home.StartAsync())
        {
            Assert.True(lease.Settings.Started);
            // It was shut down, and did not crash.
            Assert.DoesNotContain("automatic recovery", Log(home), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nobody_stops_it_while_a_program_uses_it_however_long()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using var lease = await home.StartAsync(s_short);
        await using (await home.StartAsync(s_short)) { }

        await Task.Delay(TimeSpan.FromSeconds(4), CancellationToken);

        Assert.Equal(1, await ServerHome.AskAsync(lease, "SELECT 1"));
        Assert.NotNull(home.Keeper);
    }

    [Fact]
    public async Task It_stays_as_long_as_a_session_of_some_other_program_is_open()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using (var lease = await home.StartAsync(s_short))
        await using (var session = new NpgsqlConnection($"{lease.ConnectionString};Pooling=false"))
        {
            await session.OpenAsync(CancellationToken);
            await lease.DisposeAsync();
            var wanted = File.GetLastWriteTimeUtc(home.LeaseLock);

            // The keeper has come to stop it, and has seen the session.
            await Eventually.HoldsAsync(() => File.GetLastWriteTimeUtc(home.LeaseLock) > wanted);

            Assert.NotNull(home.ServerProcess);
            await using var ask = new NpgsqlCommand("SELECT 1", session);
            Assert.Equal(1, await ask.ExecuteScalarAsync(CancellationToken));
        }
        await Eventually.HoldsAsync(() => home.ServerProcess is null && home.Keeper is null);
    }

    [Fact]
    public async Task A_server_whose_users_were_killed_is_stopped_too()
    {
        await using var home = await ServerHome.WithServerAsync();
        using (var killed = await Probe.StartAsync(home, keep: 1))
        {
            Assert.StartsWith("ready started", killed.Line, StringComparison.Ordinal);
            await killed.KillAsync();
        }

        await Eventually.HoldsAsync(() => home.ServerProcess is null && home.Keeper is null);
    }

    [Fact]
    public async Task A_program_that_keeps_nothing_stops_it_at_once()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using (await home.StartAsync(s_long)) { }
        Assert.NotNull(home.ServerProcess);

        await using (await home.StartAsync()) { }

        Assert.Null(home.ServerProcess);
        await Eventually.HoldsAsync(() => home.Keeper is null);
    }

    [Fact]
    public async Task Without_its_keeper_the_last_program_stops_it_as_ever_or_the_next_starts_another()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using (await home.StartAsync(s_long))
            await KillKeeperAsync(home);
        Assert.Null(home.ServerProcess);

        await using (await home.StartAsync(s_long)) { }
        var server = home.ServerProcess;
        Assert.NotNull(server);
        await KillKeeperAsync(home);
        await using (var lease = await home.StartAsync(s_short))
            Assert.False(lease.Settings.Started);

        Assert.Equal(server, home.ServerProcess);
        await Eventually.HoldsAsync(() => home.ServerProcess is null && home.Keeper is null);
    }

    [Fact]
    public async Task Programs_that_come_just_when_it_stops_always_find_a_server()
    {
        await using var home = await ServerHome.WithServerAsync();
        var (started, rounds) = (0, TestDepth.Rounds(6, 60));
        await Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(async user =>
                {
                    var random = new Random(user);
                    for (var i = 0; i < rounds; i++)
                    {
                        await using (var lease = await home.StartAsync(s_short))
                        {
                            Assert.Equal(1, await ServerHome.AskAsync(lease, "SELECT 1"));
                            if (lease.Settings.Started)
                                Interlocked.Increment(ref started);
                        }
                        // The keeper stops it one to two seconds after the last use, and needs some tenths of one.
                        await Task.Delay(TimeSpan.FromMilliseconds(800 + random.Next(1800)), CancellationToken);
                    }
                })
        );

        Assert.InRange(started, 1, 2 * rounds);
        await Eventually.HoldsAsync(() => home.ServerProcess is null && home.Keeper is null);
    }

    [Fact]
    public async Task A_keeper_that_is_killed_while_it_stops_the_server_leaves_nothing_wrong()
    {
        await using var home = await ServerHome.WithServerAsync(durable: true);
        for (var i = 0; i < 3; i++)
        {
            await using (var lease = await home.StartAsync(s_short))
                await ServerHome.AskAsync(lease, $"CREATE TABLE t{i} AS SELECT {i} AS n");
            // From the moment at which it lets go of the pid file's "ready".
            await Eventually.HoldsAsync(() => PostmasterFile.Read(home.Data) is not { Status: "ready" });
            if (home.Keeper is { } keeper)
                Kill(keeper);
            await using (var next = await home.StartAsync(s_long))
                Assert.Equal(i, await ServerHome.AskAsync(next, $"SELECT n FROM t{i}"));
            await using (await home.StartAsync()) { }
        }
    }

    [Fact]
    public async Task A_keeper_leaves_another_program_alone_that_has_the_servers_number()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using (await home.StartAsync(s_long)) { }
        await home.KillServerAsync();
        using var other = Process.Start("sleep", "60");
        await File.WriteAllTextAsync(PostmasterFile.PathIn(home.Data), $"{other.Id}\n{home.Data}\n", CancellationToken);

        await Eventually.HoldsAsync(() => home.Keeper is null);

        Assert.False(other.HasExited);
        await using (var lease = await home.StartAsync())
            Assert.True(lease.Settings.Started);
        Assert.False(other.HasExited);
        other.Kill();
    }

    [Fact]
    public async Task It_can_be_stopped_by_hand_but_not_under_a_user()
    {
        await using var home = await ServerHome.WithServerAsync();
        Assert.False(await EmbeddedServer.StopAsync(home.Options, CancellationToken));
        await using (await home.StartAsync(s_long))
            Assert.Null(await EmbeddedServer.StopAsync(home.Options, CancellationToken));
        Assert.True(await EmbeddedServer.StopAsync(home.Options, CancellationToken));
        Assert.Null(home.ServerProcess);
    }

    [Fact]
    public async Task What_the_user_has_written_into_the_settings_meanwhile_holds_for_the_next_program()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using (await home.StartAsync(s_long)) { }
        await home.AsAccountAsync("/bin/sh", "-c", "echo \"work_mem = '7MB'\" >>data/local.conf");

        await using var lease = await home.StartAsync();

        Assert.Equal("7MB", await ServerHome.AskAsync(lease, "SHOW work_mem"));
    }

    private static string Log(ServerHome home) =>
        string.Concat(Directory.GetFiles(Path.Combine(home.Server, "log")).Select(File.ReadAllText));

    private static async Task KillKeeperAsync(ServerHome home)
    {
        await Eventually.HoldsAsync(() => home.Keeper is not null);
        Kill(home.Keeper!.Value);
        await Eventually.HoldsAsync(() => home.Keeper is null);
    }

    private static void Kill(int id)
    {
        try
        {
            Process.GetProcessById(id).Kill();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }
    }
}
