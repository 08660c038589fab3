namespace Almagest.Cli.Configuration;

/// <summary>What the value of a setting is, as a file writes it.</summary>
internal enum SettingKind
{
    Text,
    Whole,

    /// <summary>Texts; in the environment joined by commas.</summary>
    List,

    /// <summary>A text, or <c>false</c> for none at all.</summary>
    TextOrOff,
}

/// <summary>One setting: its name in files, its variable in the environment, the option that wins over both.</summary>
/// <param name="Key">as a file names it, with the table before the dot: <c>serve.port</c></param>
/// <param name="Variable">of the environment</param>
/// <param name="Default">in words, where nobody sets it; null = none</param>
internal sealed record Setting(string Key, SettingKind Kind, string Variable, string Description, string? Default)
{
    /// <summary>The option that sets it, with its dashes; null where there is none.</summary>
    public string? Option { get; init; }

    /// <summary>The command that has the option, by its path; null = every command that has one of this name.</summary>
    public string? Command { get; init; }

    /// <summary>Its value may hold a password.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What a whole number may be.</summary>
    public (long Least, long Most) Range { get; init; } = (0, long.MaxValue);
}

/// <summary>A value and where it comes from.</summary>
/// <param name="Texts">as an option would be given it; empty where nothing sets it, or it is switched off</param>
/// <param name="Source"><c>file</c>, <c>environment</c>, <c>option</c> or <c>default</c></param>
/// <param name="Where">the file and its line, the variable, the option; null of a default</param>
internal sealed record SettingValue(Setting Setting, IReadOnlyList<string> Texts, string Source, string? Where)
{
    public const string File = "file",
        Environment = "environment",
        Option = "option",
        Default = "default";

    /// <summary>It is switched off: a <see cref="SettingKind.TextOrOff"/> that says false.</summary>
    public bool IsOff { get; init; }

    public string? Text => Texts.Count > 0 ? Texts[0] : null;
}
