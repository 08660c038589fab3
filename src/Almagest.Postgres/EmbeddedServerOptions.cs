namespace Almagest.Postgres;

/// <summary>Where the private PostgreSQL server lives and how it is run.</summary>
public sealed record EmbeddedServerOptions
{
    /// <summary>
    /// The directory of the server (<c>ALMAGEST_HOME</c>). Created when missing, with access for its owner only.
    /// It must be on a local disk that supports file locks.
    /// </summary>
    public required string Home { get; init; }

    /// <summary>Receives one sentence for each step that may take a while. Called from any thread.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>
    /// Whether a committed transaction survives a power cut (the default). Without it writing is much faster and a power
    /// cut may destroy the server: for throw-away servers in tests only.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>Whether PostgreSQL may be installed with the system's package manager when there is none.</summary>
    public bool MayInstall { get; init; } = true;

    /// <summary>
    /// How long to wait for the server to answer. A server that is still replaying its log after a power cut goes on
    /// in the background when this has passed, so that a later attempt finds it ready.
    /// </summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For how long the usual program keeps the server after its last user.</summary>
    public static TimeSpan UsualKeepRunning { get; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long the server stays up after its last user is gone, so that the next one need not start it: a small process waits that
    /// long and then stops it. Zero (the default): the last user stops it at once.
    /// </summary>
    public TimeSpan KeepRunning { get; init; }

    /// <summary>The directory of <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>; null: <c>ALMAGEST_PG_BIN</c>, else search the
    /// machine.</summary>
    public string? BinaryDirectory { get; init; }

    /// <summary>
    /// Where a server goes that the home cannot hold, because the account that PostgreSQL runs under as root cannot
    /// enter the home.
    /// </summary>
    internal string SystemDirectory { get; init; } = "/var/lib/almagest";

    /// <summary>
    /// Options from <c>ALMAGEST_HOME</c>; the default is <c>$XDG_DATA_HOME/almagest</c>, else <c>~/.local/share/almagest</c>.
    /// </summary>
    public static EmbeddedServerOptions FromEnvironment(Action<string>? progress = null) =>
        new() { Home = HomeOf(Environment.GetEnvironmentVariable), Progress = progress };

    /// <summary>The home that these variables of the environment give.</summary>
    public static string HomeOf(Func<string, string?> variable) =>
        HomeFrom(variable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));

    /// <param name="variable">Gives the value of an environment variable, or null.</param>
    /// <param name="userHome">The user's home directory.</param>
    internal static string HomeFrom(Func<string, string?> variable, string userHome)
    {
        if (variable("ALMAGEST_HOME") is { Length: > 0 } home)
        {
            // Service files and container settings do not expand the tilde.
            return Path.GetFullPath(home == "~" || home.StartsWith("~/", StringComparison.Ordinal) ? userHome + home[1..] : home);
        }

        // The XDG base directory specification: a relative value is to be ignored.
        return variable("XDG_DATA_HOME") is { } data && Path.IsPathRooted(data)
            ? Path.Combine(data, "almagest")
            : Path.Combine(userHome, ".local", "share", "almagest");
    }
}
