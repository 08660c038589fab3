using System.Text.Json;
using Almagest.Cli.Shell;
using Almagest.Testing;
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
    public async Task Kinds_are_written_as_tables_of_kinds_and_of_stars()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        using var folder = TestFolder.Create("cli-kinds");
        var run = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        var found = (await ledger.RunAsync("runs", "kinds", run, "--seeds", "0", "--json")).Ok().Json;
        var kinds = found.GetProperty("kinds").EnumerateArray().ToList();
        async Task<List<JsonElement>> RowsAsync(params string[] more) =>
            [.. (await ledger.RunAsync(["runs", .. more, "-o", "-", "--format", "json"])).Ok().Json.GetProperty("rows").EnumerateArray()];
        static int? KindOf(JsonElement star) =>
            star.GetProperty("kind_id") is { ValueKind: JsonValueKind.Number } id ? id.GetInt32() : null;

        var written = await RowsAsync("kinds", run, "--seeds", "0");
        var stars = await RowsAsync("export", run, "--kinds");

        Assert.Equal(
            kinds.Select(k => (k.GetProperty("name").GetString(), k.GetProperty("stars").GetInt32())),
            written.Select(r => (r.GetProperty("kind").GetString(), r.GetProperty("stars").GetInt32()))
        );
        Assert.Equal(found.GetProperty("flagged").GetInt32(), stars.Count);
        Assert.All(
            kinds,
            k =>
                Assert.Equal(
                    k.GetProperty("star_ids").EnumerateArray().Select(s => s.GetInt64()).Order(),
                    stars
                        .Where(s => KindOf(s) == k.GetProperty("kind_id").GetInt32())
                        .Select(s => s.GetProperty("star_id").GetInt64())
                        .Order()
                )
        );
        Assert.Equal(stars.Count, (await RowsAsync("kinds", run, "--stars")).Count);
        var one = await RowsAsync("kinds", run, "--stars", "--kind", "0");
        Assert.Equal(kinds[0].GetProperty("stars").GetInt32(), one.Count);
        var more = (await ledger.RunAsync("runs", "kinds", run, "--kind", "0", "--more", "--json")).Ok().Json;
        Assert.Equal(
            more.GetProperty("stars").EnumerateArray().Select(s => s.GetProperty("star_id").GetInt64()),
            (await RowsAsync("kinds", run, "--kind", "0", "--more")).Select(s => s.GetProperty("star_id").GetInt64())
        );
        foreach (var ending in new[] { "vot", "fits", "parquet", "ecsv" })
            (await ledger.RunAsync("runs", "kinds", run, "--seeds", "0", "-o", Path.Combine(folder.Path, $"kinds.{ending}"))).Ok();
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "kinds", run, "--stars")).ExitCode);
        Assert.Equal(
            ExitCodes.BadUsage,
            (await ledger.RunAsync("runs", "kinds", run, "--kind", "0", "--label-as", "x", "-o", "x.csv")).ExitCode
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
