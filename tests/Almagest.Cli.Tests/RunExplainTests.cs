using System.Text.Json;
using Almagest.Cli.Shell;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class RunExplainTests
{
    [Fact]
    public async Task The_most_anomalous_star_is_explained_in_a_sentence_and_a_table()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        var star = (await ledger.RunAsync("runs", "show", run, "--top", "1", "--json")).Ok().Json.GetProperty("top_anomalies")[0];
        var (source, id) = (star.GetProperty("source_id").GetString()!, star.GetProperty("star_id").GetInt64());

        var json = (await ledger.RunAsync("runs", "explain", run, source, "--by", "source_id", "--json")).Ok().Json;
        var same = (await ledger.RunAsync("runs", "explain", run[^8..], $"{id}", "--by", "star_id", "--json")).Ok().Out;
        var words = (await ledger.RunAsync("runs", "explain", run, source, "--by", "source_id")).Ok().Out;

        Assert.Equal((run, id), (json.GetProperty("run_id").GetString(), json.GetProperty("star_id").GetInt64()));
        Assert.Equal(json.GetRawText(), JsonDocument.Parse(same).RootElement.GetRawText());
        Assert.Equal(star.GetProperty("anomaly_score").GetDouble(), json.GetProperty("anomaly_score").GetDouble());
        Assert.Equal(1, json.GetProperty("is_anomaly").GetInt32());
        var first = json.GetProperty("features")[0];
        Assert.Equal(
            ["feature", "value", "unit", "is_imputed", "percentile", "change", "path_length_change", "share", "effect"],
            first.EnumerateObject().Select(p => p.Name)
        );
        Assert.Equal("shorter", first.GetProperty("effect").GetString());
        Assert.StartsWith($"Star {source} is flagged (score -0.", words);
        Assert.Matches(@"(?m)^feature +value +unit +percentile +share +splits +path *$", words);
        Assert.Matches($@"(?m)^{first.GetProperty("feature").GetString()} .* % +-\d\.\d\d +shorter *$", words);
    }

    [Fact]
    public async Task What_cannot_be_explained_is_refused_in_words()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var ids = await ledger.RunIdsAsync();

        var none = await ledger.RunAsync("runs", "explain", ids[1], "no-such-star");
        var clusters = await ledger.RunAsync("runs", "explain", ids[0], "1", "--by", "star_id");

        Assert.Equal((ExitCodes.Failed, ExitCodes.BadUsage), (none.ExitCode, clusters.ExitCode));
        Assert.Contains("no star 'no-such-star'", none.Error);
        Assert.Contains("cluster run by dbscan", clusters.Error);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "explain", ids[1])).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "explain", ids[1], "1", "--by", "name")).ExitCode);
    }

    [Fact]
    public async Task Another_contamination_is_a_run_of_its_own_and_the_views_show_it()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunIdsAsync("--type", "anomaly"))[0];

        var made = (await ledger.RunAsync("runs", "rethreshold", run[^8..], "--contamination", "0.02", "--top", "3", "--json")).Ok().Json;
        var words = (await ledger.RunAsync("runs", "rethreshold", run, "--contamination", "0.3")).Ok().Out;

        Assert.Equal(40, made.GetProperty("anomaly_count").GetInt32());
        Assert.Equal(3, made.GetProperty("top_anomalies").GetArrayLength());
        Assert.Equal(0.02, made.GetProperty("parameters").GetProperty("contamination").GetDouble());
        Assert.Equal(7, made.GetProperty("random_seed").GetInt64());
        Assert.Equal(run, made.GetProperty("results_summary").GetProperty("rethresholded_from").GetString());
        Assert.Contains("600 flagged", words);
        Assert.Contains($"Made from the scores of {run[^8..]}", words);
        Assert.Equal(4, (await ledger.RunIdsAsync("--type", "anomaly")).Length);
        Assert.Equal(
            40,
            await ledger.CountAsync(
                $"select anomaly_count from mv_discovery_run_stats where run_id = '{made.GetProperty("run_id").GetString()}'"
            )
        );
        (await ledger.RunAsync("views", "verify")).Ok();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0.7")]
    [InlineData("half")]
    [InlineData(null)]
    public async Task A_contamination_out_of_range_or_left_out_is_bad_usage(string? share)
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunIdsAsync("--type", "anomaly"))[0];

        var result = await ledger.RunAsync(["runs", "rethreshold", run, .. share is null ? [] : new[] { "--contamination", share }]);

        Assert.Equal(ExitCodes.BadUsage, result.ExitCode);
        Assert.Contains("--contamination", result.Error.Replace("error: contamination", "error: --contamination"));
        Assert.Equal(3, (await ledger.RunIdsAsync()).Length);
    }
}
