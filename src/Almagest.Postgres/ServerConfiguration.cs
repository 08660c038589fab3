using System.Globalization;
using System.Text;

namespace Almagest.Postgres;

/// <summary>
/// The server's settings: for analytics on the machine at hand, beside other programs. Written to
/// <c>almagest.conf</c> in the data directory at each start; <c>local.conf</c> beside it, the user's own, wins.
/// </summary>
internal static class ServerConfiguration
{
    public const string FileName = "almagest.conf";

    /// <summary>Appended to <c>postgresql.conf</c> when the server is made.</summary>
    public const string Include = "\ninclude 'almagest.conf'\ninclude 'local.conf'\n";

    /// <summary>Whoever the kernel says is the account or root may connect, over the socket; nobody else, from nowhere.</summary>
    public const string HostBasedAuthentication =
        $"local all {OwnerRole.Name} peer map=almagest\nlocal all {OwnerRole.Administrator} peer map=almagest\n";

    public static string IdentityMap(ServerAccount account) =>
        string.Concat(new[] { OwnerRole.Name, OwnerRole.Administrator }.Select(role => MapOf(account, role)));

    /// <summary>The lines of <c>pg_ident.conf</c> by which the account and root may be a role.</summary>
    public static string MapOf(ServerAccount account, string role) => $"almagest \"{account.Name}\" {role}\nalmagest root {role}\n";

    public static string Write(bool durable) =>
        Write(
            durable,
            memory: GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            sharedMemory: SharedMemory(),
            processors: Environment.ProcessorCount
        );

    /// <param name="durable">Whether commits survive a power cut.</param>
    /// <param name="memory">Bytes of memory of the machine or container.</param>
    /// <param name="sharedMemory">Bytes free in <c>/dev/shm</c>.</param>
    /// <param name="processors">Processors that may be used.</param>
    internal static string Write(bool durable, long memory, long sharedMemory, int processors)
    {
        const long Megabyte = 1 << 20;
        var total = memory / Megabyte;
        var text = new StringBuilder("# Written by almagest at each start. Put settings of your own into local.conf.\n");

        Set("listen_addresses", "''");
        Set("unix_socket_permissions", "0700");
        Set("max_connections", "100");
        Set("timezone", "'UTC'");
        Set("log_timezone", "'UTC'");

        // Several throw-away servers may run at once.
        Set("shared_buffers", Size(Math.Clamp(total / 8, 32, durable ? 4096 : 256)));
        Set("effective_cache_size", Size(Math.Max(total / 2, 64)));
        Set("work_mem", Size(Math.Clamp(total / 256, 4, 128)));
        Set("maintenance_work_mem", Size(Math.Clamp(total / 16, 32, 1024)));
        // A container often has 64 MB of /dev/shm, which one parallel query fills: use files instead.
        Set("dynamic_shared_memory_type", sharedMemory < 512 * Megabyte ? "mmap" : "posix");
        Set("max_parallel_workers_per_gather", Number(Math.Clamp(processors / 2, 1, 4)));
        Set("max_parallel_workers", Number(Math.Max(processors, 2)));

        // Nobody replicates a private server, and minimal logging lets bulk loads skip the log.
        Set("wal_level", "minimal");
        Set("max_wal_senders", "0");
        Set("max_wal_size", "2GB");
        Set("min_wal_size", "160MB");
        Set("checkpoint_timeout", "15min");
        Set("wal_compression", "on");
        Set("random_page_cost", "1.1");
        Set("effective_io_concurrency", "200");
        // Compiling a query costs more than the short ones of the ledger take.
        Set("jit", "off");

        Set("logging_collector", "on");
        Set("log_directory", "'../log'");
        Set("log_filename", "'postgresql-%a.log'");
        Set("log_rotation_age", "1d");
        Set("log_rotation_size", "0");
        Set("log_truncate_on_rotation", "on");
        Set("log_line_prefix", "'%m [%p] %e '");

        if (!durable)
        {
            Set("fsync", "off");
            Set("synchronous_commit", "off");
            Set("full_page_writes", "off");
        }

        return text.ToString();

        void Set(string name, string value) => text.Append(name).Append(" = ").Append(value).Append('\n');
        static string Size(long megabytes) => Number(megabytes) + "MB";
        static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Bytes free in <c>/dev/shm</c>; 0 where ordinary users may not write there, as in some chroots.</summary>
    private static long SharedMemory()
    {
        const int WritableForAll = 0x2;
        return Native.Stat("/dev/shm") is { } facts && (facts.Permissions & WritableForAll) != 0 ? FreeSpace("/dev/shm") ?? 0 : 0;
    }

    /// <summary>Bytes that may still be written below a path; null where that is unknown.</summary>
    public static long? FreeSpace(string path)
    {
        try
        {
            return new DriveInfo(path).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
