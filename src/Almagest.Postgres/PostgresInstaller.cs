namespace Almagest.Postgres;

/// <summary>
/// Installs PostgreSQL with Debian's package manager, without the server that the package would otherwise create and
/// start for the whole machine.
/// </summary>
internal static class PostgresInstaller
{
    private const string Command = "sudo apt-get install -y postgresql";

    // Debian's package creates the cluster "main" on its first installation unless a file in this directory says no
    // (postgresql-common, createcluster.conf). The file goes away afterwards: what else is installed later is not our
    // business. $1: the file's name, of this process alone.
    private const string Script = """
        set -eu
        export DEBIAN_FRONTEND=noninteractive LC_ALL=C
        mkdir -p /etc/postgresql-common/createcluster.d
        setting="/etc/postgresql-common/createcluster.d/$1.conf"
        trap 'rm -f "$setting"' EXIT
        trap 'exit 1' HUP INT TERM
        printf 'create_main_cluster = false\n' >"$setting"
        install() { apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 postgresql; }
        if ! apt-cache show postgresql >/dev/null 2>&1; then apt-get update -q; install; exit; fi
        install || { apt-get update -q; install; }
        """;

    /// <summary>Installs the package <c>postgresql</c> and finds what it brought.</summary>
    /// <exception cref="PostgresServerException">It may not or cannot; the hint is the one command to run.</exception>
    public static async Task<PostgresBinaries> InstallAsync(EmbeddedServerOptions options, CancellationToken cancellationToken)
    {
        const string Missing = "No PostgreSQL server of version 15 or newer is on this machine";
        const string Manual = "Install one: " + Command + " (or set ALMAGEST_PG_BIN to the directory of initdb and postgres).";
        if (!File.Exists("/usr/bin/apt-get"))
        {
            throw new PostgresServerException(
                $"{Missing}, and it has no apt-get to install it with.",
                "Install PostgreSQL's server with the system's package manager, or set ALMAGEST_PG_BIN to the directory of initdb and "
                    + "postgres."
            )
            {
                Code = PostgresServerException.NotPossibleHere,
            };
        }

        if (!options.MayInstall || await PrivilegeAsync(cancellationToken).ConfigureAwait(false) is not { } privilege)
            throw new PostgresServerException($"{Missing}.", Manual) { Code = PostgresServerException.NotPossibleHere };

        options.Progress?.Invoke(
            "No PostgreSQL found: installing Debian's package postgresql, without a system-wide server (apt-get install postgresql)…"
        );
        var result = await HostProcess
            .RunAsync(
                [.. privilege, "/bin/sh", "-c", Script, "almagest-install", $"almagest-{Environment.ProcessId}"],
                cancellationToken: cancellationToken
            )
            .ConfigureAwait(false);
        if (!result.Succeeded)
        {
            throw new PostgresServerException($"Cannot install PostgreSQL:\n{StartFailure.LastLines(result.Text)}", Manual)
            {
                Code = PostgresServerException.NotPossibleHere,
            };
        }

        return PostgresBinaries.Find(options.BinaryDirectory)
            ?? throw new PostgresServerException(
                $"{Missing}, even after installing Debian's package: this Debian is too old.",
                "Install PostgreSQL 15 or newer from apt.postgresql.org, or set ALMAGEST_PG_BIN to its programs."
            );
    }

    /// <summary>What to put before a command that needs root; null where we may not.</summary>
    private static async Task<IReadOnlyList<string>?> PrivilegeAsync(CancellationToken cancellationToken)
    {
        if (Native.IsRoot)
            return [];
        if (!File.Exists("/usr/bin/sudo"))
            return null;
        var sudo = await HostProcess.RunAsync(["/usr/bin/sudo", "-n", "true"], cancellationToken: cancellationToken).ConfigureAwait(false);
        return sudo.Succeeded ? ["/usr/bin/sudo", "-n"] : null;
    }
}
