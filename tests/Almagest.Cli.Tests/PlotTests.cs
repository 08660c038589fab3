using System.Xml.Linq;
using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>Pictures without a browser.</summary>
public sealed class PlotTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("cli-plot");

    private string At(string name) => Path.Combine(_folder.Path, name);

    [Fact]
    public async Task Runs_datasets_and_comparisons_are_drawn_to_files()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var (anomalies, clusters) = (await ledger.RunIdsAsync("--type", "anomaly"), (await ledger.RunIdsAsync("--type", "cluster"))[0]);

        var answer = (await ledger.RunAsync("plot", "run", anomalies[0], "-o", At("run.png"), "--json")).Ok().Json;
        (await ledger.RunAsync("plot", "run", clusters, "-o", At("clusters.svg"))).Ok();
        (await ledger.RunAsync("plot", "run", clusters, "--cluster", "0", "--only", "sky", "-o", At("sky.svg"))).Ok();
        (
            await ledger.RunAsync("plot", "dataset", "-o", At("sky.png"), "--only", "cmd,sky", "--scale", "1", "--filter", "magnitude=..14")
        ).Ok();
        (await ledger.RunAsync("plot", "compare", anomalies[0], anomalies[1], "-o", At("pair.svg"))).Ok();
        (await ledger.RunAsync("plot", "run", anomalies[0], "--contamination", "0.1", "--width", "column", "-o", At("column.pdf"))).Ok();

        foreach (var png in new[] { "run.png", "sky.png" })
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(At(png))[..4]);
        Assert.Equal("%PDF-"u8.ToArray(), File.ReadAllBytes(At("column.pdf"))[..5]);
        Assert.Equal(new FileInfo(At("run.png")).Length, answer.GetProperty("bytes").GetInt64());
        var sheet = XDocument.Load(At("clusters.svg"));
        var words = sheet.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToList();
        Assert.All(
            new[] { "Cluster sizes", "olour–magnitude diagram", "Proper motions", "Parallaxes", "Sky" },
            w => Assert.Contains(words, word => word.EndsWith(w, StringComparison.Ordinal))
        );
        Assert.NotNull(sheet.Root!.Attribute("width"));
        Assert.Equal(
            await ledger.CountAsync($"select count(*) from discovery_results where run_id = '{clusters}' and cluster_id = 0"),
            XDocument
                .Load(At("sky.svg"))
                .Descendants()
                .Count(e =>
                    e.Name.LocalName == "circle"
                    && e.Attribute("data-star") is not null
                    && e.Attribute("class")!.Value.StartsWith("flag", StringComparison.Ordinal)
                )
        );
        Assert.Contains("only here", File.ReadAllText(At("pair.svg")));
    }

    [Theory]
    [InlineData("run.jpeg", "", "ends neither in .pdf nor in .svg nor in .png")]
    [InlineData("run.pdf", "--scale 2", "a PDF has no pixels")]
    [InlineData("run.pdf", "--width wide", "--width is 'wide'")]
    [InlineData("run.png", "--width column --scale 2", "are both given")]
    [InlineData("run.png", "--contamination 0.7", "at most 0.5")]
    [InlineData("run.svg", "--scale 2", "an SVG has no pixels")]
    [InlineData("run.png", "--scale 20", "expected 0.5 to 8")]
    [InlineData("run.png", "--only scores,moon", "--only is 'moon'")]
    [InlineData("run.png", "--cluster 1", "has no clusters")]
    public async Task What_cannot_be_drawn_is_bad_usage(string file, string options, string expected)
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var id = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        var run = await ledger.RunAsync(["plot", "run", id, "-o", At(file), .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(ExitCodes.BadUsage, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.False(File.Exists(At(file)));
    }

    [Fact]
    public async Task Sweeps_stars_the_sky_the_ledger_and_distances_are_drawn_to_files()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var star = await ledger.TextAsync("select min(source_id) from stars");
        var sweep = (
            await ledger.RunAsync(
                "sweep",
                "--algorithm",
                "dbscan",
                "--set",
                "features=sphere",
                "--grid",
                "eps=0.05,0.1,0.2,0.4",
                "min_samples=5,10",
                "--json"
            )
        )
            .Ok()
            .Json.GetProperty("group_id")
            .GetString()!;
        foreach (
            var (file, command) in new[]
            {
                ("star.svg", new[] { "star", star, "--only", "finder,magnitude" }),
                ("sweep.svg", ["sweep", sweep]),
                ("effect.pdf", ["sweep", sweep, "--only", "effect", "--metric", "cluster_count", "--parameter", "min_samples"]),
                ("sky.png", ["coverage", "--show", "stars"]),
                ("runs.svg", ["timeline", "--period", "month"]),
                ("eps.svg", ["k-distance", "--features", "sphere", "--min-samples", "5"]),
            }
        )
        {
            (await ledger.RunAsync(["plot", .. command, "-o", At(file)])).Ok();
            Assert.True(new FileInfo(At(file)).Length > 1000);
        }
        Assert.Contains("eps", File.ReadAllText(At("sweep.svg")), StringComparison.Ordinal);
        Assert.Contains(star, File.ReadAllText(At("star.svg")), StringComparison.Ordinal);
        Assert.Contains("999 permutations", File.ReadAllText(At("sweep.svg")), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("plot", "sweep", "x", "-o", At("x.svg"))).ExitCode);
    }

    [Fact]
    public async Task A_picture_that_a_run_does_not_have_is_named_with_those_that_it_has()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = await ledger.RunAsync(
            "plot",
            "run",
            (await ledger.RunIdsAsync("--type", "anomaly"))[0],
            "-o",
            At("x.svg"),
            "--only",
            "motions"
        );
        Assert.NotEqual(ExitCodes.Done, run.ExitCode);
        Assert.Contains("There are: scores, cmd, sky", run.Error);
    }

    public void Dispose() => _folder.Dispose();
}
