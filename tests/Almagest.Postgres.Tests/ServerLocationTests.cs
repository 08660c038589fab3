using Xunit;

namespace Almagest.Postgres.Tests;

public sealed class ServerLocationTests
{
    private const string NeedsRoot = "Only root runs the server under another account.";

    [Theory]
    [InlineData("with space/and ünïcödé ★/α")]
    [InlineData("dollar $HOME `id`/quote's \"double\"")]
    [InlineData("comma, colon: and; equals=")]
    [InlineData("a long path of more than the hundred and seven bytes/that the name of a Unix socket may have at the most/on Linux")]
    public async Task Any_path_can_be_a_home(string below)
    {
        await using var home = new ServerHome(below);
        string sockets;
        await using (var lease = await home.StartAsync())
        {
            sockets = lease.Settings.SocketDirectory;
            Assert.Equal(1, await ServerHome.AskAsync(lease, "SELECT 1"));
            Assert.StartsWith(home.Home, lease.Settings.DataDirectory, StringComparison.Ordinal);
        }

        await EmbeddedServer.DestroyAsync(home.Options, TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(sockets));
    }

    [Fact]
    public async Task A_socket_directory_that_somebody_else_made_is_refused()
    {
        Assert.SkipUnless(Native.IsRoot, "Only root can play somebody else.");
        await using var home = new ServerHome("comma, in the name");
        string sockets;
        await using (var lease = await home.StartAsync())
            sockets = lease.Settings.SocketDirectory;

        Directory.Delete(sockets, recursive: true);
        Directory.CreateDirectory(sockets);
        try
        {
            var error = await home.FailAsync();
            Assert.Contains(sockets, error.Message, StringComparison.Ordinal);
            Assert.Contains("somebody else", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(sockets, recursive: true);
        }
    }

    [Fact]
    public async Task A_home_that_roots_account_cannot_enter_has_its_data_elsewhere()
    {
        Assert.SkipUnless(Native.IsRoot, NeedsRoot);
        await using var home = new ServerHome(Path.Combine("closed", "almagest"));
        var closed = Path.Combine(home.Folder, "closed");
        Directory.CreateDirectory(closed);
        await HostProcess.RunAsync(["chmod", "700", closed], cancellationToken: TestContext.Current.CancellationToken);

        await using (var lease = await home.StartAsync())
        {
            Assert.StartsWith(home.Options.SystemDirectory, lease.Settings.DataDirectory, StringComparison.Ordinal);
            Assert.Contains(home.Progress, sentence => sentence.Contains("cannot enter", StringComparison.Ordinal));
            await ServerHome.AskAsync(lease, "CREATE TABLE stars AS SELECT 'Sirius' AS name");
        }

        // The data outlive the loss of the file that names their place.
        File.Delete(Path.Combine(home.Home, "location"));
        await using (var lease = await home.StartAsync())
            Assert.Equal("Sirius", await ServerHome.AskAsync(lease, "SELECT name FROM stars"));

        Directory.Move(home.Options.SystemDirectory, home.Options.SystemDirectory + ".away");
        var error = await home.FailAsync();
        Assert.Contains("there is no such directory", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(home.Home, "location"), error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_sudo_the_cluster_is_the_users_own_and_the_user_can_go_on_without()
    {
        Assert.SkipUnless(Native.IsRoot, NeedsRoot);
        await using var home = new ServerHome(Path.Combine("user", ".local", "almagest"));
        var user = Path.Combine(home.Folder, "user");
        Directory.CreateDirectory(user);
        var nobody = (
            await HostProcess.RunAsync(["id", "-u", "nobody"], cancellationToken: TestContext.Current.CancellationToken)
        ).Output.Trim();
        Assert.Equal(0, Native.ChangeOwner(user, uint.Parse(nobody), uint.Parse(nobody)));

        await using (var lease = await home.StartAsync())
        {
            Assert.Equal("nobody", lease.Settings.Account);
            Assert.Equal(1, await ServerHome.AskAsync(lease, "SELECT 1"));
        }

        foreach (
            var path in Directory.EnumerateFileSystemEntries(
                user,
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }
            )
        )
            Assert.True(Native.Stat(path, follow: false)?.Owner == uint.Parse(nobody), $"{path} does not belong to nobody");
    }

    [Fact]
    public async Task No_other_user_can_connect_even_where_the_socket_lies_open()
    {
        Assert.SkipUnless(Native.IsRoot, "Only root can play another user.");
        await using var home = await ServerHome.WithServerAsync();
        await using var lease = await home.StartAsync();
        string[] ask =
        [
            "setpriv",
            "--reuid=nobody",
            "--clear-groups",
            FindPsql(),
            "-h",
            lease.Settings.SocketDirectory,
            "-U",
            "almagest",
            "-c",
            "SELECT 1",
        ];

        var closed = await HostProcess.RunAsync(ask, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("Permission denied", closed.Error, StringComparison.Ordinal);

        await home.AsAccountAsync("chmod", "755", home.Server, "run");
        await home.AsAccountAsync("chmod", "777", Path.Combine("run", ServerLocation.SocketName));
        var open = await HostProcess.RunAsync(ask, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("Peer authentication failed", open.Error, StringComparison.Ordinal);
        await home.AsAccountAsync("chmod", "700", home.Server, "run");
    }

    [Fact]
    public async Task Root_and_the_account_itself_can_use_psql()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using var lease = await home.StartAsync();
        string[] ask = [FindPsql(), "-h", lease.Settings.SocketDirectory, "-U", "almagest", "-Atc", "SELECT 42"];
        Assert.Equal("42\n", (await HostProcess.RunAsync(ask, cancellationToken: TestContext.Current.CancellationToken)).Output);
        Assert.Equal("42\n", await home.AsAccountAsync(ask));
    }

    [Fact]
    public async Task A_cluster_can_be_moved_with_its_home()
    {
        await using var home = await ServerHome.WithServerAsync();
        await using (var lease = await home.StartAsync())
            await ServerHome.AskAsync(lease, "CREATE TABLE stars AS SELECT 'Vega' AS name");
        var moved = home.Options with { Home = home.Home + " moved" };
        Directory.Move(home.Home, moved.Home);
        await using (var lease = await EmbeddedServer.StartAsync(moved, TestContext.Current.CancellationToken))
            Assert.Equal("Vega", await ServerHome.AskAsync(lease, "SELECT name FROM stars"));
    }

    private static string FindPsql()
    {
        var psql = PostgresBinaries.FindAll().Select(binaries => Path.Combine(binaries.Directory, "psql")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(psql is null, "There is no psql beside the server's programs.");
        return psql;
    }
}
