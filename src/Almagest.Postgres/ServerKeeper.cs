using System.Diagnostics;
using System.Globalization;

namespace Almagest.Postgres;

/// <summary>
/// A small process (a shell) that outlives the programs that use a server, and stops it when nobody has used it for a while. It is not
/// needed for anything else: where it is killed, the server goes on, and the next program that uses it starts another keeper.
/// </summary>
/// <remarks>
/// <para>It follows the rules of everybody: it stops the server only while it holds <c>control.lock</c>, under which servers are started
/// and leases are taken, and <c>lease.lock</c> alone. So no program finds a server that is about to stop: whoever comes meanwhile waits for
/// the control lock, and starts the server anew. What stops the server inherits the control lock, and keeps it if the keeper is
/// killed.</para>
/// <para>How long the server is wanted is the time stamp of <c>lease.lock</c>: each lease sets it ahead when it begins and when it ends,
/// and the keeper while somebody has a session of it open, with <c>psql</c> for instance.
/// Programs that know nothing of keepers stop the server themselves; the keeper then finds none and ends.</para>
/// <para><c>keeper.lock</c> says that one lives. It ends before it lets go of the control lock.</para>
/// </remarks>
/// <param name="find">finds the programs of the server, which takes a process: only where a keeper is started</param>
internal sealed class ServerKeeper(ServerLocation place, ServerAccount account, Func<PostgresBinaries?> find, TimeSpan keep) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    // Sessions of whatever program, copies of the server (pg_basebackup) among them, that no lease knows of. Of sessions of others the
    // owner sees no more than whose they are and of which database; processes of the server itself lack one of the two.
    private const string Sessions =
        "select count(*) from pg_stat_activity where pid <> pg_backend_pid() and "
        + "(datid is not null and usesysid is not null or pid in (select pid from pg_stat_replication))";

    // $1 the home, $2 the data directory, $3 seconds between two looks, $4 seconds for which the server stays after its last session,
    // $5 psql, $6 the socket's directory, $7 the role, $8 the question how many sessions there are, then the command that stops the server.
    // 7 is lease.lock, 8 control.lock, 9 keeper.lock. The pauses do not hold it: a killed keeper is gone at once. It waits a moment for
    // it, because whoever looks for a keeper holds it for an instant.
    private const string Script = """
        exec </dev/null >/dev/null 2>&1
        cd /
        home=$1 data=$2 pause=$3 keep=$4 psql=$5 socket=$6 role=$7 question=$8
        shift 8
        sessions() {
          PGCONNECT_TIMEOUT=5 timeout 10 "$psql" -X -w -A -t -q -h "$socket" -p 5432 -U "$role" -d almagest -c "$question" 7>&- 8>&- 9>&-
        }
        exec 9>>"$home/keeper.lock"
        flock -w 1 9 || exit 0
        while sleep "$pause" 9>&-; do
          [ -d "$data" ] && [ -e "$home/control.lock" ] || exit 0
          exec 8>>"$home/control.lock"
          if flock -n 8; then
            server=$(head -n 1 "$data/postmaster.pid" 9>&-)
            case $server in
              '' | *[!0-9]*) exec 9>&-; exit 0 ;;
            esac
            if ! [ "/proc/$server/cwd" -ef "$data" ]; then exec 9>&-; exit 0; fi
            exec 7>>"$home/lease.lock"
            if flock -n 7 && [ "$(date +%s)" -ge "$(stat -c %Y "$home/lease.lock")" ]; then
              case $(sessions) in
                '' | 0)
                  "$@" 7>&- 9>&-
                  exec 9>&-
                  exit 0
                  ;;
              esac
              touch -d "@$(($(date +%s) + keep))" "$home/lease.lock"
            fi
            exec 7>&-
          fi
          exec 8>&-
        done
        """;

    private Process? _started;

    private string Lock => Path.Combine(place.Home, "keeper.lock");

    /// <summary>From now on the server is wanted for so long.</summary>
    public void Extend()
    {
        try
        {
            File.SetLastWriteTimeUtc(place.LeaseLock, DateTime.UtcNow + keep);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then it stops somewhat earlier.
        }
    }

    /// <summary>Starts one where none lives. Needs a lease, or the control lock.</summary>
    public void Ensure()
    {
        if (IsAlive() || find() is not { } binaries)
            return;
        var pause = (int)Math.Clamp(keep.TotalSeconds / 12, 1, 5);
        // In a session of its own a Ctrl-C at the terminal does not reach it.
        _started = HostProcess.Start([
            "setsid",
            "/bin/sh",
            "-c",
            Script,
            "almagest-keeper",
            place.Home,
            place.Data,
            pause.ToString(CultureInfo.InvariantCulture),
            Math.Ceiling(keep.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            binaries.Psql,
            place.SocketDirectory,
            OwnerRole.Name,
            Sessions,
            .. account.Command(binaries.PgCtl, "stop", "-D", place.Data, "-m", "fast", "-w", "-t", "120", "-s"),
        ]);
    }

    /// <summary>Whether one lives that will stop the server; one that was started just now is waited for.</summary>
    public async Task<bool> IsThereAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (!IsAlive())
        {
            if (_started is null || _started.HasExited || Stopwatch.GetElapsedTime(began) > s_patience)
                return false;
            await Task.Delay(5).ConfigureAwait(false);
        }
        return true;
    }

    private bool IsAlive()
    {
        using var free = FileLock.TryTake(Lock, exclusive: true, place.HomeFacts);
        return free is null;
    }

    public void Dispose() => _started?.Dispose();
}
