using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>Labels of stars, and what the analytics commands say of runs with them.</summary>
public sealed class LabelTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("cli-labels");

    [Fact]
    public async Task A_simulated_sky_has_quality_coverage_and_parameters_after_two_runs()
    {
        await using var ledger = await CliLedger.CreateAsync();
        var sky = Path.Combine(_folder.Path, "sky.csv");
        (await Cli.RunAsync("simulate", "--stars", "2000", "--seed", "3", "-o", sky)).Ok();
        (await ledger.RunAsync("ingest", sky)).Ok();
        (await ledger.RunAsync("discover", "anomalies", "--dataset", "sky")).Ok();
        (await ledger.RunAsync("discover", "clusters", "--dataset", "sky")).Ok();

        var quality = (await ledger.RunAsync("analytics", "quality", "--sort", "recall", "--json")).Ok().Json.GetProperty("quality");
        Assert.Equal(["anomaly", "cluster"], quality.EnumerateArray().Select(q => q.GetProperty("run_type").GetString()));
        Assert.InRange(quality[0].GetProperty("recall").GetDouble(), 0.1, 1);
        Assert.Equal(
            await ledger.CountAsync("select total_stars from discovery_runs where run_type = 'anomaly'"),
            quality[0].GetProperty("labelled_stars").GetInt64()
        );
        var cells = (await ledger.RunAsync("analytics", "coverage", "--dataset", "sky", "--limit", "100000", "--json"))
            .Ok()
            .Json.GetProperty("cells")
            .EnumerateArray()
            .ToList();
        Assert.Equal(2000, cells.Sum(c => c.GetProperty("stars").GetInt64()));
        Assert.All(cells, c => Assert.True(c.GetProperty("runs").GetInt64() == 2 || c.GetProperty("excluded").GetInt64() > 0));
        Assert.Equal(4000, cells.Sum(c => c.GetProperty("star_analyses").GetInt64() + c.GetProperty("excluded").GetInt64()));
        var parameters = (await ledger.RunAsync("analytics", "parameters", "--type", "anomaly", "--json"))
            .Ok()
            .Json.GetProperty("parameters");
        Assert.Equal(quality[0].GetProperty("recall").GetDouble(), parameters[0].GetProperty("mean_recall").GetDouble(), 1e-8);
        Assert.Contains(
            "differ in one parameter alone",
            (await ledger.RunAsync("analytics", "sensitivity")).Ok().Out,
            StringComparison.Ordinal
        );
        (await ledger.RunAsync("discover", "anomalies", "--dataset", "sky", "--contamination", "0.1")).Ok();
        var pairs = (await ledger.RunAsync("analytics", "sensitivity", "--parameter", "contamination", "--json"))
            .Ok()
            .Json.GetProperty("sensitivity");
        Assert.Equal((0.05, 0.1), (pairs[0].GetProperty("value_1").GetDouble(), pairs[0].GetProperty("value_2").GetDouble()));
        var months = (await ledger.RunAsync("analytics", "timeline", "--period", "month", "--type", "anomaly", "--json"))
            .Ok()
            .Json.GetProperty("timeline");
        Assert.Equal(("month", 2L), (months[0].GetProperty("period_type").GetString(), months[0].GetProperty("total_runs").GetInt64()));
        foreach (var view in new[] { "parameters", "coverage", "quality", "sensitivity", "timeline" })
        {
            var shown = (await ledger.RunAsync("analytics", view)).Ok().Out;
            Assert.True(shown.Split('\n').Length > 3, shown);
        }
        (await ledger.RunAsync("views", "verify")).Ok();
    }

    [Fact]
    public async Task Labels_can_be_loaded_apart_and_anew_under_common_column_names()
    {
        await using var ledger = await CliLedger.CreateAsync();
        (await ledger.RunAsync("ingest", Write("stars.csv", "source_id,ra,dec\na,1,1\nb,2,2\nc,3,3\n"))).Ok();
        var labels = Write("labels.csv", "source_id,outlier,cluster\na,1,\nb,0,Hyades\n");

        var answer = (await ledger.RunAsync("ingest", "--labels", labels, "--json")).Ok().Json;

        Assert.Equal(
            (2L, 0L, "truth"),
            (answer.GetProperty("labels").GetInt64(), answer.GetProperty("unknown").GetInt64(), answer.GetProperty("label_set").GetString())
        );
        Assert.Equal(1, await ledger.CountAsync("select count(*) from star_labels where is_anomaly = 0 and cluster = 'Hyades'"));
        (await ledger.RunAsync("ingest", "--labels", Write("again.csv", "source_id,outlier\nb,1\n"), "--dataset", "stars")).Ok();
        Assert.Equal(2, await ledger.CountAsync("select count(*) from star_labels where is_anomaly = 1 and cluster is null"));
        (await ledger.RunAsync("ingest", "--labels", labels, "--label-set", "by-eye")).Ok();
        Assert.Equal(4, await ledger.CountAsync("select count(*) from star_labels"));
        Assert.Equal(0, await ledger.CountAsync("select count(*) from pending_view_changes"));
    }

    [Fact]
    public async Task Unknown_stars_are_named_with_their_lines_and_left_out_only_when_asked()
    {
        await using var ledger = await CliLedger.CreateAsync();
        (await ledger.RunAsync("ingest", Write("stars.csv", "source_id,ra,dec\na,1,1\nb,2,2\n"))).Ok();
        var labels = Write("labels.csv", "source_id,label_outlier\na,1\nzz,0\n");

        var refused = await ledger.RunAsync("ingest", "--labels", labels);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("1 of the 2 stars of labels.csv is not in dataset 'stars': zz (line 3)", refused.Error.ReplaceLineEndings(" "));
        Assert.Contains("--skip-unknown", refused.Error);
        Assert.Equal(0, await ledger.CountAsync("select count(*) from star_labels"));
        (await ledger.RunAsync("ingest", "--labels", labels, "--skip-unknown")).Ok();
        Assert.Equal(1, await ledger.CountAsync("select count(*) from star_labels"));
    }

    [Theory]
    [InlineData("source_id,label_outlier\na,1\na,0\n", "more than once, on lines 2 and 3")]
    [InlineData("source_id,label_outlier\na,maybe\n", "line 2: label_outlier: expected 0 or 1")]
    [InlineData("source_id,magnitude\na,1\n", "No column of labels")]
    [InlineData("outlier\n1\n", "No column of source ids")]
    [InlineData("source_id,label_outlier\nx,1\ny,0\n", "2 of the 2 stars")]
    public async Task A_file_of_labels_that_makes_no_sense_is_refused_whole(string text, string reason)
    {
        await using var ledger = await CliLedger.CreateAsync();
        (await ledger.RunAsync("ingest", Write("stars.csv", "source_id,ra,dec\na,1,1\nb,2,2\n"))).Ok();
        var refused = await ledger.RunAsync("ingest", "--labels", Write("labels.csv", text));
        Assert.Equal(ExitCodes.BadUsage, refused.ExitCode);
        Assert.Contains(reason, refused.Error.ReplaceLineEndings(" "));
        Assert.Equal(0, await ledger.CountAsync("select count(*) from star_labels"));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _folder.Dispose();
}
