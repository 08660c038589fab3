using System.Text.Json;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task On_the_simulated_sky_it_answers_across_runs_and_recovers_the_planted_clusters()
    {
        await using var ledger = await CliLedger.CreateEmptyAsync();

        var demo = (await ledger.RunAsync("demo", "--no-serve", "--stars", "6000", "--json")).Ok().Json;

        var runs = demo.GetProperty("runs").EnumerateArray().ToList();
        Assert.Equal(8, runs.Count);
        Assert.All(runs, r => Assert.InRange(r.GetProperty("total_stars").GetInt32(), 4000, 6000));
        Assert.All(runs.Where(IsAnomaly), r => Assert.InRange(r.GetProperty("recall").GetDouble(), 0.05, 1));
        Assert.Equal(15, demo.GetProperty("overlaps").GetArrayLength());
        Assert.Equal(6, demo.GetProperty("most_persistent")[0].GetProperty("total_runs").GetInt64());
        var recovered = runs.Where(r => !IsAnomaly(r))
            .SelectMany(r => r.GetProperty("score").GetProperty("clusters").EnumerateArray())
            .Where(c => Share(c, "recall") > 0.8 && Share(c, "precision") > 0.8)
            .Select(c => c.GetProperty("cluster").GetString())
            .Distinct()
            .ToList();
        Assert.Contains("Pleiades", recovered);
        Assert.Contains("Praesepe", recovered);
        (await ledger.RunAsync("views", "verify")).Ok();
    }

    [Fact]
    public async Task Twice_it_recognises_the_dataset_and_adds_runs()
    {
        await using var ledger = await CliLedger.CreateEmptyAsync();
        (await ledger.RunAsync("demo", "--no-serve", "--stars", "500")).Ok();

        var again = (await ledger.RunAsync("demo", "--no-serve", "--stars", "500")).Ok().Out;

        Assert.Contains("loaded before", again);
        Assert.Contains("12 of 12", again);
        Assert.Equal(1, await ledger.CountAsync("select count(*) from datasets"));
        Assert.Equal(16, await ledger.CountAsync("select count(*) from mv_discovery_run_stats"));
    }

    [Fact]
    public async Task A_mean_score_is_left_out_where_runs_of_different_algorithms_flag_a_star()
    {
        await using var ledger = await CliLedger.CreateEmptyAsync();
        var first = (await ledger.RunAsync("demo", "--no-serve", "--stars", "500", "--json")).Ok().Json;
        Assert.All(Scores(first), s => Assert.Equal(JsonValueKind.Number, s.ValueKind));
        var dataset = first.GetProperty("ingest").GetProperty("dataset").GetProperty("name").GetString()!;
        (await ledger.RunAsync("discover", "anomalies", "--dataset", dataset, "--algorithm", "mcd", "--contamination", "0.3")).Ok();

        var again = (await ledger.RunAsync("demo", "--no-serve", "--stars", "500")).Ok().Out;

        Assert.Contains("Without a score: flagged by runs of different algorithms, whose scores have no common scale.", again);
        Assert.Contains("13 of 13", again);

        static IEnumerable<JsonElement> Scores(JsonElement demo) =>
            demo.GetProperty("most_persistent").EnumerateArray().Select(s => s.GetProperty("mean_anomaly_score"));
    }

    [Fact]
    public async Task On_the_real_stars_within_100_parsecs_it_does_the_main_job()
    {
        var file = TestData.Find("gaia-100pc.csv");
        Assert.SkipWhen(file is null, TestData.Missing);
        await using var ledger = await CliLedger.CreateEmptyAsync();

        var demo = (await ledger.RunAsync("demo", "--no-serve", "--file", file!, "--json")).Ok().Json;

        Assert.Equal("gaia-100pc", demo.GetProperty("ingest").GetProperty("dataset").GetProperty("name").GetString());
        Assert.Equal(12_366, demo.GetProperty("ingest").GetProperty("rows").GetInt64());
        Assert.All(
            demo.GetProperty("runs").EnumerateArray(),
            r =>
            {
                Assert.Equal(JsonValueKind.Null, r.GetProperty("error").ValueKind);
                Assert.Equal(12_366, r.GetProperty("total_stars").GetInt32());
            }
        );
        // 5 % of 12,366 stars, by the percentile of the scores.
        Assert.Equal(619, demo.GetProperty("runs")[1].GetProperty("anomaly_count").GetInt32());
        (await ledger.RunAsync("views", "verify")).Ok();
    }

    [Fact]
    public async Task A_catalogue_that_cannot_take_part_in_every_run_takes_part_in_the_others()
    {
        using var folder = TestFolder.Create("cli-demo");
        var file = Path.Combine(folder.Path, "positions.csv");
        var random = new Random(1);
        File.WriteAllLines(
            file,
            [
                "source_id,ra,dec,phot_g_mean_mag",
                .. Enumerable
                    .Range(1, 500)
                    .Select(i =>
                        FormattableString.Invariant(
                            $"{i},{random.NextDouble() * 360},{random.NextDouble() * 180 - 90},{10 + random.NextDouble()}"
                        )
                    ),
            ]
        );
        await using var ledger = await CliLedger.CreateAsync();

        var shown = (await ledger.RunAsync("demo", "--no-serve", "--file", file)).Ok().Out;

        Assert.Contains("positions: 500 stars", shown);
        Assert.Contains("not possible", shown);
        Assert.Contains(
            "A, B, C, D: No recipe was named: default is taken, because population, luminosity, photometric and kinematic need a "
                + "distance (a parallax of at least 5 times its error), which 0 of 500 stars have; deep needs color",
            string.Join(' ', shown.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        );
        Assert.Contains("G, H: No recipe was named: sphere is taken", shown);
        Assert.Contains("50 flagged", shown);
        (await ledger.RunAsync("views", "verify")).Ok();
    }

    private static double Share(JsonElement score, string name) =>
        score.GetProperty(name).GetProperty("share") is { ValueKind: JsonValueKind.Number } share ? share.GetDouble() : 0;

    private static bool IsAnomaly(JsonElement run) => run.GetProperty("run_type").GetString() == "anomaly";
}
