using System.CommandLine;
using Almagest.Cli.Shell;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("frobnicate", "'almagest' has no command 'frobnicate'")]
    [InlineData("runs", "'almagest runs' needs a command after it")]
    [InlineData("runs shwo", "'almagest runs' has no command 'shwo'")]
    [InlineData("runs show", "ID is missing")]
    [InlineData("ingest", "FILE is missing")]
    [InlineData("tokens create maria", "--scope is missing")]
    [InlineData("views status --fast", "'almagest views status' has no option --fast")]
    [InlineData("discover anomalies --eps 1", "'almagest discover anomalies' has no option --eps")]
    [InlineData("discover anomalies --contamination lots", "--contamination is 'lots', expected a number")]
    [InlineData("discover anomalies --trees 1.5", "--trees is '1.5', expected a whole number")]
    [InlineData("discover clusters --eps", "--eps needs a value")]
    [InlineData("discover clusters --eps 0,5", "--eps is '0,5', expected a number")]
    [InlineData("discover clusters --eps 1e999", "--eps is '1e999', expected a number")]
    [InlineData("runs list --type galaxies", "--type is 'galaxies', expected one of anomaly, cluster")]
    [InlineData("serve --port 99999", "--port is '99999', expected a whole number from 0 to 65535")]
    [InlineData("serve --time-zone UTC --no-nightly", "--time-zone and --no-nightly exclude each other")]
    [InlineData("serve --nightly * --no-nightly", "--nightly and --no-nightly exclude each other")]
    [InlineData("simulate --stars 0 -o x.csv", "--stars is '0', expected a whole number from 1")]
    [InlineData("simulate --cone 1,2 -o x.csv", "--cone is '1,2', expected RA,DEC,RADIUS")]
    [InlineData("demo --stars 500 --file x.csv", "there is no file x.csv")]
    [InlineData("ingest nowhere.csv", "there is no file nowhere.csv")]
    [InlineData("views status --database postgresql://host:port/x", "the database URL cannot be read")]
    [InlineData("views status --database nonsense", "the database connection string cannot be read")]
    public async Task What_is_not_understood_is_said_in_one_line_with_a_hint_and_exit_code_2(string line, string expected)
    {
        var result = await Cli.RunAsync(line.Split(' '));

        Assert.Equal(ExitCodes.BadUsage, result.ExitCode);
        Assert.Empty(result.Out);
        var lines = result.Error.TrimEnd().Split('\n');
        Assert.StartsWith($"error: {expected}", lines[0]);
        Assert.InRange(lines.Length, 1, 2);
        Assert.All(lines.Skip(1), l => Assert.StartsWith("hint:  ", l));
    }

    [Theory]
    [InlineData(
        "discover anomalies --contamination 0.9",
        "contamination is 0.9, expected a number in (0, 0.5]",
        "parameters.contamination"
    )]
    [InlineData("discover anomalies --trees 0", "n_estimators is 0, expected 1 to 10000 trees", "parameters.n_estimators")]
    [InlineData("discover clusters --eps 0", "eps is 0, expected a number above 0", "parameters.eps")]
    [InlineData("discover clusters --min-samples 0", "min_samples is 0, expected 1 or more", "parameters.min_samples")]
    [InlineData("discover anomalies --filter brightness=..5", "the filter term 'brightness=..5' cannot be read", "filter")]
    public async Task Parameters_are_checked_before_any_database_is_started(string line, string message, string field)
    {
        // No --database: an attempt to start the embedded cluster would take its time and leave a home behind.
        var result = await Cli.RunAsync([.. line.Split(' '), "--json"]);

        Assert.Equal(ExitCodes.BadUsage, result.ExitCode);
        var error = result.Json.GetProperty("error");
        Assert.Equal(message, error.GetProperty("message").GetString());
        Assert.Equal(field, error.GetProperty("field").GetString());
        Assert.Contains(message, result.Error);
    }

    [Fact]
    public async Task A_slip_of_the_fingers_gets_the_nearest_word()
    {
        Assert.Contains("Did you mean anomalies?", (await Cli.RunAsync("discover", "anomalis")).Error);
        Assert.Contains("Did you mean --contamination?", (await Cli.RunAsync("discover", "anomalies", "--contaminaton", "0.1")).Error);
        Assert.DoesNotContain("Did you mean", (await Cli.RunAsync("xyzzy")).Error);
    }

    [Theory]
    [InlineData("ingest x.csv --datset foo", "'almagest ingest' has no option --datset", "Did you mean --dataset?")]
    [InlineData("ingest x.csv --dataset --forc", "'almagest ingest' has no option --forc", "Did you mean --force?")]
    [InlineData("ingest --map ra_deg=RA --datset=x x.csv", "'almagest ingest' has no option --datset", "Did you mean --dataset?")]
    [InlineData("sweep --algorithm dbscan --grid eps=1 --sedes 1-3", "'almagest sweep' has no option --sedes", "Did you mean --seeds?")]
    [InlineData("runs compare a b --jsno", "'almagest runs compare' has no option --jsno", "Did you mean --json?")]
    [InlineData("discover clusters --min-cluster 3", "'almagest discover clusters' has no option --min-cluster", "--min-cluster-size")]
    [InlineData("discover anomalies --eps 1", "'almagest discover anomalies' has no option --eps", "of 'almagest discover clusters'")]
    [InlineData("labels set 1 --databse x", "'almagest labels set' has no option --databse", "Did you mean --database?")]
    public async Task An_option_that_there_is_not_is_never_taken_for_a_value(string line, string message, string hint)
    {
        var result = await Cli.RunAsync(line.Split(' '));

        Assert.Equal(ExitCodes.BadUsage, result.ExitCode);
        Assert.StartsWith($"error: {message}", result.Error);
        Assert.Contains(hint, result.Error);
    }

    [Fact]
    public async Task Behind_two_dashes_a_file_may_be_called_like_an_option() =>
        Assert.Contains("neither an option nor a file --datset", (await Cli.RunAsync("ingest", "--", "--datset")).Error);

    [Theory]
    [InlineData("--features", "populaton", "Did you mean population?")]
    [InlineData("--features", "photometric+kinematik", "Did you mean kinematic?")]
    [InlineData("--filter", "magnitud=..5", "Did you mean magnitude?")]
    [InlineData("--filter", "smaple=100", "Did you mean sample?")]
    [InlineData("--filter", "{\"magnitud\":{\"max\":5}}", "Did you mean magnitude?")]
    public async Task A_mistyped_recipe_or_condition_gets_the_nearest_name(string option, string value, string hint)
    {
        var result = await Cli.RunAsync("discover", "anomalies", option, value);

        Assert.Equal(ExitCodes.BadUsage, result.ExitCode);
        Assert.Contains(hint, result.Error);
    }

    [Theory]
    [InlineData("preview https://example.org/a.csv", "curl -fL 'https://example.org/a.csv' | almagest preview -")]
    [InlineData("preview https://example.org/a?b=1&c=2", "curl -fL 'https://example.org/a?b=1&c=2' | almagest preview -")]
    [InlineData("preview s3://bucket/a.parquet", "aws s3 cp 's3://bucket/a.parquet' - | almagest preview -")]
    [InlineData("preview vos://x/a.fits", "Fetch it first with a program that speaks this protocol, then: almagest preview FILE.")]
    [InlineData("ingest gs://bucket/a.csv", "gcloud storage cat 'gs://bucket/a.csv' | almagest ingest - --dataset NAME")]
    [InlineData("ingest --labels https://example.org/l.csv", "Fetch it first, and name the file.")]
    public async Task An_address_in_the_place_of_a_file_is_answered_with_the_command_that_fetches_it(string line, string hint)
    {
        var result = await Cli.RunAsync(line.Split(' '));

        Assert.Equal(ExitCodes.BadUsage, result.ExitCode);
        Assert.Contains("is an address, not a file", result.Error);
        Assert.Contains(hint, result.Error);
    }

    [Fact]
    public async Task Help_is_as_wide_through_a_pipe_as_COLUMNS_says()
    {
        foreach (var (asked, most) in new (int?, int)[] { (60, 60), (null, 100), (300, 110) })
        {
            var pipe = new TerminalInfo(false, false, asked ?? 160, false) { AskedWidth = asked };
            var page = (await Cli.RunAsync(pipe, "discover", "anomalies", "--help")).Ok().Out.Split("Examples:")[0];
            // A long word stands by itself.
            var longest = page.Split('\n').Where(l => l.Trim().Contains(' ')).Max(l => l.Length);
            Assert.InRange(longest, most - 12, most);
        }
    }

    [Theory]
    [InlineData(40)]
    [InlineData(57)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(200)]
    public async Task Help_breaks_lines_between_words_alone(int width)
    {
        foreach (var (path, command) in Walk(Root(), ""))
        {
            string[] words = [.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"];
            var help = (await Cli.RunAsync(new TerminalInfo(true, true, width, false), words)).Ok().Out;
            var page = help.Split("Examples:")[0].Split("Start here:")[0];
            // Every word of every description is there whole, and no line is too long that could have been broken.
            var found = page.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToHashSet();
            foreach (var text in Texts(command))
                Assert.All(text.Split(' ', StringSplitOptions.RemoveEmptyEntries), word => Assert.Contains(word, found));
            foreach (var line in page.Split('\n').Where(l => l.Length > width))
                Assert.DoesNotContain(' ', line.Trim());
        }

        static IEnumerable<string> Texts(Command command) =>
            command
                .Options.Where(o => !o.Hidden)
                .SelectMany(o => new[] { o.Description, o.HelpName is null ? null : $"<{o.HelpName}>" })
                .Concat(command.Arguments.Select(a => a.Description))
                .Append(command.Description)
                .OfType<string>();
    }

    [Fact]
    public async Task An_unknown_feature_recipe_names_those_that_there_are()
    {
        var result = await Cli.RunAsync("discover", "anomalies", "--features", "magic");

        Assert.Equal(ExitCodes.BadUsage, result.ExitCode);
        Assert.Contains("magic", result.Error);
        Assert.Contains("photometric", result.Error);
    }

    public static TheoryData<string> Commands()
    {
        var data = new TheoryData<string>();
        foreach (var (path, _) in Walk(Root(), ""))
            data.Add(path);
        return data;
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_help_of_a_command_describes_every_option_argument_and_subcommand(string path)
    {
        var command = Walk(Root(), "").Single(c => c.Path == path).Command;
        var words = path.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var help = (await Cli.RunAsync([.. words, "--help"])).Ok().Out;

        foreach (var option in command.Options.Where(o => !o.Hidden))
        {
            Assert.False(string.IsNullOrWhiteSpace(option.Description), $"{path} {option.Name} has no description");
            Assert.Contains(option.Name, help);
            // The parser also takes the /h of Windows, and keeps it to itself.
            Assert.All(option.Aliases.Where(a => a[0] == '-'), alias => Assert.Contains(alias, help));
        }
        Assert.All(command.Arguments, a => Assert.Contains(a.Name, help));
        Assert.All(command.Subcommands, c => Assert.Contains(c.Name, help));
        Assert.Contains("--database", help);
        Assert.Contains("--json", help);
        if (command is DescribedCommand described)
            Assert.All(described.Examples, e => Assert.Contains(e, help));
        else
            Assert.IsType<RootCommand>(command);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_example_of_the_help_pages_is_understood(string path)
    {
        var command = Walk(Root(), "").Single(c => c.Path == path).Command;
        if (command is not DescribedCommand described)
            return;
        Assert.NotEmpty(described.Examples);
        foreach (var example in described.Examples)
        {
            var text = example.Split(" | ")[0].Split(" && ")[0].Split(" > ~")[0];
            var arguments = System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(text.Replace('\'', '"')).Skip(1).ToList();
            var parsed = Root().Parse(arguments);
            Assert.True(parsed.Errors.Count == 0, $"{example}: {string.Join("; ", parsed.Errors.Select(e => e.Message))}");
            Assert.StartsWith("almagest " + path, example);
        }
    }

    [Fact]
    public async Task Without_a_command_the_help_is_shown()
    {
        var result = (await Cli.RunAsync()).Ok();

        Assert.Contains("almagest demo", result.Out);
        Assert.Contains("Exit codes", result.Out);
    }

    [Fact]
    public async Task The_version_is_short()
    {
        Assert.Matches(@"^almagest \d+\.\d+\.\d+\s*$", (await Cli.RunAsync("--version")).Ok().Out);
        Assert.Matches(@"^\d+\.\d+\.\d+$", (await Cli.RunAsync("--version", "--json")).Ok().Json.GetProperty("version").GetString());
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_a_failure_with_a_hint()
    {
        var result = await Cli.RunAsync("runs", "list", "--database", "Host=127.0.0.1;Port=1;Database=x;Username=x;Timeout=5", "--json");

        Assert.Equal(ExitCodes.Failed, result.ExitCode);
        Assert.Equal("the database does not answer", result.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Contains("ALMAGEST_DATABASE", result.Json.GetProperty("error").GetProperty("hint").GetString());
    }

    private static RootCommand Root() =>
        CommandLine.Build(new CommandShell(TextWriter.Null, TextWriter.Null, TerminalInfo.None, false, CancellationToken.None));

    private static IEnumerable<(string Path, Command Command)> Walk(Command command, string path)
    {
        yield return (path, command);
        foreach (var sub in command.Subcommands)
        {
            foreach (var found in Walk(sub, $"{path} {sub.Name}".Trim()))
                yield return found;
        }
    }
}
