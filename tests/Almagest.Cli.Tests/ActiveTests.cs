using Almagest.Cli.Commands;
using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Runs.Review;
using Almagest.Testing;
using Spectre.Console;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>Reviews at the command line.</summary>
public sealed class ActiveTests
{
    [Fact]
    public async Task A_file_of_answers_is_given_taken_back_one_by_one_and_kept_in_a_run_that_replays()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        var before = (await ledger.RunAsync("discover", "active", run, "--top", "4", "--json")).Ok().Json;
        var stars = before.GetProperty("stars").EnumerateArray().Select(s => s.GetProperty("source_id").GetString()!).ToArray();
        using var folder = TestFolder.Create("answers");
        var file = Path.Combine(folder.Path, "answers.txt");
        await File.WriteAllTextAsync(file, $"# by eye\ny {stars[0]}\nn {stars[1]}\ns {stars[2]}\n");

        var words = (await ledger.RunAsync("discover", "active", run, "--answers", file, "--by", "ann")).Ok().Out;
        Assert.StartsWith("1 interesting, 1 ordinary, 1 skipped, 1,997 not looked at", words, StringComparison.Ordinal);
        Assert.DoesNotContain(stars[0], words, StringComparison.Ordinal);

        var kept = (await ledger.RunAsync("discover", "active", run, "--checkpoint", "--json")).Ok().Json;
        var id = kept.GetProperty("run_id").GetString()!;
        (await ledger.RunAsync("runs", "replay", id)).Ok();
        Assert.Contains("1 interesting, 1 ordinary, 1 skipped", (await ledger.RunAsync("runs", "show", id)).Ok().Out);

        (await ledger.RunAsync("discover", "active", run, "--undo", "--by", "ann")).Ok();
        var after = (await ledger.RunAsync("discover", "active", run, "--json")).Ok().Json;
        Assert.Equal(
            2,
            after.GetProperty("interesting").GetInt32() + after.GetProperty("ordinary").GetInt32() + after.GetProperty("skipped").GetInt32()
        );
    }

    [Fact]
    public async Task At_a_terminal_a_key_answers_on_the_star_that_is_shown()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = Guid.Parse((await ledger.RunIdsAsync("--type", "anomaly"))[0]);
        await using var database = new LedgerDatabase(ledger.Connection);
        using var reviews = new RunReviews(database);
        var stars = (await reviews.LookAsync(run)).Resource.Stars;
        using var screen = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(screen), Ansi = AnsiSupport.No });
        var keys = new Queue<char>("yxsuq");

        var left = await new ReviewDialog(reviews, run, null, "ann", console, () => keys.Dequeue()).RunAsync(default);

        Assert.Equal((1, 0, 0), (left.Resource.Interesting, left.Resource.Ordinary, left.Resource.Skipped));
        Assert.Contains($"Star {stars[0].SourceId}, number 1 before any answer", screen.ToString(), StringComparison.Ordinal);
        Assert.Contains("is unanswered again.", screen.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await ledger.CountAsync($"select count(*) from star_labels where star_id = {stars[0].StarId} and is_anomaly = 1"));
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("discover", "active", run, "--undo", "--checkpoint")).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("discover", "active", run, "--on", "field")).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("discover", "active", run, "--answers", "/no/such/file")).ExitCode);
        Assert.Contains(
            $"{Path.GetTempPath()} is a folder",
            (await ledger.RunAsync("discover", "active", run, "--answers", Path.GetTempPath())).Error,
            StringComparison.Ordinal
        );
        Assert.NotEqual(ExitCodes.Done, (await ledger.RunAsync("discover", "active", run, "--checkpoint")).ExitCode);
    }

    [Fact]
    public async Task Answers_come_through_a_pipe_where_they_are_asked_for_and_otherwise_it_is_said_that_nothing_was_read()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        var star = (await ledger.RunAsync("discover", "active", run, "--json")).Ok().Json.GetProperty("next").GetProperty("star");
        async Task<CliResult> PipedAsync(string input, params string[] args)
        {
            using var process = CliProcess.Start(["discover", "active", run, "--database", ledger.Connection, .. args]);
            await process.Input.WriteAsync(input);
            process.Input.Close();
            return await process.EndAsync(TestContext.Current.CancellationToken);
        }
        var keys = (await PipedAsync("y\ny\nq\n")).Ok();
        Assert.Contains("was not read: --answers - takes answers from there", keys.Error, StringComparison.Ordinal);
        Assert.StartsWith("0 interesting", keys.Out, StringComparison.Ordinal);
        var answers = (await PipedAsync($"y {star.GetProperty("source_id").GetString()}\n", "--answers", "-")).Ok();
        Assert.StartsWith("1 interesting", answers.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("was not read", answers.Error, StringComparison.Ordinal);
    }
}
