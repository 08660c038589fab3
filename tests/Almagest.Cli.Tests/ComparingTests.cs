using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>Commands that look across runs.</summary>
public sealed class ComparingTests
{
    [Fact]
    public async Task Two_runs_are_compared_with_the_reasons_of_their_differences()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var ids = await ledger.RunIdsAsync("--type", "anomaly");

        // 100 of 2000 by seed 42, against 200 by seed 7.
        var compared = (
            await ledger.RunAsync(
                "runs",
                "compare",
                ids[1],
                ids[0],
                "--stars",
                "only-b",
                "--reason",
                "threshold",
                "--top",
                "1000",
                "--json"
            )
        )
            .Ok()
            .Json;
        var shown = (await ledger.RunAsync("runs", "compare", ids[1], ids[0], "--stars", "only-b")).Ok().Out;

        Assert.Equal(
            ["seed", "contamination"],
            compared.GetProperty("agreement").GetProperty("differences").EnumerateArray().Select(d => d.GetString())
        );
        var reasons = compared.GetProperty("agreement").GetProperty("only_in_run_2_reasons");
        var threshold = reasons.GetProperty("threshold").GetInt32();
        Assert.True(threshold > 50);
        Assert.Equal(compared.GetProperty("only_in_run_2_count").GetInt32(), reasons.EnumerateObject().Sum(r => r.Value.GetInt32()));
        Assert.Equal(threshold, compared.GetProperty("stars").GetArrayLength());
        Assert.InRange(compared.GetProperty("agreement").GetProperty("kappa").GetDouble(), 0.3, 0.9);
        Assert.Contains("Stars that only B marks", shown);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "compare", ids[1], ids[0], "--reason", "seed")).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "compare", ids[1])).ExitCode);
    }

    [Fact]
    public async Task What_changed_between_two_tables_and_two_runs_over_them_is_told_and_written()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        using var folder = TestFolder.Create("cli-changes");
        string File(string name) => Path.Combine(folder.Path, name);
        (await ledger.RunAsync("datasets", "export", "sky", "-o", File("later.csv"))).Ok();
        (await ledger.RunAsync("ingest", File("later.csv"), "--dataset", "later")).Ok();
        var run1 = (await ledger.RunIdsAsync("--type", "anomaly"))[1];
        var run2 = (await ledger.RunAsync("discover", "anomalies", "--dataset", "later", "--contamination", "0.1", "--json"))
            .Ok()
            .Json.GetProperty("run_id")
            .GetString()!;

        var tables = (await ledger.RunAsync("datasets", "compare", "sky", "later", "--by-id", "--json")).Ok().Json;
        Assert.Equal(2000, tables.GetProperty("pairing").GetProperty("pairs").GetInt32());
        Assert.All(
            tables.GetProperty("quantities").EnumerateArray().Where(q => q.GetProperty("quantity").GetString() == "parallax_mas"),
            q => Assert.Equal(q.GetProperty("pairs").GetInt32(), q.GetProperty("same").GetInt32())
        );
        Assert.Contains("scatter in σ", (await ledger.RunAsync("datasets", "compare", "sky", "later", "--by-id")).Ok().Out);
        (await ledger.RunAsync("datasets", "compare", "sky", "later", "--by-id", "--stars", "-o", File("stars.parquet"))).Ok();
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("datasets", "compare", "sky", "later", "--by-id", "--stars")).ExitCode);

        var page = (await ledger.RunAsync("runs", "compare", run1, run2, "--by-id", "--json", "--top", "3")).Ok().Json;
        var changes = page.GetProperty("changes");
        Assert.Equal((100, 100, 0), (Of(changes, "kept"), Of(changes, "new"), Of(changes, "gone")));
        // The same stars, detector and seed: only the threshold moved.
        Assert.Equal(100, Of(changes.GetProperty("new_causes"), "threshold"));
        Assert.Equal(3, page.GetProperty("items").GetArrayLength());
        Assert.Contains("threshold 100", (await ledger.RunAsync("runs", "compare", run1, run2, "--by-id")).Ok().Out);
        (await ledger.RunAsync("runs", "compare", run1, run2, "--by-id", "--change", "new", "-o", File("new.csv"))).Ok();
        Assert.Equal(101, System.IO.File.ReadAllLines(File("new.csv")).Length);
        var few = (await ledger.RunAsync("runs", "compare", run1, run2, "--by-id", "--json", "--limit", "2")).Ok().Json;
        Assert.Equal(2, few.GetProperty("items").GetArrayLength());
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "compare", run1, run2, "--stars", "only-a")).ExitCode);

        var copy = (await ledger.RunAsync("runs", "rethreshold", run1, "--contamination", "0.08", "--json"))
            .Ok()
            .Json.GetProperty("run_id")
            .GetString()!;
        var told = (await ledger.RunAsync("runs", "compare", run1, copy)).Ok().Out;
        Assert.Contains("The second is a copy of the first with another threshold", told);
        Assert.DoesNotContain("p = 10", told);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "compare", run1, copy, "--by-id")).ExitCode);

        static int Of(System.Text.Json.JsonElement element, string name) => element.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Many_runs_are_compared_ranked_and_matched()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        (await ledger.RunAsync("discover", "anomalies", "--contamination", "0.05", "--seed", "7")).Ok();
        (await ledger.RunAsync("discover", "clusters", "--features", "cluster5d", "--eps", "0.25", "--min-samples", "8")).Ok();
        var all = await ledger.RunIdsAsync();
        var anomalies = await ledger.RunIdsAsync("--type", "anomaly");
        var clusters = await ledger.RunIdsAsync("--type", "cluster");

        var table = (await ledger.RunAsync(["runs", "compare", .. all, "--json"])).Ok().Json;
        Assert.Equal(10, table.GetProperty("pairs").GetArrayLength());
        Assert.Equal(
            [7, 42],
            Assert.Single(table.GetProperty("seed_groups").EnumerateArray()).GetProperty("seeds").EnumerateArray().Select(s => s.GetInt32())
        );
        Assert.Contains("The same except for the seed", (await ledger.RunAsync(["runs", "compare", .. all])).Ok().Out);

        var matrix = (await ledger.RunAsync("runs", "matrix", "--json")).Ok().Json;
        Assert.Equal(3, matrix.GetProperty("tests").GetInt32());
        Assert.All(
            matrix.GetProperty("items").EnumerateArray(),
            p =>
                Assert.True(
                    p.GetProperty("log10_q_value").GetDouble() is < -10 and var q && q >= p.GetProperty("log10_p_value").GetDouble()
                )
        );
        Assert.Contains("3 pairs tested", (await ledger.RunAsync("runs", "matrix")).Ok().Out);
        var both = (await ledger.RunAsync("runs", "matrix", "--json", "--alternative", "two-sided")).Ok().Json;
        Assert.Equal(
            ("greater", "two-sided"),
            (matrix.GetProperty("alternative").GetString(), both.GetProperty("alternative").GetString())
        );

        var consensus = (await ledger.RunAsync("consensus", "--json", "--top", "5")).Ok().Json;
        Assert.All(
            consensus.GetProperty("items").EnumerateArray(),
            s => Assert.Equal((3, 3), (s.GetProperty("flagged_runs").GetInt32(), s.GetProperty("analysed_runs").GetInt32()))
        );
        // Two of the three differ in the contamination alone.
        Assert.Equal(2, consensus.GetProperty("draws").GetInt32());
        var half = (await ledger.RunAsync("consensus", "--json", "--level", "0.5", "--further", "7")).Ok().Json;
        Assert.Equal((0.5, 7), (half.GetProperty("level").GetDouble(), half.GetProperty("further_draws").GetInt32()));
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("consensus", "--level", "95")).ExitCode);
        Assert.Contains("3 of 3", (await ledger.RunAsync(["consensus", .. anomalies, "--order", "mean"])).Ok().Out);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("consensus", clusters[0])).ExitCode);

        var identities = (await ledger.RunAsync(["runs", "clusters", .. clusters, "--members", "3", "--json"]))
            .Ok()
            .Json.GetProperty("identities");
        Assert.Equal(
            (2, 3),
            (identities[0].GetProperty("found_in_runs").GetInt32(), identities[0].GetProperty("members").GetArrayLength())
        );
        Assert.InRange(identities[0].GetProperty("stability").GetDouble(), 0.5, 1);
        Assert.Contains("Members of 0", (await ledger.RunAsync(["runs", "clusters", .. clusters, "--members", "3"])).Ok().Out);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync(["runs", "clusters", .. clusters, "--min-jaccard", "2"])).ExitCode);
    }
}
