using System.IO.Compression;
using System.Text.Json;
using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class RunTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("cli-runs");

    [Fact]
    public async Task The_short_ids_of_the_list_can_be_typed_back()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var ids = await ledger.RunIdsAsync();
        var listed = (await ledger.RunAsync("runs", "list")).Ok().Out;

        Assert.Equal(3, ids.Length);
        foreach (var id in ids)
        {
            Assert.Contains(id[^8..], listed);
            var shown = (await ledger.RunAsync("runs", "show", id[^8..], "--json")).Ok().Json;
            Assert.Equal(id, shown.GetProperty("run_id").GetString());
        }
    }

    [Fact]
    public async Task Runs_are_listed_by_a_condition_on_parameters_and_outcomes()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var listed = (
            await ledger.RunAsync("runs", "list", "--where", "contamination > 0 and anomaly_count > 0", "--sort=-anomaly_count", "--json")
        )
            .Ok()
            .Json.GetProperty("items")
            .EnumerateArray()
            .Select(r => r.GetProperty("run_type").GetString())
            .ToList();
        Assert.NotEmpty(listed);
        Assert.All(listed, type => Assert.Equal("anomaly", type));
        var refused = await ledger.RunAsync("runs", "list", "--where", "contamination > ");
        Assert.Equal(ExitCodes.BadUsage, refused.ExitCode);
        Assert.Contains("character 17", refused.Error.ReplaceLineEndings(" "));
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_and_filtered()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var all = (await ledger.RunAsync("runs", "list", "--json")).Ok().Json;
        var limited = (await ledger.RunAsync("runs", "list", "--limit", "1", "--json")).Ok().Json;

        Assert.Equal(
            ["cluster", "anomaly", "anomaly"],
            all.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("run_type").GetString())
        );
        Assert.False(all.GetProperty("truncated").GetBoolean());
        Assert.True(limited.GetProperty("truncated").GetBoolean());
        Assert.Equal(2, (await ledger.RunIdsAsync("--type", "anomaly")).Length);
        Assert.Empty(await ledger.RunIdsAsync("--status", "failed"));
        Assert.Equal(ExitCodes.Failed, (await ledger.RunAsync("runs", "list", "--dataset", "none")).ExitCode);
    }

    [Theory]
    [InlineData("-created")]
    [InlineData("created")]
    [InlineData("-completed")]
    [InlineData("stars")]
    public async Task Runs_are_listed_page_by_page(string order)
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var paged = new List<string>();
        string[] from = [];
        while (true)
        {
            var page = (await ledger.RunAsync(["runs", "list", $"--sort={order}", "--limit", "1", "--json", .. from])).Ok().Json;
            Assert.True(paged.Count < 10, "the pages do not end");
            paged.Add(Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("run_id").GetString()!);
            if (page.GetProperty("next").GetString() is not { } next)
                break;
            Assert.Contains(
                $"--after {next}",
                (await ledger.RunAsync(["runs", "list", $"--sort={order}", "--limit", "1", .. from])).Ok().Out.ReplaceLineEndings(" "),
                StringComparison.Ordinal
            );
            from = ["--after", next];
        }
        Assert.Equal(await ledger.RunIdsAsync($"--sort={order}"), paged);

        var refused = await ledger.RunAsync("runs", "list", "--after", "1_x");
        Assert.Equal(ExitCodes.BadUsage, refused.ExitCode);
        Assert.Contains("first page", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_shown_with_its_stars_or_clusters()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var ids = await ledger.RunIdsAsync();

        var cluster = (await ledger.RunAsync("runs", "show", ids[0], "--top", "100", "--json")).Ok().Json;
        var anomaly = (await ledger.RunAsync("runs", "show", ids[1], "--top", "4", "--json")).Ok().Json;
        var words = (await ledger.RunAsync("runs", "show", ids[1])).Ok().Out;

        Assert.Equal(cluster.GetProperty("cluster_count").GetInt32(), cluster.GetProperty("clusters").GetArrayLength());
        var largest = cluster.GetProperty("clusters")[0];
        Assert.Equal(largest.GetProperty("size").GetInt64(), largest.GetProperty("cluster_size").GetInt64());
        Assert.True(largest.GetProperty("pmra_error_mas_yr").GetDouble() > 0);
        Assert.Contains("half in (°)", (await ledger.RunAsync("runs", "show", ids[0])).Ok().Out);
        Assert.Equal("completed", anomaly.GetProperty("status").GetString());
        Assert.Equal(200, anomaly.GetProperty("anomaly_count").GetInt32());
        Assert.Equal(JsonValueKind.Object, anomaly.GetProperty("parameters").ValueKind);
        Assert.Equal(4, anomaly.GetProperty("top_anomalies").GetArrayLength());
        Assert.Contains("10 %, 100×256, seed 7, population", words);
        Assert.Contains("200 flagged", words);
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000", ExitCodes.Failed)]
    [InlineData("abcdef123456", ExitCodes.Failed)]
    [InlineData("abc", ExitCodes.BadUsage)]
    [InlineData("not-an-id", ExitCodes.BadUsage)]
    public async Task An_id_that_is_none_is_refused(string id, int code)
    {
        await using var ledger = await CliLedger.CreateAsync();

        Assert.Equal(code, (await ledger.RunAsync("runs", "show", id)).ExitCode);
        Assert.Equal(code, (await ledger.RunAsync("runs", "delete", id)).ExitCode);
        Assert.Equal(code, (await ledger.RunAsync("runs", "export", id, "-o", Path.Combine(_folder.Path, "x.csv"))).ExitCode);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Two_anomaly_runs_are_compared_as_the_overlap_view_says()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var ids = await ledger.RunIdsAsync("--type", "anomaly");

        var compared = (await ledger.RunAsync("runs", "compare", ids[1], ids[0], "--json")).Ok().Json;
        var shown = (await ledger.RunAsync("runs", "compare", ids[1], ids[0])).Ok().Out;

        var common = compared.GetProperty("common_count").GetInt64();
        var agreement = compared.GetProperty("agreement");
        Assert.Equal(await ledger.CountAsync("select overlap_count from mv_anomaly_overlap_matrix"), common);
        Assert.Equal(
            1,
            await ledger.CountAsync(
                $"select count(*) from mv_anomaly_overlap_matrix where abs(jaccard_similarity - "
                    + $"{compared.GetProperty("jaccard_similarity").GetDouble():R}) < 1e-12"
            )
        );
        Assert.Equal(100 - common, compared.GetProperty("only_in_run_1_count").GetInt64());
        Assert.Equal(200 - common, compared.GetProperty("only_in_run_2_count").GetInt64());
        Assert.Equal(2000, agreement.GetProperty("analysed_by_both").GetInt64());
        Assert.Equal(10, agreement.GetProperty("expected_by_chance").GetDouble());
        Assert.True(agreement.GetProperty("log10_p_value").GetDouble() < -20);
        Assert.Equal(10, compared.GetProperty("stars").GetArrayLength());
        Assert.Contains("10 expected by chance; p = 10^", shown);
    }

    [Fact]
    public async Task A_cluster_run_is_compared_with_another_by_the_adjusted_rand_index()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var cluster = (await ledger.RunIdsAsync("--type", "cluster"))[0];
        var same = (
            await ledger.RunAsync("discover", "clusters", "--features", "cluster5d", "--eps", "0.2", "--min-samples", "8", "--json")
        )
            .Ok()
            .Json.GetProperty("run_id")
            .GetString()!;
        var other = (
            await ledger.RunAsync("discover", "clusters", "--features", "cluster5d", "--eps", "0.1", "--min-samples", "8", "--json")
        )
            .Ok()
            .Json.GetProperty("run_id")
            .GetString()!;

        var alike = (await ledger.RunAsync("runs", "compare", cluster, same, "--json")).Ok().Json;
        var unlike = (await ledger.RunAsync("runs", "compare", cluster, other, "--json")).Ok().Json;

        Assert.Equal(1, alike.GetProperty("agreement").GetProperty("adjusted_rand_index").GetDouble(), 12);
        Assert.InRange(unlike.GetProperty("agreement").GetProperty("adjusted_rand_index").GetDouble(), -1, 0.999);
        Assert.All(
            alike.GetProperty("clusters").EnumerateArray(),
            c => Assert.Equal(c.GetProperty("cluster_1").GetInt32(), c.GetProperty("cluster_2").GetInt32())
        );
    }

    [Fact]
    public async Task A_run_is_not_compared_with_itself()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var id = (await ledger.RunIdsAsync())[0];

        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "compare", id, id)).ExitCode);
    }

    [Fact]
    public async Task A_deleted_run_is_gone_from_the_ledger_and_its_views()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var ids = await ledger.RunIdsAsync();

        // A slip in one id deletes none.
        Assert.Equal(ExitCodes.Failed, (await ledger.RunAsync("runs", "delete", ids[0], "00000000")).ExitCode);
        Assert.Equal(3, (await ledger.RunIdsAsync()).Length);
        var deleted = (await ledger.RunAsync("runs", "delete", ids[0][^8..], ids[1], "--json")).Ok().Json;

        Assert.Equal([ids[0], ids[1]], deleted.GetProperty("deleted").EnumerateArray().Select(d => d.GetString()));
        Assert.Equal([ids[2]], await ledger.RunIdsAsync());
        Assert.Equal(1, await ledger.CountAsync("select count(*) from mv_discovery_run_stats"));
        (await ledger.RunAsync("views", "verify")).Ok();

        var kept = (await ledger.RunAsync("deletions", "list", "--json")).Ok().Json.EnumerateArray().ToList();
        Assert.Equal([ids[1], ids[0]], kept.Select(d => d.GetProperty("run_id").GetString()));
        Assert.Contains("back", (await ledger.RunAsync("runs", "restore", ids[0][^8..])).Ok().Out);
        (await ledger.RunAsync("deletions", "restore", $"{kept[0].GetProperty("deletion_id").GetInt64()}")).Ok();
        Assert.Equal(3, (await ledger.RunIdsAsync()).Length);
        Assert.Equal(3, await ledger.CountAsync("select count(*) from mv_discovery_run_stats"));
        (await ledger.RunAsync("views", "verify")).Ok();
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "restore", ids[0])).ExitCode);
        Assert.Contains("can be undone", (await ledger.RunAsync("runs", "delete", ids[0])).Ok().Out);
        Assert.Contains("1 deletion is final now", (await ledger.RunAsync("deletions", "empty")).Ok().Out);
        Assert.DoesNotContain("undone", (await ledger.RunAsync("runs", "delete", ids[1], "--now")).Ok().Out);
        Assert.Contains("Nothing was deleted", (await ledger.RunAsync("deletions", "list")).Ok().Out);
    }

    [Fact]
    public async Task A_deleted_dataset_comes_back_with_its_runs_and_their_names_and_under_another_name_where_its_own_is_taken()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var (ids, name) = (await ledger.RunIdsAsync(), await ledger.TextAsync("select name from datasets"));
        Assert.Contains("is called: a b", (await ledger.RunAsync("runs", "name", ids[0], " a b ")).Ok().Out);
        Assert.Contains("a b", (await ledger.RunAsync("runs", "list", "--where", "name = 'a b'")).Ok().Out);
        Assert.Equal(ExitCodes.Failed, (await ledger.RunAsync("datasets", "delete", name)).ExitCode);

        var deleted = (await ledger.RunAsync("datasets", "delete", name, "--with-runs")).Ok();
        Assert.Contains("it can be undone: almagest datasets restore 1", deleted.Out);
        Assert.Empty(await ledger.RunIdsAsync());
        Assert.Equal(0, await ledger.CountAsync("select count(*) from stars"));
        Assert.Contains("the dataset: ", (await ledger.RunAsync("deletions", "list")).Ok().Out);
        await ledger.ExecuteAsync(
            $"insert into datasets (name, source, checksum, column_mapping, star_count, rejected_count) values "
                + $"('{name}', '[]', 'x', '{{}}', 0, 0)"
        );
        var taken = await ledger.RunAsync("datasets", "restore", name);
        Assert.Equal(ExitCodes.Failed, taken.ExitCode);
        Assert.Contains("almagest datasets restore 1 --as NAME", taken.Error);

        Assert.Contains("is back", (await ledger.RunAsync("datasets", "restore", name, "--as", "as it was")).Ok().Out);
        Assert.Equal(ids, await ledger.RunIdsAsync());
        Assert.Contains("is called: a b", (await ledger.RunAsync("runs", "name", ids[0])).Ok().Out);
        (await ledger.RunAsync("views", "verify")).Ok();
        Assert.Contains("has no name", (await ledger.RunAsync("runs", "name", ids[0], "")).Ok().Out);
        Assert.DoesNotContain("undone", (await ledger.RunAsync("datasets", "delete", "as it was", "--with-runs", "--now")).Ok().Out);
        Assert.Equal(0, await ledger.CountAsync("select count(*) from deletions"));
    }

    [Fact]
    public async Task An_export_holds_every_star_of_the_run_exactly()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var id = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        var (plain, packed) = (Path.Combine(_folder.Path, "run.csv"), Path.Combine(_folder.Path, "run.csv.gz"));

        var answer = (await ledger.RunAsync("runs", "export", id, "-o", plain, "--json")).Ok().Json;
        (await ledger.RunAsync("runs", "export", id, "--bare", "-o", packed)).Ok();
        var streamed = (await ledger.RunAsync("runs", "export", id, "--bare", "-o", "-")).Ok().Out;

        var lines = File.ReadAllLines(plain);
        Assert.Equal(2000, answer.GetProperty("rows").GetInt64());
        Assert.Equal(2001, lines.Length);
        Assert.Equal(
            "star_id,source_id,ra_deg,dec_deg,parallax_mas,pmra_mas_yr,pmdec_mas_yr,magnitude,color,"
                + "is_anomaly,anomaly_score,cluster_id,membership_probability,membership_strength,"
                + "flag_probability,score_spread,membership_stability,"
                + "parallax_error_mas,parallax_over_error,ruwe,filled",
            lines[0]
        );
        Assert.Equal(200, lines.Count(l => l.Split(',')[9] == "1"));
        var fields = lines[1].Split(',');
        Assert.Equal(
            1,
            await ledger.CountAsync(
                $"select count(*) from discovery_results r join stars s using (star_id) where run_id = '{id}' and star_id = "
                    + $"{fields[0]} and source_id = '{fields[1]}' and ra_deg = {fields[2]} and anomaly_score = {fields[10]}"
            )
        );
        using var unpacked = new StreamReader(new GZipStream(File.OpenRead(packed), CompressionMode.Decompress));
        Assert.Equal(File.ReadAllText(plain), unpacked.ReadToEnd());
        Assert.Equal(File.ReadAllText(plain), streamed.ReplaceLineEndings("\n"));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.part"));
    }

    [Fact]
    public async Task An_export_of_the_flagged_stars_begins_with_the_most_anomalous()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var ids = await ledger.RunIdsAsync();
        var file = Path.Combine(_folder.Path, "flagged.csv");

        (await ledger.RunAsync("runs", "export", ids[1], "--anomalies", "--bare", "-o", file)).Ok();

        var scores = File.ReadLines(file).Skip(1).Select(l => double.Parse(l.Split(',')[10])).ToList();
        Assert.Equal(200, scores.Count);
        Assert.Equal(scores.Order(), scores);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "export", ids[0], "--anomalies", "-o", file)).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "export", ids[1], "--cluster", "0", "-o", file)).ExitCode);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_a_failure_in_words()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var id = (await ledger.RunIdsAsync())[0];

        var result = await ledger.RunAsync("runs", "export", id, "-o", Path.Combine(_folder.Path, "none", "x.csv"));

        Assert.Equal(ExitCodes.Failed, result.ExitCode);
        Assert.Contains("does not exist", result.Error);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "export", id, "-o", _folder.Path)).ExitCode);
    }

    public void Dispose() => _folder.Dispose();
}
