using System.CommandLine;
using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Postgres;

namespace Almagest.Cli.Configuration;

/// <summary>
/// The settings as they hold: a file for everybody on the machine, then the one in the home, then the environment, each winning over those
/// before; an option of the command wins over all. An option gets its value from here by being written on the command line, so that one
/// place reads and checks it.
/// </summary>
internal sealed class ProgramSettings
{
    private readonly IReadOnlyDictionary<string, SettingValue> _values;
    private ILookup<string, SettingValue>? _given;

    private ProgramSettings(
        IReadOnlyList<Setting> settings,
        IReadOnlyDictionary<string, SettingValue> values,
        string home,
        IReadOnlyList<string> files
    )
    {
        All = settings;
        _values = values;
        Home = home;
        Files = files;
    }

    public IReadOnlyList<Setting> All { get; }

    /// <summary>The folder of the embedded database.</summary>
    public string Home { get; }

    /// <summary>The files that are looked for, the weakest first.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>What holds where no option says otherwise.</summary>
    public SettingValue this[Setting setting] =>
        _values.TryGetValue(setting.Key, out var value)
            ? value
            : new SettingValue(setting, setting.Default is { } text ? [text] : [], SettingValue.Default, null);

    /// <exception cref="UsageException">a file or variable cannot be understood; the message says where</exception>
    public static ProgramSettings Load(RootCommand root, SettingSources sources)
    {
        var settings = SettingCatalogue.Of(root);
        var values = new Dictionary<string, SettingValue>();
        var files = new List<string>();
        var mistakes = new List<UsageException>();
        if (sources.SystemFile is { } system)
        {
            if (sources.IsSystemFileNamed && !File.Exists(system))
                throw new UsageException(
                    $"{SettingSources.FileVariable} names {system}, and there is no such file",
                    "Correct it, or leave it out.",
                    SettingSources.FileVariable
                );
            Add(system);
        }
        var variables = settings.ToDictionary(s => s.Key, s => OfEnvironment(s, sources.Variable, mistakes));
        var said = (variables[SettingCatalogue.Home] ?? values.GetValueOrDefault(SettingCatalogue.Home))?.Text;
        var home = EmbeddedServerOptions.HomeOf(name => name == "ALMAGEST_HOME" ? said : sources.Variable(name));
        if (sources.ReadsHome)
        {
            var own = Path.Combine(home, SettingSources.FileName);
            var before = values.GetValueOrDefault(SettingCatalogue.Home);
            Add(own);
            if (values.GetValueOrDefault(SettingCatalogue.Home) is { } moved && moved != before)
                mistakes.Add(
                    new UsageException(
                        $"{moved.Where}: home cannot be set by a file that lies in it",
                        $"Set ALMAGEST_HOME, or home in {SettingSources.UsualSystemFile}.",
                        SettingCatalogue.Home
                    )
                );
        }
        foreach (var (key, value) in variables)
        {
            if (value is not null)
                values[key] = value;
        }
        return mistakes.Count == 0
            ? new ProgramSettings(settings, values, home, files)
            : throw UsageException.Together(mistakes, $"{mistakes.Count} settings are wrong");

        void Add(string path)
        {
            if (files.Contains(path))
                return;
            files.Add(path);
            foreach (var (key, value) in ConfigurationFile.Read(path, settings, mistakes))
                values[key] = value;
        }
    }

    /// <summary>The options of the embedded database.</summary>
    /// <param name="isService">the program goes on until it is told to stop: what it starts ends with it</param>
    public EmbeddedServerOptions Embedded(Action<string> progress, bool isService) =>
        new()
        {
            Home = Home,
            Progress = progress,
            BinaryDirectory = Said(SettingCatalogue.Postgres)?.Text,
            KeepRunning =
                isService || EndsWithItsProcesses ? TimeSpan.Zero
                : Said(SettingCatalogue.KeepRunning) is { Text: { } seconds }
                    ? TimeSpan.FromSeconds(long.Parse(seconds, CultureInfo.InvariantCulture))
                : EmbeddedServerOptions.UsualKeepRunning,
        };

    /// <summary>What outlives this program is killed: it is the first process of a container, or the main one of a service.</summary>
    private static bool EndsWithItsProcesses =>
        Environment.ProcessId == 1
        || Environment.GetEnvironmentVariable("SYSTEMD_EXEC_PID") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>What is left free on the database's disk, bytes.</summary>
    public long ReservedBytes =>
        Said(SettingCatalogue.MinFree) is { Text: { } mebibytes }
            ? long.Parse(mebibytes, CultureInfo.InvariantCulture) << 20
            : DiskSpace.Reserve;

