using Xunit;

namespace Almagest.Postgres.Tests;

public sealed class ServerSharingTests
{
    [Fact]
    public async Task The_first_start_makes_a_cluster_and_the_next_finds_its_data()
    {
        await using var home = new ServerHome();
        await using (var lease = await home.StartAsync())
        {
            Assert.True(lease.Settings is { Created: true, Started: true });
            Assert.Equal("almagest", await ServerHome.AskAsync(lease, "SELECT current_database()"));
            Assert.Equal("UTF8", await ServerHome.AskAsync(lease, "SHOW server_encoding"));
            Assert.Equal("on", await ServerHome.AskAsync(lease, "SHOW data_checksums"));
            Assert.Equal("UTC", await ServerHome.AskAsync(lease, "SHOW timezone"));
            Assert.Equal("", await ServerHome.AskAsync(lease, "SHOW listen_addresses"));
            await ServerHome.AskAsync(lease, "CREATE TABLE stars AS SELECT 'Algol' AS name");
        }

        Assert.Null(home.ServerProcess);
        await using (var lease = await home.StartAsync())
        {
            Assert.True(lease.Settings is { Created: false, Started: true });
            Assert.Equal("Algol", await ServerHome.AskAsync(lease, "SELECT name FROM stars"));
        }
    }

    [Fact]
    public async Task The_last_lease_of_a_process_stops_the_server()
    {
        await using var home = await ServerHome.WithServerAsync();
        var first = await home.StartAsync();
        var second = await home.StartAsync();
        Assert.False(second.Settings.Started);
        Assert.Equal(first.ConnectionString, second.ConnectionString);

        await first.DisposeAsync();
        await first.DisposeAsync();
        Assert.Equal(1, await ServerHome.AskAsync(second, "SELECT 1"));

        await second.DisposeAsync();
        Assert.Null(home.ServerProcess);
    }

    [Fact]
    public async Task The_last_of_several_processes_stops_the_server()
    {
        await using var home = await ServerHome.WithServerAsync();
        using var first = await Probe.StartAsync(home);
        using var second = await Probe.StartAsync(home);
        Assert.StartsWith("ready started", first.Line, StringComparison.Ordinal);
        Assert.StartsWith("ready attached", second.Line, StringComparison.Ordinal);

        await first.ReleaseAsync();
        Assert.NotNull(home.ServerProcess);
        await second.ReleaseAsync();
        Assert.Null(home.ServerProcess);
    }

    [Fact]
    public async Task Processes_that_start_at_once_make_one_cluster()
    {
        await using var home = new ServerHome();
        var probes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Probe.StartAsync(home)));
        Assert.All(probes, probe => Assert.StartsWith("ready", probe.Line, StringComparison.Ordinal));
        Assert.Single(probes, probe => probe.Line.StartsWith("ready started", StringComparison.Ordinal));

        await Task.WhenAll(probes.Select(probe => probe.ReleaseAsync()));
        Assert.Null(home.ServerProcess);
        foreach (var probe in probes)
            probe.Dispose();
    }

    [Fact]
    public async Task Leases_that_come_and_go_at_once_never_see_a_stopped_server()
    {
        await using var home = await ServerHome.WithServerAsync();
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async _ =>
                {
                    for (var i = 0; i < 5; i++)
                    {
                        await using var lease = await home.StartAsync();
                        Assert.Equal(1, await ServerHome.AskAsync(lease, "SELECT 1"));
                    }
                })
        );
        Assert.Null(home.ServerProcess);
    }

    [Fact]
    public async Task A_server_whose_users_were_killed_is_used_and_stopped_by_the_next()
    {
        await using var home = await ServerHome.WithServerAsync();
        using (var killed = await Probe.StartAsync(home))
            await killed.KillAsync();
        var orphan = home.ServerProcess;
        Assert.NotNull(orphan);

        await using (var lease = await home.StartAsync())
        {
            Assert.False(lease.Settings.Started);
            Assert.Equal(orphan, home.ServerProcess);
        }

        Assert.Null(home.ServerProcess);
    }

    [Fact]
    public async Task The_server_is_in_a_session_of_its_own_where_no_terminal_signals_it()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using var lease = await home.StartAsync();
        var server = home.ServerProcess!.Value;
        var status = await File.ReadAllTextAsync($"/proc/{server}/stat", TestContext.Current.CancellationToken);
        // After the name in parentheses: state, parent, process group, session, terminal.
        var fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
        Assert.Equal(server, int.Parse(fields[2]));
        Assert.Equal(server, int.Parse(fields[3]));
        Assert.Equal(0, int.Parse(fields[4]));
    }

    [Fact]
    public async Task Waiting_for_another_start_can_be_cancelled()
    {
        await using var home = await ServerHome.WithServerAsync();
        var (path, facts) = ServerLocation.PrepareHome(home.Home);
        using var busy = FileLock.TryTake(Path.Combine(path, "control.lock"), exclusive: true, facts);
        Assert.NotNull(busy);

        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EmbeddedServer.StartAsync(home.Options, cancel.Token));
    }
}
