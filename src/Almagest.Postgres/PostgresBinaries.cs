using System.Globalization;
using System.Text.RegularExpressions;

namespace Almagest.Postgres;

/// <summary>An installation of the PostgreSQL server.</summary>
/// <param name="Directory">Where <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c> are.</param>
/// <param name="MajorVersion">15, 16, …</param>
internal sealed partial record PostgresBinaries(string Directory, int MajorVersion)
{
    /// <summary>The oldest version that the ledger runs on.</summary>
    public const int OldestVersion = 15;

    private static readonly string[] s_programs = ["initdb", "pg_ctl", "postgres"];

    public string InitDb => Path.Combine(Directory, "initdb");

    public string PgCtl => Path.Combine(Directory, "pg_ctl");

    /// <summary>Beside the server's programs, or wherever it is found: packages for clients have it.</summary>
    public string Psql => Path.Combine(Directory, "psql") is var beside && File.Exists(beside) ? beside : "psql";

    public string Postgres => Path.Combine(Directory, "postgres");

    /// <summary>
    /// Finds the server's programs: in <c>PATH</c>, else the newest of <c>/usr/lib/postgresql/*/bin</c> and
    /// <c>/usr/pgsql-*/bin</c>. Null where there is none of version 15 or newer.
    /// </summary>
    /// <param name="directory">Look only there (default: <c>ALMAGEST_PG_BIN</c>, if set).</param>
    /// <param name="majorVersion">Accept only this version: that of an existing data directory.</param>
    /// <exception cref="PostgresServerException">The directory that was named does not have them.</exception>
    public static PostgresBinaries? Find(string? directory = null, int? majorVersion = null)
    {
        directory ??= Environment.GetEnvironmentVariable("ALMAGEST_PG_BIN");
        if (string.IsNullOrEmpty(directory))
            return FindAll().FirstOrDefault(found => majorVersion is null || found.MajorVersion == majorVersion);

        var named =
            TryOpen(Path.GetFullPath(directory))
            ?? throw new PostgresServerException(
                $"ALMAGEST_PG_BIN names {directory}, which does not hold initdb, pg_ctl and postgres.",
                "Set it to the directory of PostgreSQL's server programs, such as /usr/lib/postgresql/15/bin, or unset it."
            );
        if (named.MajorVersion < OldestVersion)
        {
            throw new PostgresServerException(
                $"ALMAGEST_PG_BIN names PostgreSQL {named.MajorVersion} in {directory}; {OldestVersion} or newer is needed.",
                "Set it to the directory of a newer version, or unset it."
            );
        }

        return majorVersion is null || named.MajorVersion == majorVersion ? named : null;
    }

    /// <summary>Every installation of a sufficient version, the preferred one first.</summary>
    internal static IEnumerable<PostgresBinaries> FindAll()
    {
        var inPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var inSystem = Children("/usr/lib/postgresql", "*")
            .Concat(Children("/usr", "pgsql-*"))
            .Select(version => Path.Combine(version, "bin"))
            .OrderByDescending(bin =>
                int.TryParse(VersionInName().Match(bin).Value, CultureInfo.InvariantCulture, out var number) ? number : 0
            );
        return inPath.Concat(inSystem).Select(TryOpen).OfType<PostgresBinaries>().Where(found => found.MajorVersion >= OldestVersion);

        static string[] Children(string parent, string pattern) =>
            System.IO.Directory.Exists(parent) ? System.IO.Directory.GetDirectories(parent, pattern) : [];
    }

    private static PostgresBinaries? TryOpen(string directory)
    {
        if (!Path.IsPathRooted(directory) || !s_programs.All(program => File.Exists(Path.Combine(directory, program))))
            return null;
        using var process = HostProcess.Start([Path.Combine(directory, "postgres"), "--version"]);
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "postgres (PostgreSQL) 18beta1"
        var version = VersionInOutput().Match(printed);
        return version.Success ? new PostgresBinaries(directory, int.Parse(version.Groups[1].Value, CultureInfo.InvariantCulture)) : null;
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionInOutput();

    [GeneratedRegex(@"\d+")]
    private static partial Regex VersionInName();
}
