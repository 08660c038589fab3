using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>A catalogue that stays in its files: registered, scored, its scores written, and everything else refused.</summary>
public sealed class InPlaceTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("cli-in-place");

    [Fact]
    public async Task A_registered_catalogue_is_scored_out_of_its_files_into_a_HATS_catalogue()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var stars = Path.Combine(_folder.Path, "stars.parquet");
        var scores = Path.Combine(_folder.Path, "scores");
        (await ledger.RunAsync("datasets", "export", "sky", "-o", stars)).Ok();

        var registered = (await ledger.RunAsync("ingest", "--in-place", stars, "--dataset", "lying", "--json")).Ok().Json;
        Assert.True(registered.GetProperty("dataset").GetProperty("in_place").GetBoolean());
        Assert.Equal(2000, registered.GetProperty("rows").GetInt32());
        string[] run = ["discover", "anomalies", "--features", "population", "--trees", "20", "--top", "3", "--no-save", "--json"];
        var expected = (await ledger.RunAsync([.. run, "--dataset", "sky"])).Ok().Json;
        var answer = (await ledger.RunAsync([.. run, "--dataset", "lying", "-o", scores])).Ok().Json;
        var found = answer.GetProperty("discovery");
        Assert.Equal(expected.GetProperty("anomaly_count").GetInt32(), found.GetProperty("anomaly_count").GetInt32());
        static IEnumerable<(string?, double)> Top(System.Text.Json.JsonElement document) =>
            document
                .GetProperty("top_anomalies")
                .EnumerateArray()
                .Select(s => (s.GetProperty("source_id").GetString(), s.GetProperty("anomaly_score").GetDouble()));
        Assert.Equal(Top(expected), Top(found));
        Assert.Equal(found.GetProperty("total_stars").GetInt32(), answer.GetProperty("output").GetProperty("rows").GetInt32());
        Assert.True(File.Exists(Path.Combine(scores, "partition_info.csv")));

        // Lists say where the stars are.
        var list = (await ledger.RunAsync("datasets", "list")).Ok().Out;
        Assert.Matches(@"lying .*in files", list);
        Assert.Matches(@"sky .*in the ledger", list);

        // Kept, it has the same numbers, and every star's result comes out again.
        var kept = (await ledger.RunAsync([.. run.Where(a => a != "--no-save"), "--dataset", "lying"])).Ok().Json;
        Assert.Equal(Top(expected), Top(kept));
        var id = kept.GetProperty("run_id").GetString()!;
        var folder = Path.Combine(ledger.Results, id);
        Assert.True(File.Exists(Path.Combine(folder, "stars.parquet")));
        Assert.DoesNotContain("not as they were", (await ledger.RunAsync("runs", "show", id)).Ok().Out, StringComparison.Ordinal);
        Directory.Move(folder, folder + "-away");
        Assert.Contains("not on this machine", (await ledger.RunAsync("runs", "show", id)).Ok().Out, StringComparison.Ordinal);
        Directory.Move(folder + "-away", folder);
        Assert.Empty((await ledger.RunAsync("ledger", "take-results", "--json")).Ok().Json.GetProperty("runs").EnumerateArray());
        var hats = Path.Combine(_folder.Path, "hats");
        var written = (await ledger.RunAsync("runs", "export", id, "--format", "hats", "-o", hats, "--json")).Ok().Json;
        Assert.Equal(found.GetProperty("total_stars").GetInt32(), written.GetProperty("rows").GetInt32());
        Assert.True(File.Exists(Path.Combine(hats, "partition_info.csv")));
        Assert.True((await ledger.RunAsync("runs", "replay", id, "--json")).Ok().Json.GetProperty("is_intact").GetBoolean());
        var queued = (await ledger.RunAsync("discover", "anomalies", "--dataset", "lying", "--queue", "--json")).Ok().Json;
        (await ledger.RunAsync("worker", "--until-idle")).Ok();
        var other = queued.GetProperty("run_id").GetString()!;
        Assert.Equal("completed", (await ledger.RunAsync("runs", "show", other, "--json")).Ok().Json.GetProperty("status").GetString());
        (await ledger.RunAsync("runs", "delete", other, "--now")).Ok();
        Assert.Equal([folder], Directory.GetDirectories(ledger.Results));
        var shared = await ledger.RunAsync("discover", "anomalies", "--dataset", "lying", "--distributed");
        Assert.Contains("cannot be split among workers", shared.Error, StringComparison.Ordinal);

        // Once more into the same folder, kept and written, with two seeds, of a loaded dataset: none of it is done.
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync([.. run, "--dataset", "lying", "-o", scores])).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync([.. run, "--dataset", "lying", "--seed", "1,2"])).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync([.. run, "--dataset", "sky", "-o", scores + "2"])).ExitCode);
        var both = await ledger.RunAsync("discover", "anomalies", "--dataset", "lying", "-o", scores + "2");
        Assert.Equal(ExitCodes.BadUsage, both.ExitCode);
        Assert.Contains("--no-save", both.Error, StringComparison.Ordinal);
        Assert.Contains(stars, (await ledger.RunAsync("datasets", "show", "lying")).Ok().Out, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, "*.part"));
    }

    [Fact]
    public async Task Clusters_of_a_registered_catalogue_are_found_kept_compared_and_written_as_those_of_a_loaded_one()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var stars = Path.Combine(_folder.Path, "stars.parquet");
        (await ledger.RunAsync("datasets", "export", "sky", "-o", stars)).Ok();
        (await ledger.RunAsync("ingest", "--in-place", stars, "--dataset", "lying")).Ok();
        string[] run = ["discover", "clusters", "--algorithm", "dbscan", "--features", "astrometric", "--eps", "0.3", "--json"];
        string[] numbers = ["total_stars", "cluster_count", "noise_count"];
        var expected = (await ledger.RunAsync([.. run, "--dataset", "sky", "--no-save"])).Ok().Json;
        string[] distances = ["discover", "k-distance", "--features", "astrometric", "--json"];
        Assert.Equal(
            (await ledger.RunAsync([.. distances, "--dataset", "sky"])).Ok().Json.GetProperty("candidates").ToString(),
            (await ledger.RunAsync([.. distances, "--dataset", "lying"])).Ok().Json.GetProperty("candidates").ToString()
        );
        var folder = Path.Combine(_folder.Path, "labels");
        var preview = (await ledger.RunAsync([.. run, "--dataset", "lying", "--no-save", "-o", folder])).Ok().Json;
        var kept = (await ledger.RunAsync([.. run, "--dataset", "lying"])).Ok().Json;
        foreach (var number in numbers)
        {
            var value = expected.GetProperty(number).GetInt32();
            Assert.True(value > 0, number);
            Assert.Equal(value, preview.GetProperty("discovery").GetProperty(number).GetInt32());
            Assert.Equal(value, kept.GetProperty(number).GetInt32());
        }
        Assert.True(File.Exists(Path.Combine(folder, "partition_info.csv")));
        var (total, noise) = (expected.GetProperty("total_stars").GetInt32(), expected.GetProperty("noise_count").GetInt32());
        var id = kept.GetProperty("run_id").GetString()!;
        foreach (var (option, rows) in new[] { ((string[])["--clustered"], total - noise), (["--cluster", "-1"], noise), ([], total) })
        {
            var file = Path.Combine(_folder.Path, $"{rows}.csv");
            (await ledger.RunAsync(["runs", "export", id, "-o", file, .. option])).Ok();
            Assert.Equal(rows, File.ReadLines(file).Count(l => l.Length > 0 && l[0] is not '#') - 1);
        }
        var shown = (await ledger.RunAsync("runs", "show", id)).Ok().Out;
        Assert.Contains(
            "those of the members of clusters in the ledger, too",
            string.Join(' ', shown.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal
        );
        Assert.Contains("--clustered -o members.csv", shown, StringComparison.Ordinal);
        Assert.True((await ledger.RunAsync("runs", "replay", id, "--json")).Ok().Json.GetProperty("is_intact").GetBoolean());
        var tighter = (await ledger.RunAsync([.. run.Select(a => a == "0.3" ? "0.25" : a), "--dataset", "lying"])).Ok().Json;
        var other = tighter.GetProperty("run_id").GetString()!;
        Assert.Contains("adjusted Rand", (await ledger.RunAsync("runs", "compare", id, other)).Ok().Out, StringComparison.Ordinal);
        var refused = await ledger.RunAsync("runs", "compare", id, other, "--stars", "only-a");
        Assert.Equal(ExitCodes.Failed, refused.ExitCode);
        Assert.Contains(
            "members of clusters alone",
            string.Join(' ', refused.Error.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Only_one_Parquet_file_or_folder_is_registered_and_a_backup_says_that_its_files_are_not_in_it()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var stars = Path.Combine(_folder.Path, "stars.parquet");
        var csv = Path.Combine(_folder.Path, "stars.csv");
        (await ledger.RunAsync("datasets", "export", "sky", "-o", stars)).Ok();
        (await ledger.RunAsync("datasets", "export", "sky", "-o", csv)).Ok();
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("ingest", "--in-place", stars, csv, "-d", "x")).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("ingest", "--in-place", "-", "-d", "x")).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("ingest", "--in-place", csv, "-d", "x")).ExitCode);
        (await ledger.RunAsync("ingest", "--in-place", stars, "--dataset", "lying")).Ok();
        var backup = (await ledger.RunAsync("backup", Path.Combine(_folder.Path, "b.backup"))).Ok();
        Assert.Contains("The files of lying, which is read where it lies, are not in the backup", backup.Error, StringComparison.Ordinal);
        (await ledger.RunAsync("datasets", "delete", "lying")).Ok();
        Assert.True(File.Exists(stars));
    }

    [Fact]
    public async Task A_sky_is_simulated_into_Parquet_as_into_CSV()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var rows = new List<List<(string?, double, double?)>>();
        foreach (var name in new[] { "made.csv", "made.parquet" })
        {
            var file = Path.Combine(_folder.Path, name);
            (await ledger.RunAsync("simulate", "--stars", "300", "--seed", "9", "-o", file)).Ok();
            (await ledger.RunAsync("ingest", file, "--dataset", name)).Ok();
            var stars = (await ledger.RunAsync("datasets", "export", name, "--format", "json", "-o", "-")).Ok().Json.GetProperty("rows");
            rows.Add([
                .. stars
                    .EnumerateArray()
                    .Select(s =>
                        (
                            s.GetProperty("source_id").GetString(),
                            Math.Round(s.GetProperty("ra_deg").GetDouble(), 7),
                            s.GetProperty("parallax_mas").ValueKind == System.Text.Json.JsonValueKind.Null
                                ? (double?)null
                                : Math.Round(s.GetProperty("parallax_mas").GetDouble(), 3)
                        )
                    ),
            ]);
        }
        Assert.Equal(300, rows[0].Count);
        // The CSV is rounded, so that a last digit may differ.
        foreach (var (text, binary) in rows[0].Zip(rows[1]))
        {
            Assert.Equal(text.Item1, binary.Item1);
            Assert.Equal(text.Item2, binary.Item2, 6);
            Assert.Equal(text.Item3 is null, binary.Item3 is null);
            Assert.Equal(text.Item3 ?? 0, binary.Item3 ?? 0, 0.002);
        }
    }

    public void Dispose() => _folder.Dispose();
}
