using System.Text.Json;
using Almagest.Cli.Configuration;
using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>Settings: a file for everybody, a file of one's own, the environment, options, each winning over those before.</summary>
public sealed class ConfigTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("config");
    private readonly Dictionary<string, string?> _environment = [];

    private string System => Path.Combine(_folder.Path, "system.toml");

    private string Home => Path.Combine(_folder.Path, "home");

    private string Own => Path.Combine(Home, "config.toml");

    public ConfigTests()
    {
        Directory.CreateDirectory(Home);
        _environment["ALMAGEST_HOME"] = Home;
    }

    public void Dispose() => _folder.Dispose();

    private Task<CliResult> RunAsync(params string[] args) =>
        Cli.RunAsync(TerminalInfo.None, new SettingSources(System, false, true, name => _environment.GetValueOrDefault(name)), args);

    private async Task<JsonElement> SettingAsync(string key, params string[] options)
    {
        var shown = (await RunAsync(["config", "show", "--json", .. options])).Ok().Json;
        return shown.GetProperty("settings").EnumerateArray().Single(s => s.GetProperty("key").GetString() == key);
    }

    private static (string Value, string Source, string? Where) Said(JsonElement s) =>
        (s.GetProperty("value").ToString(), s.GetProperty("source").GetString()!, s.GetProperty("where").GetString());

    [Fact]
    public async Task Each_place_wins_over_those_before_it_and_show_says_which()
    {
        Assert.Equal(("8000", "default", null), Said(await SettingAsync("serve.port")));
        await File.WriteAllTextAsync(
            System,
            "# for all\n[serve]\nport = 8001\nbind = \"127.0.0.2\"\n",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(("8001", "file", $"{System}, line 3"), Said(await SettingAsync("serve.port")));
        await File.WriteAllTextAsync(Own, "serve.port = 8_002\n", TestContext.Current.CancellationToken);
        Assert.Equal(("8002", "file", $"{Own}, line 1"), Said(await SettingAsync("serve.port")));
        Assert.Equal(("127.0.0.2", "file", $"{System}, line 4"), Said(await SettingAsync("serve.bind")));
        _environment["ALMAGEST_SERVE_PORT"] = "8003";
        Assert.Equal(("8003", "environment", "ALMAGEST_SERVE_PORT"), Said(await SettingAsync("serve.port")));
        Assert.Equal((Home, "environment", "ALMAGEST_HOME"), Said(await SettingAsync("home")));

        await File.WriteAllTextAsync(Own, "database = \"Host=a;Database=x\"", TestContext.Current.CancellationToken);
        Assert.Equal("file", Said(await SettingAsync("database")).Source);
        Assert.Equal(
            ("Host=b;Database=y", "option", "--database"),
            Said(await SettingAsync("database", "--database", "Host=b;Database=y"))
        );
    }

    [Theory]
    [InlineData("postgresql://me:hush@server/almagest", "postgresql://me:(hidden)@server/almagest")]
    [InlineData("postgresql://me@server/almagest?password=hush", "postgresql://me@server/almagest?(hidden)")]
    [InlineData("Host=server;Username=me;Password=hush", "Host=server;Username=me;Password=(hidden)")]
    [InlineData("Host=server;Pwd=hush hush", "Host=server;Password=(hidden)")]
    [InlineData("Host=server;Username=me", "Host=server;Username=me")]
    [InlineData("hush=hush;", "(hidden)")]
    public async Task Passwords_are_never_shown(string connection, string shown)
    {
        _environment["ALMAGEST_DATABASE"] = connection;

        Assert.Equal(shown, Said(await SettingAsync("database")).Value);
        Assert.DoesNotContain("hush", (await RunAsync("config", "show")).Ok().Out);
        Assert.DoesNotContain("hush", (await RunAsync("config", "show", "--database", connection)).Ok().Out);
    }

    [Fact]
    public async Task A_password_in_a_file_that_others_may_read_is_noticed()
    {
        if (OperatingSystem.IsWindows())
            return;
        await File.WriteAllTextAsync(Own, "database = \"postgresql://me:hush@server/x\"", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(Own, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", (await RunAsync("config", "show")).Ok().Out);
        File.SetUnixFileMode(Own, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.DoesNotContain("chmod", (await RunAsync("config", "show")).Ok().Out);
    }

    [Theory]
    [InlineData("databse = \"x\"", "line 1: there is no setting databse", "Did you mean database?")]
    [InlineData("\n[serve]\nprot = 1", "line 3: there is no setting serve.prot", "Did you mean serve.port?")]
    [InlineData("port = 1", "line 1: there is no setting port", "Did you mean serve.port? It stands below the line [serve].")]
    [InlineData("[srve]", "line 1: there is no table [srve]", "Did you mean [serve]?")]
    [InlineData("[serve]\nport = \"8000\"", "line 2: serve.port is \"8000\", expected a whole number from 0", "port = 8000")]
    [InlineData("keep_running = -1", "line 1: keep_running is -1, expected a whole number from 0 to 86400", "keep_running = 60")]
    [InlineData("[serve]\nbind = 3", "line 2: serve.bind is 3, expected a text in quotes", "bind = \"127.0.0.1\"")]
    [InlineData("[serve]\ncors = [1]", "line 2: serve.cors is [1], expected a list of texts", "")]
    [InlineData("[serve]\nport = 1\nport = 2", "line 3 cannot be read", "")]
    [InlineData("database = x", "line 1 cannot be read", "")]
    [InlineData("[serve\nport = 1", "line 1 cannot be read", "")]
    [InlineData("home = \"/x\"", "line 1: home cannot be set by a file that lies in it", "ALMAGEST_HOME")]
    public async Task What_is_wrong_in_a_file_stops_every_command_and_says_where(string text, string message, string hint)
    {
        await File.WriteAllTextAsync(Own, text, TestContext.Current.CancellationToken);
        foreach (var command in new string[][] { ["config", "show"], ["runs", "list"], ["simulate", "-o", Path.Combine(Home, "x.csv")] })
        {
            var result = await RunAsync(command);
            Assert.Equal(ExitCodes.BadUsage, result.ExitCode);
            Assert.StartsWith($"error: {Own}, {message}", result.Error);
            Assert.Contains(hint, result.Error);
        }
        // Help is needed then.
        (await RunAsync("config", "show", "--help")).Ok();
        (await RunAsync("--version")).Ok();
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        await File.WriteAllTextAsync(
            Own,
            "databse = \"x\"\nkeep_running = -1\nthreads = 2\n[srve]\nport = 1\n[serve]\nprot = 2\ncors = [1]\n",
            TestContext.Current.CancellationToken
        );
        _environment["ALMAGEST_MIN_FREE_MIB"] = "much";
        var result = await RunAsync("runs", "list");
        Assert.Equal(ExitCodes.BadUsage, result.ExitCode);
        Assert.StartsWith("error: 6 settings are wrong:\n", result.Error);
        string[] expected =
        [
            "ALMAGEST_MIN_FREE_MIB is 'much', expected a whole number",
            $"{Own}, line 1: there is no setting databse. Did you mean database?",
            $"{Own}, line 2: keep_running is -1",
            $"{Own}, line 4: there is no table [srve]. Did you mean [serve]?",
            $"{Own}, line 7: there is no setting serve.prot. Did you mean serve.port?",
            $"{Own}, line 8: serve.cors is [1], expected a list of texts",
        ];
        var lines = result.Error.Split('\n').Skip(1).Where(l => l.StartsWith("  ", StringComparison.Ordinal)).ToList();
        Assert.Equal(expected.Length, lines.Count);
        Assert.All(expected.Zip(lines), pair => Assert.Contains(pair.First, pair.Second));
    }

    [Fact]
    public async Task A_value_that_a_command_refuses_names_the_file_that_set_it()
    {
        await File.WriteAllTextAsync(Own, "[serve]\nport = 99999\n", TestContext.Current.CancellationToken);
        var port = await RunAsync("serve", "--json");
        Assert.Equal(ExitCodes.BadUsage, port.ExitCode);
        Assert.Contains("--port is '99999'", port.Error);
        Assert.Contains($"It is set by {Own}, line 2.", port.Error);
        Assert.Equal("--port", port.Json.GetProperty("error").GetProperty("field").GetString());

        await File.WriteAllTextAsync(Own, "database = \"postgresql://host:port/x\"", TestContext.Current.CancellationToken);
        Assert.Contains($"It is set by {Own}, line 1.", (await RunAsync("runs", "list")).Error);
        _environment["ALMAGEST_THREADS"] = "many";
        Assert.StartsWith("error: ALMAGEST_THREADS is 'many', expected a whole number", (await RunAsync("runs", "list")).Error);
    }

    [Fact]
    public async Task Settings_reach_the_command_and_its_options_win()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        await File.WriteAllTextAsync(Own, $"database = '{ledger.Connection}'\nthreads = 1\n", TestContext.Current.CancellationToken);

        Assert.Equal(3, (await RunAsync("runs", "list", "--json")).Ok().Json.GetProperty("items").GetArrayLength());
        (await RunAsync("discover", "anomalies", "--no-save")).Ok();
        await using var other = await CliLedger.CreateAsync();
        Assert.Equal(
            0,
            (await RunAsync("runs", "list", "--json", "--database", other.Connection)).Ok().Json.GetProperty("items").GetArrayLength()
        );
        // Behind two dashes options end.
        Assert.Contains("no run", (await RunAsync("runs", "show", "--", "12345678")).Error);
    }

    [Theory]
    [InlineData("[serve]\nnightly = false\nbackup_folder = \"/b\"\ntime_zone = \"Europe/Berlin\"", "")]
    [InlineData("[serve]\nnightly = \"1 2 * * *\"\nbackup_folder = \"/b\"", "--no-nightly")]
    public void Who_wants_nothing_done_at_night_need_not_take_back_what_belongs_to_it(string file, string option)
    {
        File.WriteAllText(Own, file);
        var shell = new CommandShell(TextWriter.Null, TextWriter.Null, TerminalInfo.None, false, CancellationToken.None);
        var root = CommandLine.Build(shell);
        var settings = ProgramSettings.Load(root, new SettingSources(null, false, true, name => _environment.GetValueOrDefault(name)));

        var tokens = settings.TakeFor(root.Parse(["serve", .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries)]));

        Assert.Equal(option.Length == 0 ? ["--no-nightly"] : [], tokens);
    }

    [Fact]
    public void Every_option_of_serve_is_a_setting_with_a_variable_and_the_example_file_names_all()
    {
        var root = CommandLine.Build(new CommandShell(TextWriter.Null, TextWriter.Null, TerminalInfo.None, false, CancellationToken.None));
        var settings = SettingCatalogue.Of(root);
        Assert.Equal(settings.Count, settings.Select(s => s.Variable).Distinct().Count());
        var example = File.ReadAllText(Path.Combine(SourceTree.Root, "packaging", "config.toml"));
        Assert.All(settings, s => Assert.Matches($"(?m)^#{s.Key.Split('.')[^1]} = ", example));
        // With every line of it switched on it is understood.
        File.WriteAllText(
            Own,
            string.Join('\n', example.Split('\n').Where(l => !l.StartsWith("#home", StringComparison.Ordinal)).Select(Switched))
        );
        List<UsageException> mistakes = [];
        Assert.Equal(settings.Count - 1, ConfigurationFile.Read(Own, settings, mistakes).Count);
        Assert.Empty(mistakes);

        static string Switched(string line) => line.StartsWith('#') && !line.StartsWith("# ", StringComparison.Ordinal) ? line[1..] : line;
    }
}
