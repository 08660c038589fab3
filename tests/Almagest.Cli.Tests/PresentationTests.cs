using System.Text;
using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class PresentationTests
{
    [Theory]
    [InlineData("runs", "list")]
    [InlineData("datasets", "list")]
    [InlineData("views", "status")]
    [InlineData("views", "verify")]
    [InlineData("views", "refresh")]
    [InlineData("db", "status")]
    [InlineData("discover", "anomalies")]
    [InlineData("discover", "clusters")]
    [InlineData("demo", "--no-serve")]
    public async Task Every_table_fits_80_columns_with_no_row_broken(params string[] command)
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        string[] options =
            command[0] == "demo" ? ["--stars", "400"]
            : command[0] == "discover" ? ["--dataset", "sky"]
            : [];

        var shown = (
            await Cli.RunAsync(new TerminalInfo(true, false, 80, false), [.. command, .. options, "--database", ledger.Connection])
        )
            .Ok()
            .Out;

        foreach (var line in shown.Split('\n'))
            Assert.True(Plain(line).TrimEnd().Length <= 80, line);
        // A column that is cut short ends with an ellipsis.
        Assert.DoesNotContain("…", shown);
    }

    [Fact]
    public async Task Control_characters_of_others_are_seen_and_do_nothing_to_the_terminal()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var id = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        (await ledger.RunAsync("runs", "note", id, "all well\e]0;owned\a\e[2Jnothing here \u009b31m \u202egnp.exe")).Ok();
        var terminal = new TerminalInfo(true, true, 200, true);

        var shown = (await Cli.RunAsync(terminal, "runs", "show", id, "--database", ledger.Connection)).Ok().Out;
        var wrong = await Cli.RunAsync(terminal, "runs", "show", "\e[2J", "--database", ledger.Connection);
        var json = (await ledger.RunAsync("runs", "show", id, "--json")).Ok();

        Assert.Contains("all well␛]0;owned␇␛[2Jnothing here \uFFFD31m \uFFFDgnp.exe", shown);
        Assert.DoesNotContain("\e]", shown);
        Assert.DoesNotContain("\e[2J", shown);
        Assert.Contains("'␛[2J' is not a run id", wrong.Error);
        Assert.Contains("\e[1;31merror:", wrong.Error);
        Assert.DoesNotContain('\e', json.Out);
        Assert.Contains("\\u001B]0;owned", json.Out);
    }

    [Theory]
    [InlineData("runs", "list")]
    [InlineData("runs", "list", "--json")]
    [InlineData("datasets", "export", "sky", "-o", "-")]
    [InlineData("--help")]
    public async Task A_full_disk_behind_standard_output_is_told_and_no_defect(params string[] command)
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        await using var disk = new FullDisk();
        var messages = new StringWriter();

        var code = await CommandLine.RunAsync(
            [.. command, .. command is ["--help"] ? [] : (string[])["--database", ledger.Connection]],
            CheckedWriter.ForAnswers(disk),
            messages,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Equal(
            "error: standard output cannot be written: the disk is full\nhint:  Free some space and try again.\n",
            messages.ToString()
        );
    }

    [Fact]
    public async Task Messages_that_nobody_takes_stop_no_command()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        await using var disk = new FullDisk();
        var answer = new StringWriter();

        var code = await CommandLine.RunAsync(
            ["runs", "show", "nosuch", "--database", ledger.Connection, "--json"],
            answer,
            CheckedWriter.ForMessages(disk),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(ExitCodes.BadUsage, code);
        Assert.Contains("is not a run id", answer.ToString());
    }

    [Fact]
    public async Task Long_names_are_never_broken_inside_a_word_on_80_columns()
    {
        using var folder = TestFolder.Create("cli-wide");
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var narrow = new TerminalInfo(true, false, 80, false);
        var file = Path.Combine(folder.Path, "a-long-name-of-a-catalogue.csv");
        (await Cli.RunAsync("simulate", "--stars", "300", "-o", file)).Ok();
        (await ledger.RunAsync("ingest", file)).Ok();
        (await ledger.RunAsync("discover", "anomalies", "--dataset", "sky", "--features", "photometric+kinematic")).Ok();

        var runs = (await Cli.RunAsync(narrow, "runs", "list", "--database", ledger.Connection)).Ok().Out;
        var preview = (await Cli.RunAsync(narrow, "preview", file)).Ok().Out;

        Assert.Contains("5 %, photometric+kinematic,", Plain(runs));
        Assert.Contains("100 flagged", Plain(runs));
        Assert.Contains("phot_g_mean_mag", preview);
        Assert.Contains("parallax_error_mas", preview);
        Assert.All((runs + preview).Split('\n'), line => Assert.True(Plain(line).TrimEnd().Length <= 80, line));
    }

    [Fact]
    public async Task Colours_and_boldness_are_for_terminals_only()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        string[] command = ["runs", "list", "--database", ledger.Connection];

        var pipe = (await Cli.RunAsync(TerminalInfo.None, command)).Ok().Out;
        var terminal = (await Cli.RunAsync(new TerminalInfo(true, true, 100, true), command)).Ok().Out;

        Assert.DoesNotContain("\e", pipe);
        Assert.Contains("\e[1m", terminal);
        Assert.Equal(pipe.Split('\n').Select(l => l.TrimEnd()), Plain(terminal).Split('\n').Select(l => l.TrimEnd()));
    }

    [Fact]
    public async Task A_progress_bar_is_drawn_on_standard_error_and_only_there()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var result = (
            await Cli.RunAsync(new TerminalInfo(false, true, 80, true), "discover", "anomalies", "--json", "--database", ledger.Connection)
        ).Ok();

        Assert.Equal(100, result.Json.GetProperty("anomaly_count").GetInt32());
        Assert.Contains("━", result.Error);
    }

    [Theory]
    [InlineData(0.4, "<1 ms")]
    [InlineData(12.6, "13 ms")]
    [InlineData(2345, "2.3 s")]
    [InlineData(125_000, "2 min 5 s")]
    public void Durations_are_short(double ms, string expected) => Assert.Equal(expected, ConsoleText.Duration(ms));

    private static string Plain(string text) => System.Text.RegularExpressions.Regex.Replace(text, "\e\\[[0-9;?]*[a-zA-Z]", "");

    private sealed class FullDisk : TextWriter
    {
        private const int NoSpace = 28;

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("No space left on device", NoSpace);
    }
}
