using System.IO.Compression;
using Almagest.Ledger.Database;

namespace Almagest.Ledger.Backup;

/// <summary>A backup as a compressed file, which has its name only when it is whole.</summary>
public static class BackupFile
{
    private const string Partial = ".part";

    /// <param name="path">replaced where it exists</param>
    /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
    /// <exception cref="IOException">the file cannot be written</exception>
    /// <exception cref="UnauthorizedAccessException">the file cannot be written</exception>
    public static async Task<BackupReport> WriteAsync(
        LedgerDatabase ledger,
        string path,
        IProgress<BackupProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var partial = path + Partial;
        try
        {
            BackupReport report;
            await using (var file = new FileStream(partial, Options()))
            await using (var packed = new GZipStream(file, CompressionLevel.Fastest))
                report = await new LedgerBackup(ledger).WriteAsync(packed, progress, cancellationToken);
            File.Move(partial, path, overwrite: true);
            return report;
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    // It holds notes and names of people: for the account that writes it alone.
    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = 1 << 16,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
