using System.CommandLine;
using Almagest.Cli.Configuration;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Discovery;
using Spectre.Console;

namespace Almagest.Cli.Commands;

/// <summary><c>config show</c>: every setting, its value, and where it comes from.</summary>
internal static class ConfigCommands
{
    private const string Hidden = "(hidden)";

    // Variables of the program that are no settings, but for those of its tests.
    private static readonly string[] s_otherVariables =
    [
        SettingSources.FileVariable,
        "ALMAGEST_DEBUG",
        "ALMAGEST_URL",
        "ALMAGEST_TOKEN",
        "ALMAGEST_DATA",
        "ALMAGEST_KERNELS",
    ];

    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand("config", "The settings of this program, and where they come from", "almagest config show")
        {
            Show(shell, global),
        };

    private static DescribedCommand Show(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand(
            "show",
            "Show every setting with its value and where it comes from: file, environment or option; secrets stay hidden",
            "almagest config show",
            "almagest config show --json"
        );
        command.SetAction(
            (parsed, _) =>
            {
                var settings = shell.Get<ProgramSettings>();
                var values = settings.All.Select(s => Current(settings, s, parsed, global)).ToList();
                var notes = Unknown(settings).Concat(Readable(values)).ToList();
                shell.Answer(
                    new
                    {
                        files = settings.Files.Select(path => new { path, exists = File.Exists(path) }),
                        settings = values.Select(v => new
                        {
                            key = v.Setting.Key,
                            value = Document(v),
                            source = v.Source,
                            where = v.Where,
                            variable = v.Setting.Variable,
                            option = v.Setting.Option,
                            description = v.Setting.Description,
                        }),
                        notes,
                    },
                    console => Show(console, settings, values, notes)
                );
                return Task.FromResult(ExitCodes.Done);
            }
        );
        return command;
    }

    private static SettingValue Current(ProgramSettings settings, Setting setting, ParseResult parsed, GlobalOptions global)
    {
        var value = settings[setting];
        if (setting.Key == SettingCatalogue.Home)
            return value with { Texts = [settings.Home] };
        // What a file says was written on the command line, too: what stands there is what holds.
        if (setting.Key == SettingCatalogue.Database && !settings.Gives("--database") && parsed.GetValue(global.Database) is { } said)
            return new SettingValue(setting, [said], SettingValue.Option, setting.Option);
        return value;
    }

    private static object? Document(SettingValue value) =>
        value.IsOff ? false
        : value.Setting.Kind == SettingKind.List ? value.Texts
        : value is { Source: not SettingValue.Default, Setting.Kind: SettingKind.Whole } ? long.Parse(value.Text!)
        : value is { Source: SettingValue.Default, Setting.Kind: SettingKind.Whole } && long.TryParse(value.Text, out var number) ? number
        : Shown(value);

    private static string? Shown(SettingValue value) =>
        value.IsOff ? "off"
        : value.Texts.Count == 0 ? null
        : value is { Setting.IsSecret: true, Source: not SettingValue.Default } ? WithoutPassword(value.Text!)
        : string.Join(", ", value.Texts);

    private static string WithoutPassword(string connection)
    {
        try
        {
            return ConnectionText.WithoutPassword(connection, Hidden);
        }
        catch (Exception e) when (e is UsageException or ArgumentException or FormatException)
        {
            // What cannot be read may hold one anywhere.
            return Hidden;
        }
    }

    private static void Show(IAnsiConsole console, ProgramSettings settings, List<SettingValue> values, List<string> notes)
    {
        var table = ConsoleTables.Of("setting", "~value", "~from");
        foreach (var value in values)
            table.Row(value.Setting.Key, Shown(value) ?? "–", value.Where ?? value.Source);
        console.Write(table);
        console.Say(
            $"\nFiles, the later one wins: {string.Join(", ", settings.Files.Select(f => File.Exists(f) ? f : $"{f} (not there)"))}. "
                + "The environment wins over files, options over both."
        );
        foreach (var note in notes)
            console.Say($"Look: {note}");
    }

    private static IEnumerable<string> Readable(IEnumerable<SettingValue> values)
    {
        foreach (var value in values.Where(v => v is { Setting.IsSecret: true, Source: SettingValue.File }))
        {
            var file = value.Where![..value.Where!.LastIndexOf(", line ", StringComparison.Ordinal)];
            if (
                !OperatingSystem.IsWindows()
                && WithoutPassword(value.Text!) != value.Text
                && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0
            )
                yield return $"{file} holds a password, and other accounts may read it: chmod 600 {file}, or name a Passfile in its place.";
        }
    }

    // A variable cannot be refused: others may mean it. But nobody should look for an hour why it does nothing.
    private static IEnumerable<string> Unknown(ProgramSettings settings)
    {
        var known = settings.All.Select(s => s.Variable).Concat(s_otherVariables).ToList();
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal))
        {
            if (
                !name.StartsWith("ALMAGEST_", StringComparison.Ordinal)
                || known.Contains(name)
                || name.StartsWith("ALMAGEST_TEST", StringComparison.Ordinal)
            )
                continue;
            if (NearestName.Of(name, known) is { } near)
                yield return $"the variable {name} is not a setting. Did you mean {near}?";
            else if (name.StartsWith("ALMAGEST_SERVE_", StringComparison.Ordinal))
                yield return $"the variable {name} is not a setting.";
        }
    }
}
