namespace Almagest.Cli.Configuration;

/// <summary>Where settings may stand.</summary>
/// <param name="SystemFile">the file for everybody on the machine; null = none is looked for</param>
/// <param name="IsSystemFileNamed">it was named, and has to be there</param>
/// <param name="ReadsHome">whether the file in the home counts</param>
/// <param name="Variable">gives the value of an environment variable, or null</param>
internal sealed record SettingSources(string? SystemFile, bool IsSystemFileNamed, bool ReadsHome, Func<string, string?> Variable)
{
    /// <summary>Names another file in the place of the one for everybody.</summary>
    public const string FileVariable = "ALMAGEST_CONFIG";

    public const string UsualSystemFile = "/etc/almagest/config.toml";

    /// <summary>The file in the home.</summary>
    public const string FileName = "config.toml";

    /// <summary>The environment alone.</summary>
    public static SettingSources WithoutFiles { get; } = new(null, false, false, Environment.GetEnvironmentVariable);

    public static SettingSources OfThisProcess() =>
        Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } named
            ? new(Path.GetFullPath(named), true, true, Environment.GetEnvironmentVariable)
            : new(UsualSystemFile, false, true, Environment.GetEnvironmentVariable);
}
