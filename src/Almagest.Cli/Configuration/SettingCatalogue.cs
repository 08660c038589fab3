using System.CommandLine;
using System.Text.RegularExpressions;
using Almagest.Ledger.Database;
using Almagest.Postgres;

namespace Almagest.Cli.Configuration;

/// <summary>All settings: those of every command, and every option of <c>serve</c>.</summary>
internal static partial class SettingCatalogue
{
    public const string Home = "home";
    public const string Database = "database";
    public const string KeepRunning = "keep_running";
    public const string Postgres = "postgres";
    public const string Results = "results";
    public const string MinFree = "min_free_mib";
    public const string Nightly = "serve.nightly";
    public const string NoNightly = "--no-nightly";
    public const string ReadDatabase = "--read-database";

    /// <summary>The command whose options are settings.</summary>
    public const string Serve = "serve";

    /// <summary>Settings that mean nothing where nothing is done at night.</summary>
    public static readonly string[] OfTheNight = [Nightly, "serve.time_zone", "serve.backup_folder", "serve.backups_kept"];

    private static readonly Setting[] s_everywhere =
    [
        new(Home, SettingKind.Text, "ALMAGEST_HOME", "The folder of the embedded database", "~/.local/share/almagest"),
        new(Database, SettingKind.Text, "ALMAGEST_DATABASE", "The ledger's database", "the embedded PostgreSQL")
        {
            Option = "--database",
            IsSecret = true,
        },
        new(
            KeepRunning,
            SettingKind.Whole,
            "ALMAGEST_KEEP_RUNNING",
            "Seconds for which the embedded database stays up after the last command; 0 = it stops at once",
            $"{EmbeddedServerOptions.UsualKeepRunning.TotalSeconds}"
        )
        {
            Range = (0, 86_400),
        },
        new(Postgres, SettingKind.Text, "ALMAGEST_PG_BIN", "The folder of PostgreSQL's programs for the embedded database", "searched for"),
        new(
            Results,
            SettingKind.Text,
            LedgerDatabase.ResultsVariable,
            "The folder for results that are kept in files, of runs over catalogues that are read where they lie",
            "the folder results in home"
        ),
        new(
            MinFree,
            SettingKind.Whole,
            DiskSpace.Variable,
            "Free space below which nothing is written to the disk of the database, MiB",
            $"{DiskSpace.Reserve >> 20}"
        )
        {
            Range = (0, 1L << 40),
        },
        new("threads", SettingKind.Whole, "ALMAGEST_THREADS", "Threads of a run, for discover and sweep", "one per core")
        {
            Option = "--threads",
            Range = (1, 1024),
        },
    ];

    /// <param name="root">the command tree, which has the options of <c>serve</c></param>
    public static IReadOnlyList<Setting> Of(RootCommand root) =>
        [
            .. s_everywhere,
            .. root
                .Subcommands.Single(c => c.Name == Serve)
                .Options.Where(o => !o.Hidden && !o.Recursive && o.Name != NoNightly)
                .Select(OfServe),
        ];

    private static Setting OfServe(Option option)
    {
        var name = option.Name.TrimStart('-').Replace('-', '_');
        var key = $"{Serve}.{name}";
        var kind =
            key == Nightly ? SettingKind.TextOrOff
            : option.ValueType == typeof(long?) ? SettingKind.Whole
            : option.ValueType.IsArray ? SettingKind.List
            : SettingKind.Text;
        var variable = name == "token_file" ? "ALMAGEST_TOKEN_FILE" : $"ALMAGEST_SERVE_{name.ToUpperInvariant()}";
        return new Setting(key, kind, variable, option.Description ?? "", DefaultOf(option))
        {
            Option = option.Name,
            Command = Serve,
            IsSecret = option.Name == ReadDatabase,
        };
    }

    // The help says it, in words that a test reads.
    private static string? DefaultOf(Option option) =>
        Default().Match(option.Description ?? "") is { Success: true } said && said.Groups[1].Value.Trim('\'') is var text && text != "none"
            ? text
            : null;

    [GeneratedRegex(@"\(default:? ('[^']*'|[^);:]+)")]
    private static partial Regex Default();
}
