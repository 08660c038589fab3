using System.Globalization;
using Almagest.Cli.Benchmarks;
using Almagest.Cli.Commands;
using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class BenchTests
{
    [Fact]
    public async Task The_engine_is_measured_at_any_size_and_the_page_written_where_it_is_asked_for()
    {
        using var folder = TestFolder.Create("bench");
        var file = Path.Combine(folder.Path, "engine.md");

        var run = (await RunAsync("engine", "--quick", "--sizes", "60,300", "--no-yardsticks", "-o", file)).Ok();

        Assert.Equal(run.Out, File.ReadAllText(file));
        Assert.Contains(".NET 10", run.Out);
        Assert.Contains("No yardstick", run.Out);
        var rows = run
            .Out.Split('\n')
            .Where(l => l.StartsWith("| ", StringComparison.Ordinal))
            .Skip(2)
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
            .ToList();
        foreach (
            var job in new[]
            {
                "isolation-forest-grow",
                "isolation-forest-score",
                "dbscan-0.05",
                "dbscan-0.1",
                "dbscan-0.5",
                "hdbscan",
                "k-distance",
            }
        )
            Assert.Equal(["60", "300"], rows.Where(r => r[1] == job).Select(r => r[2]));
        // Seconds, processor seconds, allocation, peak.
        Assert.All(
            rows,
            r => Assert.All(new[] { 4, 6, 7, 9 }, column => Assert.True(double.Parse(r[column], CultureInfo.InvariantCulture) >= 0))
        );
        Assert.All(
            rows,
            r => Assert.True(double.Parse(r[9], CultureInfo.InvariantCulture) > 10, "a process of .NET holds more than 10 MB")
        );
    }

    [Theory]
    [InlineData("engine", "--sizes", "many", "'many' is not a size")]
    [InlineData("engine", "--jobs", "k-means", "there is no job 'k-means'")]
    [InlineData("views", "--histories", "20", "'20' is not a history")]
    [InlineData("analytics", "--sizes", "5", "'--sizes' is not understood")]
    [InlineData("readers", "--stars", "all", "'all' is not a size")]
    public async Task What_a_suite_does_not_understand_is_bad_usage(string suite, string option, string value, string expected)
    {
        var run = await RunAsync(suite, option, value);
        Assert.Equal(ExitCodes.BadUsage, run.ExitCode);
        Assert.Contains(expected, run.Error);
    }

    [Fact]
    public async Task The_views_are_measured_on_a_server_that_is_named()
    {
        var server = (await TestDatabaseServer.GetAsync()).ConnectionString;
        var run = (await RunAsync("views", "--histories", "12x100", "--server", server)).Ok();
        Assert.Contains("| mv_star_anomaly_frequency |", run.Out);
    }

    [Fact(Explicit = true)] // A quarter of a minute, like the two after it: by ./test --release.
    public async Task Answers_are_measured_on_a_server_that_is_named()
    {
        var server = (await TestDatabaseServer.GetAsync()).ConnectionString;
        var run = (await RunAsync("analytics", "--histories", "12x100", "--server", server)).Ok();
        Assert.Contains("| frequency of one star |", run.Out);
    }

    [Fact(Explicit = true)]
    public async Task Lists_of_runs_are_measured_beside_a_bare_query()
    {
        var server = (await TestDatabaseServer.GetAsync()).ConnectionString;
        var run = (await RunAsync("runs", "--runs", "500", "--clusters", "50", "--server", server)).Ok();
        Assert.Contains("| newest |", run.Out);
        Assert.Contains("Index", run.Out);
        Assert.Contains("| each overlaps two |", run.Out);
    }

    [Fact(Explicit = true)]
    public async Task Every_format_is_read_and_a_load_is_measured_beside_copy()
    {
        var server = (await TestDatabaseServer.GetAsync()).ConnectionString;
        var run = (await RunAsync("readers", "--stars", "300", "--loads", "1", "--no-yardsticks", "--server", server)).Ok();
        foreach (var format in new[] { "CSV", "ECSV", "VOTable, TABLEDATA", "VOTable, BINARY2", "FITS", "Parquet" })
        {
            var row = Assert
                .Single(run.Out.Split('\n'), l => l.StartsWith($"| {format} |", StringComparison.Ordinal))
                .Split('|', StringSplitOptions.TrimEntries);
            Assert.True(double.Parse(row[4], CultureInfo.InvariantCulture) > 0, "rows a second");
            Assert.Equal("–", row[7]);
        }
        Assert.Contains("| the same by Sylvan.Data.Csv", run.Out);
        Assert.Contains("| 11 columns, all of them fields of a star |", run.Out);
        Assert.Contains("| 14 columns, three kept as JSON |", run.Out);
    }

    [Fact]
    public async Task Every_suite_of_the_benchmarks_is_a_command()
    {
        var usage = await RunAsync("nothing");
        Assert.Equal(ExitCodes.BadUsage, usage.ExitCode);
        var suites = usage
            .Error.Split('\n')
            .TakeWhile(l => !l.StartsWith("Parts", StringComparison.Ordinal))
            .Select(l => System.Text.RegularExpressions.Regex.Match(l, "^  ([a-z]+): "))
            .Where(m => m.Success)
            .Select(m => m.Groups[1].Value)
            .ToList();
        Assert.Contains("readers", suites);
        var help = (await Cli.RunAsync("bench", "--help")).Ok().Out;
        Assert.All(suites, s => Assert.Contains($" {s} ", help));
    }

    [Fact]
    public void Outside_a_checkout_it_is_said_where_the_benchmarks_are()
    {
        using var folder = TestFolder.Create("installed");
        var error = Assert.Throws<CommandFailedException>(() => BenchProgram.Find(folder.Path));
        Assert.Contains("checkout", error.Message);
        Assert.Contains("bench/Almagest.Bench", error.Hint);
    }

    [Fact]
    public void Within_a_checkout_the_project_is_found()
    {
        using var folder = TestFolder.Create("checkout");
        Directory.CreateDirectory(Path.Combine(folder.Path, "bench", "Almagest.Bench"));
        var project = Path.Combine(folder.Path, "bench", "Almagest.Bench", "Almagest.Bench.csproj");
        File.WriteAllText(project, "<Project />");
        var deep = Directory.CreateDirectory(Path.Combine(folder.Path, "src", "Almagest.Cli", "bin", "Release", "net10.0"));
        Assert.Equal(project, BenchProgram.Find(deep.FullName).Project);
    }

    [Fact]
    public async Task It_has_no_json_form() =>
        Assert.Equal(ExitCodes.BadUsage, (await Cli.RunAsync("bench", "engine", "--quick", "--json")).ExitCode);

    /// <summary>With the program that was built with these tests, in their configuration.</summary>
    private static async Task<CliResult> RunAsync(params string[] args)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var project = BenchProgram.Find(AppContext.BaseDirectory).Project!;
        var dll = Path.Combine(Path.GetDirectoryName(project)!, "bin", configuration, "net10.0", "Almagest.Bench.dll");
        var (stdout, stderr) = (new StringWriter(), new StringWriter());
        var shell = new CommandShell(
            stdout,
            TextWriter.Synchronized(stderr),
            TerminalInfo.None,
            json: false,
            TestContext.Current.CancellationToken
        );
        return new CliResult(await BenchCommand.RunAsync(shell, new BenchProgram(dll, null), args), stdout.ToString(), stderr.ToString());
    }
}