    /// <summary>The folder for results that are kept in files.</summary>
    public string ResultsFolder => Said(SettingCatalogue.Results)?.Text ?? Path.Combine(Home, "results");

    /// <summary>What to write on the command line of a command: the options that get their values from here.</summary>
    /// <param name="parsed">the command line as it was given</param>
    public IReadOnlyList<string> TakeFor(ParseResult parsed)
    {
        var options = OptionsFor(parsed);
        _given = options.ToLookup(o => o.Option, o => o.From);
        return [.. options.Select(o => o.Token)];
    }

    /// <summary>Whether an option of the command has its value from here.</summary>
    public bool Gives(string option) => _given?[option].Any() ?? false;

    /// <summary>The file and line, or the variable, that gave an option its value; null of others.</summary>
    /// <param name="field">the option, or how an error names it</param>
    public string? OriginOf(string? field) =>
        field is null ? null : _given?[field.StartsWith('-') ? field : $"--{field}"].FirstOrDefault()?.Where;

    private List<(string Option, string Token, SettingValue From)> OptionsFor(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var isAtRoot = command.Parents.OfType<RootCommand>().Any();
        var given = new List<(string, string, SettingValue)>();
        // Whoever says that nothing is to be done at night means all of it.
        var withoutNight = command.Name == "serve" && isAtRoot && NightIsOff(parsed, command);
        foreach (var value in _values.Values)
        {
            if (
                value.Setting is not { Option: { } name } setting
                || (setting.Command is { } only && !(isAtRoot && command.Name == only))
                || (setting.Command is null && name == "--threads" && isAtRoot && command.Name == "serve")
                || Find(parsed, command, name) is not { } option
                || parsed.GetResult(option) is { Implicit: false }
                || (withoutNight && SettingCatalogue.OfTheNight.Contains(setting.Key))
            )
                continue;
            given.AddRange(value.Texts.Select(text => (name, $"{name}={text}", value)));
        }
        if (
            withoutNight
            && _values.GetValueOrDefault(SettingCatalogue.Nightly) is { IsOff: true } off
            && Find(parsed, command, SettingCatalogue.NoNightly) is { } no
            && parsed.GetResult(no) is not { Implicit: false }
        )
            given.Add((SettingCatalogue.NoNightly, SettingCatalogue.NoNightly, off));
        return given;
    }

    private bool NightIsOff(ParseResult parsed, Command command)
    {
        bool Given(string name) => Find(parsed, command, name) is { } option && parsed.GetResult(option) is { Implicit: false };
        return Given(SettingCatalogue.NoNightly)
            || (!Given("--nightly") && _values.GetValueOrDefault(SettingCatalogue.Nightly) is { IsOff: true });
    }

    private static Option? Find(ParseResult parsed, Command command, string name) =>
        command.Options.FirstOrDefault(o => o.Name == name)
        ?? parsed.RootCommandResult.Command.Options.FirstOrDefault(o => o.Recursive && o.Name == name);

    /// <summary>What somebody said; null where the default holds.</summary>
    private SettingValue? Said(string key) => _values.GetValueOrDefault(key);

    private static SettingValue? OfEnvironment(Setting setting, Func<string, string?> variable, List<UsageException> mistakes)
    {
        if (variable(setting.Variable) is not { } text || string.IsNullOrWhiteSpace(text))
            return null;
        var where = setting.Variable;
        if (setting.Kind == SettingKind.TextOrOff && text.Trim().ToLowerInvariant() is "false" or "off" or "no")
            return new SettingValue(setting, [], SettingValue.Environment, where) { IsOff = true };
        if (
            setting.Kind == SettingKind.Whole
            && !(
                long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= setting.Range.Least
                && number <= setting.Range.Most
            )
        )
        {
            mistakes.Add(
                new UsageException(
                    $"{where} is '{text}', expected {ConfigurationFile.Expected(setting)}",
                    "Correct it, or leave it out.",
                    where
                )
            );
            return null;
        }
        var texts =
            setting.Kind == SettingKind.List
                ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                : [setting.Kind == SettingKind.Whole ? text.Trim() : text];
        return new SettingValue(setting, texts, SettingValue.Environment, where);
    }
}
