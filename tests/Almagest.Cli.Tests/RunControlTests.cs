using Almagest.Cli.Shell;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>Sweeps, and what one does with a run after it was started.</summary>
public sealed class RunControlTests
{
    [Fact]
    public async Task A_sweep_makes_one_group_of_runs_that_are_listed_by_it()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var sweep = (
            await ledger.RunAsync(
                "sweep",
                "--algorithm",
                "isolation_forest",
                "--set",
                "features=sphere",
                "n_estimators=10",
                "--grid",
                "contamination=0.02,0.1",
                "--seeds",
                "1-2",
                "--json"
            )
        )
            .Ok()
            .Json;
        Assert.True(sweep.GetProperty("is_over").GetBoolean());
        Assert.Equal(4, sweep.GetProperty("statuses").GetProperty("completed").GetInt32());
        // 40 and 200 of 2,000 stars; fewer where scores tie at the threshold.
        Assert.InRange(sweep.GetProperty("least").GetDouble(), 35, 40);
        Assert.InRange(sweep.GetProperty("mean").GetDouble(), 115, 120);
        Assert.InRange(sweep.GetProperty("most").GetDouble(), 195, 200);
        var group = sweep.GetProperty("group_id").GetString()!;
        var listed = await ledger.RunIdsAsync("--sweep", group, "--sort", "created");
        Assert.Equal(sweep.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("run_id").GetString()), listed);
        // Those of one seed come together: they share its forest.
        Assert.Equal([1L, 1L, 2L, 2L], sweep.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("random_seed").GetInt64()));
        Assert.Equal(7, await ledger.CountAsync("select count(*) from mv_discovery_run_stats"));
    }

    [Fact]
    public async Task A_sweep_with_a_run_that_failed_says_where_the_reason_is()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        using var folder = Almagest.Testing.TestFolder.Create("sweep");
        var file = Path.Combine(folder.Path, "sets.json");
        // No parallax is so much larger than its error.
        await File.WriteAllTextAsync(
            file,
            """[{"features": "kinematic"}, {"features": "population", "min_parallax_over_error": 1000000}]"""
        );

        var result = await ledger.RunAsync("sweep", "--algorithm", "isolation_forest", "--set", "draws=0", "--list", file);

        Assert.Equal(ExitCodes.Failed, result.ExitCode);
        var failed = Assert.Single(await ledger.RunIdsAsync("--status", "failed"));
        Assert.Contains($"Why one failed: almagest runs show {failed[^8..]}", result.Out, StringComparison.Ordinal);
        // One run shares nothing, and is compared with nothing.
        Assert.DoesNotContain("one for all runs", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("side by side", result.Out, StringComparison.Ordinal);
        var group = System.Text.RegularExpressions.Regex.Match(result.Out, @"sweep +([0-9a-f-]{36})").Groups[1].Value;
        var picture = await ledger.RunAsync("plot", "sweep", group, "-o", Path.Combine(folder.Path, "x.svg"));
        Assert.Contains("the complete runs of the sweep (1) do not differ", picture.Error, StringComparison.Ordinal);
        // A list is of many years.
        var run = (await ledger.RunAsync("runs", "list")).Ok().Out;
        Assert.Matches($" {DateTime.UtcNow.Year}-[0-9]{{2}}-[0-9]{{2}} [0-9]{{2}}:[0-9]{{2}}", run);
    }

    [Fact]
    public async Task A_sweep_of_a_list_for_people_names_what_differs()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        using var folder = Almagest.Testing.TestFolder.Create("sweep");
        var file = Path.Combine(folder.Path, "sets.json");
        await File.WriteAllTextAsync(
            file,
            """[{"eps": 0.2, "min_samples": 5}, {"eps": 0.3, "min_samples": 8}]""",
            TestContext.Current.CancellationToken
        );
        var text = (await ledger.RunAsync("sweep", "--algorithm", "dbscan", "--set", "features=cluster5d", "--list", file)).Ok().Out;
        Assert.Contains("2 completed", text);
        Assert.Contains("eps", text);
        Assert.DoesNotContain("features  ", text.Split("status")[^1]);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("sweep", "--algorithm", "dbscan", "--seeds", "1-3")).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("sweep", "--algorithm", "dbscan", "--grid", "eps")).ExitCode);
    }

    [Fact]
    public async Task A_queued_run_is_cancelled_followed_and_retried_and_a_replay_reproduces_it()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var old = (await ledger.RunIdsAsync())[0];
        var queued = (await ledger.RunAsync("runs", "retry", old, "--queue", "--json")).Ok().Json;
        Assert.Equal(("pending", old), (queued.GetProperty("status").GetString(), queued.GetProperty("retry_of").GetString()));
        var id = queued.GetProperty("run_id").GetString()!;
        Assert.Equal("cancelled", (await ledger.RunAsync("runs", "cancel", id, "--json")).Ok().Json.GetProperty("status").GetString());
        Assert.Equal(ExitCodes.Failed, (await ledger.RunAsync("runs", "follow", id)).ExitCode);
        var again = (await ledger.RunAsync("runs", "retry", id, "--json")).Ok().Json;
        Assert.Equal("completed", again.GetProperty("status").GetString());
        var made = again.GetProperty("run_id").GetString()!;
        (await ledger.RunAsync("runs", "follow", made)).Ok();
        var replay = (await ledger.RunAsync("runs", "replay", made, "--threads", "1", "--json")).Ok().Json;
        Assert.True(replay.GetProperty("is_reproduced").GetBoolean());
        Assert.Equal(again.GetProperty("results_hash").GetString(), replay.GetProperty("recomputed_hash").GetString());
        Assert.Contains("all 2,000 stored rows came out again", (await ledger.RunAsync("runs", "replay", made)).Ok().Out);
        Assert.Contains(again.GetProperty("results_hash").GetString()!, (await ledger.RunAsync("runs", "show", made)).Ok().Out);
        Assert.Equal(ExitCodes.Failed, (await ledger.RunAsync("runs", "cancel", made)).ExitCode);
    }

    [Fact]
    public async Task Recovery_of_planted_stars_fits_a_terminal_and_is_told_to_machines()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var ids = await ledger.RunIdsAsync();
        var outliers = (await ledger.RunAsync("runs", "recovery", ids[1], "--contrasts", "0,3", "--repetitions", "2", "--json")).Ok().Json;
        Assert.Equal(
            ("outliers", 2, 42),
            (
                outliers.GetProperty("settings").GetProperty("plant").GetString(),
                outliers.GetProperty("settings").GetProperty("repetitions").GetInt32(),
                outliers.GetProperty("settings").GetProperty("seed").GetInt32()
            )
        );
        Assert.Equal(
            [0.0, 3, 0, 3, 0, 3],
            outliers.GetProperty("outliers").GetProperty("by_contrast").EnumerateArray().Select(c => c.GetProperty("contrast").GetDouble())
        );
        var clusters = (
            await ledger.RunAsync("runs", "recovery", ids[0], "--members", "20,60", "--distances", "150", "--repetitions", "2", "--json")
        )
            .Ok()
            .Json;
        Assert.Equal(
            [20, 60],
            clusters
                .GetProperty("clusters")
                .GetProperty("by_plan")
                .EnumerateArray()
                .Select(c => c.GetProperty("cluster").GetProperty("members").GetInt32())
        );
        foreach (
            var args in new[]
            {
                new[] { "runs", "recovery", ids[1], "--repetitions", "2" },
                ["runs", "recovery", ids[0], "--members", "20,60", "--spreads", "1,2", "--repetitions", "2"],
            }
        )
        {
            var text = (await ledger.RunAsync(args)).Ok().Out;
            Assert.Contains("False positives", text);
            Assert.All(text.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 100, line));
        }
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "recovery", ids[0], "--contrasts", "1")).ExitCode);
        Assert.Equal(2000, await ledger.CountAsync("select count(*) from stars"));
    }

    [Fact]
    public async Task A_run_shows_its_selections_hash_its_tags_and_notes_and_no_number_breaks_the_table()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var followed = (
            await ledger.RunAsync("discover", "clusters", "--eps", "1e308", "--features", "cluster5d", "--follow", "--json")
        ).Ok();
        Assert.Contains("computing", followed.Error);
        Assert.Contains(" % ", followed.Error);
        var id = followed.Json.GetProperty("run_id").GetString()!;
        (await ledger.RunAsync("runs", "tag", id, "add", "paper")).Ok();
        (await ledger.RunAsync("runs", "note", id, "all of it", "--by", "ada")).Ok();
        var text = (await ledger.RunAsync("runs", "show", id)).Ok().Out;
        Assert.Matches("tags +paper", text);
        Assert.Matches("ada, .* all of it", text);
        var shown = (await ledger.RunAsync("runs", "show", id, "--json")).Ok().Json;
        var hash = shown.GetProperty("selection_hash").GetString()!;
        Assert.Matches("^[0-9a-f]{64}$", hash);
        Assert.Contains(hash, text);
        Assert.Equal("paper", shown.GetProperty("tags")[0].GetProperty("tag").GetString());
        Assert.All((await ledger.RunAsync("runs", "list")).Ok().Out.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 100, line));
        var queued = (await ledger.RunAsync("discover", "anomalies", "--queue", "--json")).Ok().Json;
        Assert.Equal("pending", queued.GetProperty("status").GetString());
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("discover", "anomalies", "--queue", "--no-save")).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("simulate", "--stars", "10", "--cone", "400,0,5", "-o", "-")).ExitCode);
    }
}
