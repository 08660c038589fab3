using System.Text.Json;
using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class DiscoverTests
{
    [Fact]
    public async Task An_anomaly_run_is_stored_and_reported_with_its_timings()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var result = (
            await ledger.RunAsync(
                "discover",
                "anomalies",
                "--dataset",
                "sky",
                "--contamination",
                "0.02",
                "--n-estimators",
                "50",
                "--max-samples",
                "128",
                "--random-state",
                "9",
                "--json"
            )
        ).Ok();

        var run = result.Json;
        Assert.Equal(2000, run.GetProperty("total_stars").GetInt32());
        Assert.Equal(40, run.GetProperty("anomaly_count").GetInt32());
        Assert.Equal("isolation_forest", run.GetProperty("algorithm").GetString());
        Assert.Equal(50, run.GetProperty("parameters").GetProperty("n_estimators").GetInt32());
        Assert.Equal(128, run.GetProperty("parameters").GetProperty("max_samples").GetInt32());
        Assert.Equal(9, run.GetProperty("parameters").GetProperty("random_state").GetInt64());
        Assert.All(
            new[] { "load", "compute", "persist", "views" },
            t => Assert.True(run.GetProperty("timings").GetProperty(t).GetDouble() > 0, t)
        );
        var scores = run.GetProperty("top_anomalies").EnumerateArray().Select(s => s.GetProperty("anomaly_score").GetDouble()).ToList();
        Assert.Equal(10, scores.Count);
        Assert.Equal(scores.Order(), scores);
        Assert.True(scores[^1] < 0);
        Assert.Equal(JsonValueKind.String, run.GetProperty("top_anomalies")[0].GetProperty("source_id").ValueKind);
        Assert.Equal(
            40,
            await ledger.CountAsync(
                $"select anomaly_count from mv_discovery_run_stats where run_id = '{run.GetProperty("run_id").GetString()}'"
            )
        );
        Assert.Empty(result.Error);
    }

    [Theory]
    [InlineData("mcd", "--support-fraction", "0.75")]
    [InlineData("knn", "--n-neighbors", "10")]
    [InlineData("lof", "--n-neighbors", "10")]
    [InlineData("extended_isolation_forest", "--extension-level", "1")]
    [InlineData("rank_ensemble", "--combination", "best")]
    public async Task Every_detector_has_its_options_and_explains_its_first_star(string algorithm, string option, string value)
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var run = (await ledger.RunAsync("discover", "anomalies", "--algorithm", algorithm, option, value, "--json")).Ok().Json;
        var id = run.GetProperty("run_id").GetString()!;
        var first = run.GetProperty("top_anomalies")[0].GetProperty("source_id").GetString()!;
        var why = (await ledger.RunAsync("runs", "explain", id, first, "--by", "source_id")).Ok().Out;
        var replay = await ledger.RunAsync("runs", "replay", id);

        Assert.Equal(algorithm, run.GetProperty("algorithm").GetString());
        Assert.True(run.GetProperty("anomaly_count").GetInt32() > 0);
        Assert.StartsWith($"Star {first} is flagged", why);
        replay.Ok();
    }

    [Fact]
    public async Task A_cluster_run_reports_its_clusters_as_an_astronomer_would()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var run = (
            await ledger.RunAsync(
                "discover",
                "clusters",
                "--features",
                "cluster5d",
                "--eps",
                "0.2",
                "--min-samples",
                "8",
                "--top",
                "100",
                "--json"
            )
        )
            .Ok()
            .Json;

        var clusters = run.GetProperty("clusters").EnumerateArray().ToList();
        Assert.True(run.GetProperty("cluster_count").GetInt32() >= 3);
        Assert.Equal(run.GetProperty("cluster_count").GetInt32(), clusters.Count);
        Assert.Equal(2000, run.GetProperty("noise_count").GetInt32() + clusters.Sum(c => c.GetProperty("cluster_size").GetInt32()));
        // The Pleiades are planted.
        Assert.Contains(
            clusters,
            c =>
                Near(c, "centre_ra_deg", 56.6, 1)
                && Near(c, "centre_dec_deg", 24.1, 1)
                && Near(c, "parallax_mas", 7.36, 0.5)
                && Near(c, "pmdec_mas_yr", -45.5, 2)
        );

        static bool Near(JsonElement c, string name, double expected, double tolerance) =>
            Math.Abs(c.GetProperty(name).GetDouble() - expected) < tolerance;
    }

    [Fact]
    public async Task A_run_that_names_no_recipe_says_which_it_took_and_why()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var run = (await ledger.RunAsync("discover", "anomalies", "--json")).Ok().Json;
        var shown = (await ledger.RunAsync("discover", "clusters", "--eps", "0.2", "--no-save")).Ok().Out;

        Assert.Equal("population@1", run.GetProperty("parameters").GetProperty("features").GetString());
        Assert.Equal(
            "No recipe was named: population is the first choice for anomaly runs.",
            run.GetProperty("features_chosen").GetString()
        );
        Assert.Contains("cluster5d@1: dir_x", shown);
        Assert.Contains("No recipe was named: cluster5d is the first choice for cluster runs.", shown);
        Assert.DoesNotContain(
            "No recipe was named",
            (await ledger.RunAsync("discover", "anomalies", "--features", "default", "--no-save")).Ok().Out
        );
    }

    [Fact]
    public async Task A_list_of_cluster_sizes_is_one_run_each_from_one_tree()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var before = await ledger.CountAsync("select count(*) from mv_discovery_run_stats");

        var sweep = (
            await ledger.RunAsync(
                "discover",
                "clusters",
                "--algorithm",
                "hdbscan",
                "--min-cluster-size",
                "5,10,20",
                "--min-samples",
                "5",
                "--json"
            )
        )
            .Ok()
            .Json;
        var shown = (await ledger.RunAsync("discover", "clusters", "--algorithm", "hdbscan", "--min-cluster-size", "5,10", "--no-save"))
            .Ok()
            .Out;

        var runs = sweep.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([5, 10, 20], runs.Select(r => r.GetProperty("parameters").GetProperty("min_cluster_size").GetInt32()));
        Assert.Equal(1, sweep.GetProperty("trees_built").GetInt32());
        Assert.Equal(before + 3, await ledger.CountAsync("select count(*) from mv_discovery_run_stats"));
        Assert.Equal(
            runs.Select(r => r.GetProperty("cluster_count").GetInt32()).OrderDescending(),
            runs.Select(r => r.GetProperty("cluster_count").GetInt32())
        );
        Assert.Contains("2: --min-samples N makes one of them", shown);
    }

    [Theory]
    [InlineData("--min-cluster-size is '5,5', expected numbers that differ", "--algorithm", "hdbscan", "--min-cluster-size", "5,5")]
    [InlineData("--min-cluster-size is '5;9'", "--algorithm", "hdbscan", "--min-cluster-size", "5;9")]
    [InlineData("--eps means nothing to hdbscan", "--algorithm", "hdbscan", "--eps", "0.2")]
    [InlineData("--eps means nothing to auto", "--eps", "0.2", "--min-cluster-size", "5")]
    [InlineData("expected false with leaf", "--algorithm", "hdbscan", "--allow-single-cluster", "--cluster-selection", "leaf")]
    public async Task Options_that_make_no_sense_together_are_bad_usage(string expected, params string[] options)
    {
        var result = await Cli.RunAsync(["discover", "clusters", .. options]);
        Assert.Equal(ExitCodes.BadUsage, result.ExitCode);
        Assert.Contains(expected, result.Error);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("dbscan", "--eps", "0.2")]
    [InlineData("dbscan", "--min-samples", "8")]
    [InlineData("hdbscan", "--min-cluster-size", "8")]
    public async Task A_cluster_run_that_names_no_algorithm_takes_the_first_that_has_its_options(string expected, params string[] options)
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunAsync(["discover", "clusters", "--no-save", "--json", .. options])).Ok().Json;
        Assert.Equal(expected, run.GetProperty("algorithm").GetString());
    }

    [Fact]
    public async Task The_search_says_of_each_cluster_its_contrast_and_significance_and_the_stored_run_says_them_again()
    {
        await using var ledger = await CliLedger.CreateAsync();
        using var folder = TestFolder.Create("cli-search");
        var sky = Path.Combine(folder.Path, "pleiades.csv");
        (await Cli.RunAsync("simulate", "--stars", "6000", "--cone", "56.6,24.1,3", "--cluster-share", "0.1", "-o", sky)).Ok();
        (await ledger.RunAsync("ingest", sky)).Ok();

        var run = (await ledger.RunAsync("discover", "clusters", "--json")).Ok().Json;
        var cluster = Assert.Single(run.GetProperty("clusters").EnumerateArray());
        Assert.InRange(cluster.GetProperty("significance").GetDouble(), 5, 100);
        var shown = (await ledger.RunAsync("runs", "show", run.GetProperty("run_id").GetString()!, "--json")).Ok().Json;
        Assert.Equal(
            cluster.GetProperty("contrast").GetDouble(),
            shown.GetProperty("results_summary").GetProperty("clusters")[0].GetProperty("contrast").GetDouble()
        );
        Assert.Equal(
            cluster.GetProperty("significance").GetDouble(),
            shown.GetProperty("clusters")[0].GetProperty("significance").GetDouble()
        );
        Assert.Contains("contrast", (await ledger.RunAsync("runs", "show", run.GetProperty("run_id").GetString()!)).Ok().Out);
        var again = await ledger.RunAsync("runs", "replay", run.GetProperty("run_id").GetString()!);
        Assert.Equal(ExitCodes.Done, again.ExitCode);
    }

    [Fact]
    public async Task K_distances_come_with_what_values_of_eps_would_find()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var answer = (await ledger.RunAsync("discover", "k-distance", "--min-samples", "8", "--json")).Ok().Json;
        var shown = (await ledger.RunAsync("discover", "k-distance", "--min-samples", "8")).Ok().Out;

        Assert.Equal("cluster5d@1", answer.GetProperty("features").GetString());
        var suggested = answer.GetProperty("candidates").EnumerateArray().Single(c => c.GetProperty("is_suggested").GetBoolean());
        Assert.Equal(answer.GetProperty("suggested_eps").GetDouble(), suggested.GetProperty("eps").GetDouble());
        // The planted clusters and the field part there.
        Assert.InRange(suggested.GetProperty("cluster_count").GetInt32(), 3, 12);
        Assert.Contains("suggested", shown);
        // The last line is a whole command: it makes the run that the table speaks of.
        var terms = "magnitude=..20";
        var filtered = (await ledger.RunAsync("discover", "k-distance", "--min-samples", "8", "--filter", terms)).Ok().Out;
        var line = filtered.TrimEnd().Split('\n')[^1].Split(' ');
        Assert.Equal(
            ["almagest", "discover", "clusters", "--dataset", "sky", "--filter", terms, "--features", "cluster5d"],
            line[..9].Select(w => w.Trim('\''))
        );
        Assert.Matches("^0\\.0*[1-9][0-9]{0,3}$", line[10]);
        (await ledger.RunAsync([.. line[1..].Select(w => w.Trim('\'')), "--no-save"])).Ok();
    }

    [Fact]
    public async Task Without_saving_the_ledger_stays_as_it_was()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var before = await ledger.CountAsync("select count(*) from discovery_runs");

        var run = (await ledger.RunAsync("discover", "anomalies", "--no-save", "--top", "3", "--json")).Ok().Json;

        Assert.Equal(JsonValueKind.Null, run.GetProperty("run_id").ValueKind);
        Assert.False(run.GetProperty("saved").GetBoolean());
        Assert.Equal(100, run.GetProperty("anomaly_count").GetInt32());
        Assert.Equal(3, run.GetProperty("top_anomalies").GetArrayLength());
        Assert.Equal(before, await ledger.CountAsync("select count(*) from discovery_runs"));
    }

    [Fact]
    public async Task A_filter_is_applied_told_in_words_and_kept_with_the_run()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var run = (await ledger.RunAsync("discover", "anomalies", "--filter", "magnitude=..12 dec_deg=0..", "--json")).Ok().Json;

        var expected = await ledger.CountAsync("select count(*) from stars where magnitude <= 12 and dec_deg >= 0");
        var left = run.GetProperty("excluded").EnumerateArray().Sum(e => e.GetProperty("count").GetInt64());
        Assert.Equal(expected, run.GetProperty("total_stars").GetInt64() + left);
        Assert.Equal("Dec (deg) ≥ 0, magnitude ≤ 12", run.GetProperty("selection").GetString());
        Assert.Equal(12, run.GetProperty("dataset_filter").GetProperty("magnitude").GetProperty("max").GetDouble());
    }

    [Fact]
    public async Task People_are_told_which_stars_were_not_analysed_and_can_list_them()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var missing = await ledger.CountAsync(
            "with lost as (update stars set parallax_mas = null where star_id % 50 = 0 returning 1) select count(*) from lost"
        );

        var made = (await ledger.RunAsync("discover", "clusters", "--features", "astrometric", "--eps", "0.1", "--json")).Ok().Json;
        var run = made.GetProperty("run_id").GetString()!;

        var excluded = Assert.Single(made.GetProperty("excluded").EnumerateArray());
        Assert.Equal(("no parallax", missing), (excluded.GetProperty("reason").GetString(), excluded.GetProperty("count").GetInt64()));
        Assert.Equal(2000 - missing, made.GetProperty("total_stars").GetInt64());
        Assert.Equal("exclude", made.GetProperty("parameters").GetProperty("missing").GetString());
        var sentence = $"{missing} of 2,000 stars were not analysed: no parallax ({missing}).";
        var shown = (await ledger.RunAsync("runs", "show", run)).Ok().Out;
        Assert.Contains(sentence, shown);
        var numbers = $"{made.GetProperty("total_stars").GetInt64():N0} analysed of 2,000 of sky";
        Assert.Contains(numbers, shown);
        Assert.Contains(numbers, (await ledger.RunAsync("discover", "clusters", "--features", "astrometric", "--eps", "0.1")).Ok().Out);
        var bright = (await ledger.RunAsync("discover", "anomalies", "--features", "classic", "--filter", "magnitude=..14")).Ok().Out;
        Assert.Matches(@"stars +[\d,]+ analysed of [\d,]+ selected of sky: magnitude ≤ 14", bright);
        Assert.Matches("run +analysed +parameters", (await ledger.RunAsync("runs", "list")).Ok().Out);
        var listed = (await ledger.RunAsync("runs", "excluded", run, "--limit", "3", "--json")).Ok().Json;
        Assert.Equal(3, listed.GetProperty("items").GetArrayLength());
        Assert.True(listed.GetProperty("truncated").GetBoolean());
        Assert.Contains(sentence, (await ledger.RunAsync("runs", "excluded", run)).Ok().Out);
        using var folder = TestFolder.Create("excluded");
        var file = Path.Combine(folder.Path, "excluded.csv");
        var written = (await ledger.RunAsync("runs", "excluded", run, "-o", file, "--json")).Ok().Json;
        Assert.Equal(missing, written.GetProperty("rows").GetInt64());
        Assert.Equal(missing, written.GetProperty("provenance").GetProperty("excluded")[0].GetProperty("count").GetInt64());
        Assert.Equal(missing, File.ReadLines(file).Count(l => l.StartsWith("no parallax,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Marks_of_missing_parallaxes_are_told_of_a_run_that_does_not_use_them_and_have_no_signal_to_noise()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var untold = (await ledger.RunAsync("discover", "anomalies", "--features", "deep", "--draws", "0", "--json")).Ok().Json;
        var marked = await ledger.CountAsync(
            "with lost as (update stars set parallax_mas = -999.00006103515625, parallax_error_mas = 0.03 "
                + "where star_id % 50 = 0 returning 1) select count(*) from lost"
        );

        var run = (await ledger.RunAsync("discover", "anomalies", "--features", "deep", "--top", "500", "--json")).Ok().Json;

        var marks = run.GetProperty("top_anomalies")
            .EnumerateArray()
            .Where(s => s.GetProperty("parallax_mas").GetDouble() is -999.00006103515625)
            .ToList();
        Assert.NotEmpty(marks);
        Assert.All(marks, s => Assert.Equal(JsonValueKind.Null, s.GetProperty("parallax_over_error").ValueKind));
        var sentence =
            $"{marked} of 2,000 stars have a parallax_mas of exactly -999.0000610351562, far from all others: more likely a mark "
            + "of missing values than a measurement. No feature of the run uses it";
        var notes = run.GetProperty("notes").EnumerateArray().Select(n => n.GetString()!);
        Assert.Single(notes, n => n.StartsWith(sentence, StringComparison.Ordinal));
        // A run that told nothing of it replays as it was: what is told is no result.
        Assert.Empty(untold.GetProperty("notes").EnumerateArray());
        (await ledger.RunAsync("runs", "replay", untold.GetProperty("run_id").GetString()!)).Ok();
    }

    [Fact]
    public async Task People_are_told_how_many_parallaxes_were_imputed()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var missing = await ledger.CountAsync(
            "with lost as (update stars set parallax_mas = null where star_id % 50 = 0 returning 1) select count(*) from lost"
        );

        var shown = (await ledger.RunAsync("discover", "anomalies", "--features", "classic", "--missing", "impute")).Ok().Out;

        Assert.Contains($"{missing} of 2000 stars have no parallax_mas", shown);
        Assert.Contains("100 stars flagged (5 %)", shown);
        Assert.Contains("2,000 of sky (all)", shown);
        Assert.Contains("The 10 most anomalous stars", shown);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_rows_on_any_number_of_threads()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var one = (await ledger.RunAsync("discover", "anomalies", "--threads", "1", "--json")).Ok().Json.GetProperty("run_id").GetString();
        var many = (await ledger.RunAsync("discover", "anomalies", "--threads", "5", "--json")).Ok().Json.GetProperty("run_id").GetString();

        Assert.Equal(
            0,
            await ledger.CountAsync(
                $"""
                select count(*) from discovery_results a full join discovery_results b on b.run_id = '{many}' and b.star_id = a.star_id
                where a.run_id = '{one}' and (a.anomaly_score, a.is_anomaly) is distinct from (b.anomaly_score, b.is_anomaly)
                """
            )
        );
    }

    [Fact]
    public async Task An_unknown_dataset_is_a_failure_that_names_those_that_there_are()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();

        var result = await ledger.RunAsync("discover", "anomalies", "--dataset", "skye", "--json");

        Assert.Equal(ExitCodes.Failed, result.ExitCode);
        Assert.Equal("there is no dataset 'skye'", result.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("dataset_not_found", result.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("sky", result.Json.GetProperty("error").GetProperty("hint").GetString());
        Assert.Equal("dataset", result.Json.GetProperty("error").GetProperty("field").GetString());
    }

    [Fact]
    public async Task Too_few_stars_are_refused_and_no_run_is_kept()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var before = await ledger.CountAsync("select count(*) from discovery_runs");

        var result = await ledger.RunAsync("discover", "clusters", "--filter", "magnitude=..-20");

        Assert.Equal(ExitCodes.BadUsage, result.ExitCode);
        Assert.Contains("holds 0 of the 2000 stars", result.Error);
        Assert.Equal(before, await ledger.CountAsync("select count(*) from discovery_runs"));
    }

    [Fact]
    public async Task Without_any_dataset_the_hint_is_to_load_one()
    {
        await using var ledger = await CliLedger.CreateAsync();

        var result = await ledger.RunAsync("discover", "anomalies");

        Assert.Equal(ExitCodes.Failed, result.ExitCode);
        Assert.Contains("almagest ingest FILE", result.Error);
    }
}
