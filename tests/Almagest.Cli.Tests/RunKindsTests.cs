using Almagest.Cli.Shell;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class RunKindsTests
{
    [Fact]
    public async Task Kinds_are_shown_labelled_and_asked_for_more()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var runs = await ledger.RunIdsAsync("--type", "anomaly");

        var json = (await ledger.RunAsync("runs", "kinds", runs[0], "--seeds", "1", "--with", runs[1], "--json")).Ok().Json;
        var words = (await ledger.RunAsync("runs", "kinds", runs[0], "--seeds", "0")).Ok().Out;
        var one = (await ledger.RunAsync("runs", "kinds", runs[0], "--seeds", "0", "--kind", "0")).Ok().Out;
        var more = (await ledger.RunAsync("runs", "kinds", runs[0], "--kind", "0", "--more", "--top", "3", "--json")).Ok().Json;
        var labelled = (await ledger.RunAsync("runs", "kinds", runs[0], "--kind", "0", "--label-as", "dwarf", "--label-set", "eye"))
            .Ok()
            .Out;

        var kind = json.GetProperty("kinds")[0];
        Assert.Equal(1, json.GetProperty("seeds").GetInt32());
        Assert.Contains(kind.GetProperty("name").GetString()!, words, StringComparison.Ordinal);
        Assert.Contains($"{kind.GetProperty("star_ids")[0].GetInt64()}", one, StringComparison.Ordinal);
        Assert.True(more.GetProperty("stars").GetArrayLength() <= 3);
        Assert.StartsWith(
            $"{kind.GetProperty("stars").GetInt32()} stars labelled as dwarf in the set eye.",
            labelled,
            StringComparison.Ordinal
        );
        Assert.Equal(
            kind.GetProperty("stars").GetInt32(),
            await ledger.CountAsync("select count(*) from star_labels where label_set = 'eye' and kind = 'dwarf'")
        );
    }

    [Fact]
    public async Task A_kind_is_left_out_of_the_next_run_which_replays()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        var stars = (await ledger.RunAsync("runs", "kinds", run, "--seeds", "0", "--json"))
            .Ok()
            .Json.GetProperty("kinds")[0]
            .GetProperty("stars");

        var next = (await ledger.RunAsync("discover", "anomalies", "--without-kind", $"{run}:0", "--json")).Ok().Json;

        Assert.Equal(2000 - stars.GetInt32(), next.GetProperty("total_stars").GetInt32());
        (await ledger.RunAsync("runs", "replay", next.GetProperty("run_id").GetString()!)).Ok();
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("discover", "anomalies", "--without-kind", "x")).ExitCode);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "kinds", run, "--more")).ExitCode);
        Assert.Equal(
            ExitCodes.BadUsage,
            (await ledger.RunAsync("runs", "kinds", run, "--kind", "0", "--more", "--label-as", "x")).ExitCode
        );
        Assert.Equal(ExitCodes.Failed, (await ledger.RunAsync("runs", "kinds", run, "--kind", "99", "--label-as", "x")).ExitCode);
    }
}
