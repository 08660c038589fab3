using System.Globalization;
using Almagest.Contract.Errors;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>Room where the database's files lie. PostgreSQL stops when it cannot write its log: what writes much asks beforehand.</summary>
/// <param name="Directory">the database server's data directory</param>
/// <param name="FreeBytes">what an ordinary program may still write there</param>
/// <param name="SizeBytes">of the file system</param>
public sealed record DiskSpace(string Directory, long FreeBytes, long SizeBytes)
{
    /// <summary>Environment variable: free space below which writes are refused, MiB.</summary>
    public const string Variable = "ALMAGEST_MIN_FREE_MIB";

    private const long Default = 512L << 20;

    // No database lies there: what others need for a moment.
    private const long ForFiles = 16L << 20;

    /// <summary>What is left free for the database's own work, bytes: 512 MiB where the environment does not say otherwise.</summary>
    public static long Reserve { get; } =
        long.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes)
            ? Math.Min(mebibytes, long.MaxValue >> 20) << 20
            : Default;

    /// <summary>The room of a ledger's database; null where its files are not on this machine, or cannot be found.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static async Task<DiskSpace?> OfAsync(LedgerDatabase ledger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return await ledger.DataDirectoryAsync(cancellationToken).ConfigureAwait(false) is { } directory ? At(directory) : null;
    }

    /// <summary>Refuses what would fill the database's disk.</summary>
    /// <param name="bytes">roughly what is to be written, 0 where that is little</param>
    /// <exception cref="LedgerException">there is too little room, or the database has trouble</exception>
    public static async Task RequireAsync(LedgerDatabase ledger, long bytes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        if (await OfAsync(ledger, cancellationToken).ConfigureAwait(false) is { } disk)
            Require(disk, bytes, ledger.ReservedBytes);
    }

    /// <summary>Refuses what the database does for itself, such as refreshing its views: the reserve is there for it, but for a
    /// quarter.</summary>
    /// <exception cref="LedgerException">there is too little room, or the database has trouble</exception>
    public static async Task RequireForUpkeepAsync(LedgerDatabase ledger, long bytes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        if (await OfAsync(ledger, cancellationToken).ConfigureAwait(false) is { } disk)
            Require(disk, bytes, ledger.ReservedBytes / 4);
    }

    /// <summary>
    /// What a file must leave free that is written beside the database, such as a backup: asked again and again while it grows, it refuses
    /// before the database stops. On another disk it asks nothing: a file that does not fit there harms nobody else.
    /// </summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static async Task<Action> BesideAsync(LedgerDatabase ledger, string file, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(file);
        if (
            await OfAsync(ledger, cancellationToken).ConfigureAwait(false) is not { } disk
            || MountOf(disk.Directory) != MountOf(Path.GetFullPath(file))
        )
            return () => { };
        return () =>
        {
            if (At(disk.Directory) is { } now)
                Require(now, 0, ledger.ReservedBytes);
        };
    }

    private static string MountOf(string path) =>
        DriveInfo
            .GetDrives()
            .Select(d => d.Name)
            .Where(mount => path == mount || path.StartsWith(mount.TrimEnd('/') + "/", StringComparison.Ordinal))
            .MaxBy(mount => mount.Length)
        ?? "";

    /// <summary>Refuses a file that would fill the disk of the folder for files that people send.</summary>
    /// <exception cref="LedgerException">there is too little room</exception>
    public static void RequireForFiles(string directory, long bytes)
    {
        if (At(directory) is { } disk && disk.FreeBytes - bytes < ForFiles)
            throw Refusal(
                disk,
                bytes,
                ForFiles,
                $"there is no room for the file: {Written(disk.FreeBytes)} are free in {disk.Directory}"
                    + (bytes > disk.FreeBytes / 10 ? $", {Written(bytes)} are needed" : ""),
                "Free some space there, or let TMPDIR name a folder on another disk."
            );
    }

    /// <summary>Refuses results that would fill the disk of the folder for them.</summary>
    /// <param name="reserve">what is left free</param>
    /// <exception cref="LedgerException">there is too little room</exception>
    public static void RequireForResults(string directory, long bytes, long reserve)
    {
        if (At(directory) is { } disk && disk.FreeBytes - bytes < reserve)
            throw Refusal(
                disk,
                bytes,
                reserve,
                $"there is no room for the results: {Written(disk.FreeBytes)} are free in {disk.Directory}, some {Written(bytes)} are "
                    + $"needed and {Written(reserve)} stay free",
                "Free some space there, or let the folder for results be one on another disk."
            );
    }

    private static void Require(DiskSpace disk, long bytes, long reserve)
    {
        if (disk.FreeBytes - bytes < reserve)
            throw Refusal(
                disk,
                bytes,
                reserve,
                $"the disk of {disk.Directory} is nearly full: {Written(disk.FreeBytes)} are free, "
                    + (bytes > reserve / 10 ? $"some {Written(bytes)} are needed and " : "")
                    + $"{Written(reserve)} stay free for the database itself",
                $"Free some space there, or delete runs that are not needed; what is stored can still be read. {Variable} sets the limit."
            );
    }

    private static LedgerException Refusal(DiskSpace disk, long bytes, long reserve, string message, string remedy) =>
        LedgerException
            .Of(ErrorCode.DiskNearlyFull, message, remedy)
            .With("free_bytes", disk.FreeBytes)
            .With("needed_bytes", bytes)
            .With("reserved_bytes", reserve);

    private static DiskSpace? At(string directory)
    {
        try
        {
            var drive = new DriveInfo(directory);
            return new DiskSpace(directory, drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// The data directory of the server that a connection leads to, if it is one of this machine: that it has a directory of this name
    /// does not make it so, the same server must run there.
    /// </summary>
    internal static async Task<string?> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select (select setting from pg_settings where name = 'data_directory'),
                   extract(epoch from pg_postmaster_start_time())::double precision
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false))
            return null;
        var (directory, started) = (reader.GetString(0), reader.GetDouble(1));
        try
        {
            // Its third line is when the server started, s since 1970.
            var written = File.ReadLines(Path.Combine(directory, "postmaster.pid")).ElementAtOrDefault(2);
            return
                long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds - started) < 10
                ? directory
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Written(long bytes) =>
        bytes >= 1L << 30
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0} MiB");
}
