using System.Text.Json;
using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class ProcessTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_program_answers_and_fails_with_its_exit_codes()
    {
        using var version = CliProcess.Start("--version");
        using var wrong = CliProcess.Start("runs", "list", "--colour", "--json");

        Assert.Equal(ExitCodes.Done, (await version.EndAsync(CancellationToken)).ExitCode);
        var error = await wrong.EndAsync(CancellationToken);
        Assert.Equal(ExitCodes.BadUsage, error.ExitCode);
        Assert.Equal("'almagest runs list' has no option --colour", error.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.DoesNotContain("\e[", error.Error);
    }

    [Fact]
    public async Task The_database_is_taken_from_the_environment()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        using var process = CliProcess.Start(
            new Dictionary<string, string?> { ["ALMAGEST_DATABASE"] = ledger.Connection },
            "runs",
            "list",
            "--json"
        );

        Assert.Equal(3, (await process.EndAsync(CancellationToken)).Ok().Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Without_a_database_the_embedded_one_is_made_used_and_stopped()
    {
        using var folder = TestFolder.Create("cli-home");
        var environment = new Dictionary<string, string?> { ["ALMAGEST_HOME"] = Path.Combine(folder.Path, "home") };

        using var process = CliProcess.Start(environment, "db", "status", "--json");
        var status = (await process.EndAsync(CancellationToken)).Ok();
        using var second = CliProcess.Start(environment, "datasets", "list", "--json");
        var listed = (await second.EndAsync(CancellationToken)).Ok();

        Assert.True(status.Json.GetProperty("embedded").GetBoolean());
        Assert.Equal(0, listed.Json.GetArrayLength());
        Assert.Contains("The database is empty", listed.Error);
        Assert.Empty(Directory.GetFiles(folder.Path, "postmaster.pid", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_embedded_database_stays_for_the_next_command_until_it_is_stopped()
    {
        using var folder = TestFolder.Create("cli-kept");
        var environment = new Dictionary<string, string?>
        {
            ["ALMAGEST_HOME"] = Path.Combine(folder.Path, "home"),
            ["ALMAGEST_KEEP_RUNNING"] = "600",
        };
        string? Server() =>
            Directory.GetFiles(folder.Path, "postmaster.pid", SearchOption.AllDirectories) is [var file] ? File.ReadLines(file).First() : null;
        async Task<CliResult> RunAsync(params string[] args)
        {
            using var process = CliProcess.Start(environment, args);
            return await process.EndAsync(CancellationToken);
        }

        (await RunAsync("db", "status")).Ok();
        var server = Server();
        Assert.NotNull(server);
        (await RunAsync("datasets", "list")).Ok();
        Assert.Equal(server, Server());

        Assert.True((await RunAsync("db", "stop", "--json")).Ok().Json.GetProperty("stopped").GetBoolean());
        Assert.Null(Server());
        Assert.False((await RunAsync("db", "stop", "--json")).Ok().Json.GetProperty("stopped").GetBoolean());
        Assert.Equal(ExitCodes.BadUsage, (await RunAsync("db", "stop", "--database", "Host=x")).ExitCode);

        // A server holds it while it serves, and stops it when it ends, whatever the setting says.
        using var serve = CliProcess.Start(environment, "serve", "--port", "0", "--json");
        await serve.ReadDocumentAsync(CancellationToken);
        var refused = await RunAsync("db", "stop");
        Assert.Equal(ExitCodes.Failed, refused.ExitCode);
        Assert.Contains("another program uses the embedded database", refused.Error);
        serve.Signal(CliProcess.Terminate);
        (await serve.EndAsync(CancellationToken)).Ok();
        Assert.Null(Server());
    }

    [Theory]
    [InlineData(CliProcess.Interrupt)]
    [InlineData(CliProcess.Terminate)]
    public async Task A_server_names_its_address_answers_there_and_ends_well_on_a_signal(int signal)
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        using var process = CliProcess.Start("serve", "--port", "0", "--database", ledger.Connection, "--json");
        var address = JsonDocument.Parse(await process.ReadDocumentAsync(CancellationToken)).RootElement;

        using var http = new HttpClient { BaseAddress = new Uri(address.GetProperty("url").GetString()!) };
        var stats = JsonDocument.Parse(await http.GetStringAsync("analytics/discovery/stats", CancellationToken)).RootElement;
        Assert.Equal(3, stats.GetArrayLength());
        Assert.True((await http.GetAsync(address.GetProperty("docs").GetString(), CancellationToken)).IsSuccessStatusCode);

        process.Signal(signal);
        Assert.Equal(ExitCodes.Done, (await process.EndAsync(CancellationToken)).ExitCode);
    }

    [Fact]
    public async Task A_server_leaves_its_address_in_the_home_while_it_runs()
    {
        await using var ledger = await CliLedger.CreateAsync();
        using var folder = TestFolder.Create("cli-note");
        var note = Path.Combine(folder.Path, "home", "server.json");
        var environment = new Dictionary<string, string?> { ["ALMAGEST_HOME"] = Path.GetDirectoryName(note) };
        using var process = CliProcess.Start(environment, "serve", "--port", "0", "--database", ledger.Connection, "--json");
        var address = JsonDocument.Parse(await process.ReadDocumentAsync(CancellationToken)).RootElement;

        var left = JsonDocument.Parse(await File.ReadAllTextAsync(note, CancellationToken)).RootElement;
        Assert.Equal(address.GetProperty("pid").GetInt32(), left.GetProperty("pid").GetInt32());
        Assert.Equal(address.GetProperty("url").GetString(), left.GetProperty("url").GetString());

        // A second one leaves the note of the first alone. Every line of its log is for programs.
        using (
            var second = CliProcess.Start(
                environment,
                "serve",
                "--port",
                "0",
                "--database",
                ledger.Connection,
                "--json",
                "--log-format",
                "json",
                "--log-level",
                "information"
            )
        )
        {
            var other = JsonDocument.Parse(await second.ReadDocumentAsync(CancellationToken)).RootElement;
            using var http = new HttpClient { BaseAddress = new Uri(other.GetProperty("url").GetString()!) };
            var asked = await http.GetAsync("discovery/runs", CancellationToken);
            second.Signal(CliProcess.Terminate);
            var ended = await second.EndAsync(CancellationToken);
            Assert.Equal(ExitCodes.Done, ended.ExitCode);
            var lines = ended
                .Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => JsonDocument.Parse(l).RootElement)
                .ToList();
            Assert.Contains(
                lines,
                l =>
                    l.GetProperty("Message").GetString()!.StartsWith("GET /discovery/runs 200", StringComparison.Ordinal)
                    && l.GetRawText().Contains(asked.Headers.GetValues("X-Request-Id").Single(), StringComparison.Ordinal)
            );
        }
        Assert.Equal(left.GetRawText(), JsonDocument.Parse(await File.ReadAllTextAsync(note, CancellationToken)).RootElement.GetRawText());

        process.Signal(CliProcess.Terminate);
        await process.EndAsync(CancellationToken);
        Assert.False(File.Exists(note));
    }

    [Fact]
    public async Task A_taken_port_is_said_so_and_another_is_proposed()
    {
        await using var ledger = await CliLedger.CreateAsync();
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port.ToString();

        var result = await ledger.RunAsync("serve", "--port", port);

        Assert.Equal(ExitCodes.Failed, result.ExitCode);
        Assert.Contains($"port {port} of 127.0.0.1 is taken", result.Error);
        Assert.Contains("--port", result.Error);
    }

    [Fact]
    public async Task Ctrl_C_cancels_a_run_that_is_marked_so_and_exits_130()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        using var process = CliProcess.Start(
            "discover",
            "anomalies",
            "--trees",
            "10000",
            "--subsample",
            "2000",
            "--threads",
            "1",
            "--database",
            ledger.Connection,
            "--json"
        );
        await Eventually.HoldsAsync(async () =>
        {
            Assert.False(process.HasExited);
            return await ledger.CountAsync("select count(*) from discovery_runs where status = 'running'") > 0;
        });

        process.Signal(CliProcess.Interrupt);
        var result = await process.EndAsync(CancellationToken);

        Assert.Equal(ExitCodes.Cancelled, result.ExitCode);
        Assert.Equal("cancelled", result.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("error: cancelled", result.Error.Trim());
        Assert.Equal(1, await ledger.CountAsync("select count(*) from discovery_runs where status = 'cancelled' and not is_complete"));
        Assert.Equal(
            0,
            await ledger.CountAsync(
                "select count(*) from discovery_results where run_id = (select run_id from discovery_runs where status = 'cancelled')"
            )
        );
    }
}
