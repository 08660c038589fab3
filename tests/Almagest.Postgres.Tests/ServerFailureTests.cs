using Xunit;

namespace Almagest.Postgres.Tests;

/// <summary>Each failure gives a sentence that says what is wrong and one that says what to do.</summary>
public sealed class ServerFailureTests
{
    [Fact]
    public async Task Data_of_another_version_name_the_version_to_install()
    {
        await using var home = await ServerHome.WithServerAsync();
        await home.AsAccountAsync("/bin/sh", "-c", "echo 99 >data/PG_VERSION");

        var error = await home.FailAsync();
        Assert.Contains("written by PostgreSQL 99, which is not on this machine", error.Message, StringComparison.Ordinal);
        Assert.Contains("postgresql-99", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("pg_upgrade", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PG_VERSION")]
    [InlineData("global/pg_control")]
    [InlineData("global/pg_filenode.map")]
    public async Task Damaged_data_are_reported_and_left_alone(string missing)
    {
        await using var home = await ServerHome.WithServerAsync();
        await home.AsAccountAsync("rm", Path.Combine("data", missing));

        var error = await home.FailAsync();
        Assert.Contains("damaged or incomplete", error.Message, StringComparison.Ordinal);
        Assert.Contains($"move {home.Data} away", error.Remedy, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(home.Data, "base")));
        Assert.Null(home.ServerProcess);
    }

    [Fact]
    public async Task A_wrong_setting_of_the_user_is_shown_with_its_line()
    {
        await using var home = await ServerHome.WithServerAsync();
        await home.AsAccountAsync("/bin/sh", "-c", "echo 'work_mem = plenty' >data/local.conf");

        var error = await home.FailAsync();
        Assert.Contains("work_mem", error.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(home.Data, "local.conf"), error.Remedy, StringComparison.Ordinal);

        await home.AsAccountAsync("/bin/sh", "-c", "echo 'work_mem = 7MB' >data/local.conf");
        await using var lease = await home.StartAsync();
        Assert.Equal("7MB", await ServerHome.AskAsync(lease, "SHOW work_mem"));
    }

    [Fact]
    public async Task Too_little_memory_is_reported()
    {
        var reserved = await File.ReadAllTextAsync("/proc/sys/vm/nr_hugepages", TestContext.Current.CancellationToken);
        Assert.SkipUnless(reserved.Trim() == "0", "This machine has huge pages, so that it cannot run out of them.");
        await using var home = await ServerHome.WithServerAsync();
        await home.AsAccountAsync("/bin/sh", "-c", "echo 'huge_pages = on' >data/local.conf");

        var error = await home.FailAsync();
        Assert.Contains("not enough (shared) memory", error.Message, StringComparison.Ordinal);
        Assert.Contains("shared_buffers", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_home_that_is_a_file_is_refused()
    {
        await using var home = new ServerHome(Path.Combine("file", "almagest"));
        await File.WriteAllTextAsync(Path.Combine(home.Folder, "file"), "", TestContext.Current.CancellationToken);

        var error = await home.FailAsync();
        Assert.Contains("a file, not a directory", error.Message, StringComparison.Ordinal);
        Assert.Contains("ALMAGEST_HOME", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_home_that_may_not_be_written_is_refused()
    {
        var lines = await UnderMountAsync("size=1m,mode=755", "exec setpriv --reuid=nobody --clear-groups \"$@\" </dev/null");
        var line = Assert.Single(lines);
        Assert.Contains("permission denied", line, StringComparison.Ordinal);
        Assert.Contains("set ALMAGEST_HOME to a directory of your own", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_without_space_for_a_new_cluster_is_reported()
    {
        var lines = await UnderMountAsync("size=20m,mode=755", "exec \"$@\" </dev/null");
        var line = Assert.Single(lines);
        Assert.Contains("A new database needs 96 MB", line, StringComparison.Ordinal);
        Assert.Contains("Free some space", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_is_full_stops_the_start_and_nothing_is_lost_when_there_is_space_again()
    {
        var lines = await UnderMountAsync(
            "size=200m,mode=755",
            """
            "$@" </dev/null
            dd if=/dev/zero of="$ALMAGEST_HOME/fill" bs=64k 2>/dev/null
            "$@" </dev/null
            rm "$ALMAGEST_HOME/fill"
            "$@" </dev/null
            """
        );
        Assert.Equal(5, lines.Length);
        Assert.StartsWith("ready started", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("failed", lines[2], StringComparison.Ordinal);
        Assert.Contains("the disk is full", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("ready started", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_is_read_only_is_reported()
    {
        var lines = await UnderMountAsync(
            "size=200m,mode=755",
            """
            "$@" </dev/null
            # Busy while the server of before still closes its files.
            for i in $(seq 100); do mount -o remount,ro "$ALMAGEST_HOME" && break; sleep 0.1; done
            "$@" </dev/null
            """
        );
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("failed", lines[2], StringComparison.Ordinal);
        Assert.Contains("the file system is read-only", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_without_PostgreSQL_is_told_the_one_command()
    {
        await using var home = new ServerHome();
        var error = await Assert.ThrowsAsync<PostgresServerException>(() =>
            PostgresInstaller.InstallAsync(home.Options, TestContext.Current.CancellationToken)
        );
        Assert.Contains("No PostgreSQL server of version 15 or newer", error.Message, StringComparison.Ordinal);
        Assert.Contains("Install", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("ALMAGEST_PG_BIN", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_without_the_servers_programs_is_refused()
    {
        await using var home = new ServerHome();
        var options = home.Options with { BinaryDirectory = home.Folder };
        var error = await Assert.ThrowsAsync<PostgresServerException>(() =>
            EmbeddedServer.StartAsync(options, TestContext.Current.CancellationToken)
        );
        Assert.Contains(home.Folder, error.Message, StringComparison.Ordinal);
        Assert.Contains("/usr/lib/postgresql", error.Remedy, StringComparison.Ordinal);
    }

    /// <summary>
    /// Runs a script with a file system of its own as the home; <c>"$@"</c> in it takes and gives back a lease.
    /// The mount vanishes with the script.
    /// </summary>
    private static async Task<string[]> UnderMountAsync(string mountOptions, string script)
    {
        Assert.SkipUnless(Native.IsRoot, "Only root can mount.");
        var home = Directory.CreateTempSubdirectory("almagest-mount-");
        try
        {
            var possible = await HostProcess.RunAsync(
                ["unshare", "-m", "mount", "-t", "tmpfs", "none", home.FullName],
                cancellationToken: TestContext.Current.CancellationToken
            );
            Assert.SkipUnless(possible.Succeeded, $"Mounting is not possible here: {possible.Text}");
            var result = await HostProcess.RunAsync(
                [
                    "unshare",
                    "-m",
                    "/bin/sh",
                    "-c",
                    $"mount -t tmpfs -o {mountOptions} none \"$0\" || exit; export ALMAGEST_HOME=\"$0\"\n{script}",
                    home.FullName,
                    Probe.DotNet,
                    Probe.Program,
                ],
                cancellationToken: TestContext.Current.CancellationToken
            );
            return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Aggregate(new List<string>(), Join).ToArray();
        }
        finally
        {
            home.Delete();
        }

        // A report may have several lines.
        static List<string> Join(List<string> reports, string line)
        {
            if (reports.Count > 0 && line.StartsWith(' '))
                reports[^1] += " " + line.Trim();
            else
                reports.Add(line);
            return reports;
        }
    }
}
