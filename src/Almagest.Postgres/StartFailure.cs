namespace Almagest.Postgres;

/// <summary>
/// Explains why PostgreSQL did not start, from what it printed. Its messages are in English (we start it so); after it has
/// read its settings each line also holds the SQLSTATE.
/// </summary>
internal static class StartFailure
{
    private const int LinesShown = 8;
    private const long FullDisk = 64 << 10;

    public static PostgresServerException Explain(string what, string printed, ServerLocation place)
    {
        var (why, hint) = Classify(printed, place);
        var lines = LastLines(printed);
        return new PostgresServerException($"{what}: {why}.{(lines.Length > 0 ? $"\n{lines}" : "")}", hint);
    }

    private static (string Why, string Hint) Classify(string printed, ServerLocation place)
    {
        // On a full disk there may be no log that says so.
        if (
            (Says("No space left on device", " 53100 ") && !Says("shared memory"))
            || ServerConfiguration.FreeSpace(place.Directory) < FullDisk
        )
        {
            return ("the disk is full", PathFailure.DiskFullHint);
        }

        if (Says("Disk quota exceeded"))
            return ("the disk quota is used up", PathFailure.DiskFullHint);
        if (Says("Read-only file system"))
            return ("the file system is read-only", PathFailure.ReadOnlyHint);
        if (Says("incompatible with server"))
        {
            return (
                "its data were written by another version of PostgreSQL",
                "Set ALMAGEST_PG_BIN to the programs of the version that wrote them."
            );
        }

        if (Says(" F0000 ", "FATAL:  configuration file", "FATAL:  could not load"))
        {
            return ("a setting is wrong", $"Correct {Path.Combine(place.Data, "local.conf")} or postgresql.conf beside it.");
        }

        if (Says("lock file \"postmaster.pid\" already exists", "pre-existing shared memory block"))
        {
            return (
                "another server already works in its data directory",
                $"Stop the process that {PostmasterFile.PathIn(place.Data)} names, if it is a postgres, and try again."
            );
        }

        if (Says("shared memory", "Cannot allocate memory", " 53200 "))
        {
            return (
                "there is not enough (shared) memory",
                $"Close other programs or raise the memory limit of the container; or put smaller sizes, such as shared_buffers = "
                    + $"32MB, into {Path.Combine(place.Data, "local.conf")}."
            );
        }

        if (
            Says(
                "checkpoint record",
                "pg_control",
                "PANIC",
                " XX001 ",
                " XX002 ",
                " 58P01 ",
                "invalid page",
                "not a valid data directory",
                "No such file or directory",
                "invalid magic"
            )
        )
        {
            return (
                $"its files in {place.Data} are damaged or incomplete",
                $"Restore them from a backup; or, to begin with an empty ledger, move {place.Data} away and try again."
            );
        }

        if (Says("Permission denied", "Operation not permitted", " 42501 "))
        {
            return ("permission denied", PathFailure.PermissionHint(place.Directory));
        }

        return ("PostgreSQL did not start", $"Its log is in {place.Logs} and {place.StartLog}.");

        bool Says(params ReadOnlySpan<string> texts)
        {
            foreach (var text in texts)
            {
                if (printed.Contains(text, StringComparison.Ordinal))
                    return true;
            }

            return false;
        }
    }

    public static string LastLines(string printed) =>
        string.Join(
            '\n',
            printed
                .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .TakeLast(LinesShown)
                .Select(line => "  " + line)
        );
}
