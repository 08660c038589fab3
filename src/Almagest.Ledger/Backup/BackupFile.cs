using System.IO.Compression;
using System.IO.Pipelines;
using Almagest.Ledger.Database;

namespace Almagest.Ledger.Backup;

/// <summary>A backup or an export as a compressed file, which has its name only when it is whole; or as a stream.</summary>
public static class BackupFile
{
    /// <summary>The ending of a file that is being written, behind its name.</summary>
    public const string Partial = ".part";

    /// <param name="path">replaced where it exists</param>
    /// <param name="purpose">of <see cref="BackupPurpose"/></param>
    /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
    /// <exception cref="IOException">the file cannot be written</exception>
    /// <exception cref="UnauthorizedAccessException">the file cannot be written</exception>
    /// <exception cref="Contract.Errors.LedgerException">it would fill the disk of the database, or that has trouble</exception>
    public static async Task<BackupReport> WriteAsync(
        LedgerDatabase ledger,
        string path,
        string purpose,
        IProgress<BackupProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var partial = path + Partial;
        var room = await DiskSpace.BesideAsync(ledger, path, cancellationToken);
        room();
        try
        {
            BackupReport report;
            await using (var file = new FileStream(partial, Options()))
                report = await WriteAsync(ledger, file, purpose, new Watched(room, progress), cancellationToken);
            File.Move(partial, path, overwrite: true);
            return report;
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private sealed class Watched(Action room, IProgress<BackupProgress>? told) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value)
        {
            room();
            told?.Report(value);
        }
    }

    /// <param name="stream">gets the compressed content; stays open</param>
    /// <inheritdoc cref="WriteAsync(LedgerDatabase, string, string, IProgress{BackupProgress}, CancellationToken)"/>
    public static async Task<BackupReport> WriteAsync(
        LedgerDatabase ledger,
        Stream stream,
        string purpose,
        IProgress<BackupProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        await using var packed = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true);
        return await new LedgerBackup(ledger).WriteAsync(packed, purpose, progress, cancellationToken);
    }

    /// <summary>A ledger into an empty one, with no file between them.</summary>
    /// <returns>what was read there</returns>
    /// <exception cref="Contract.Errors.LedgerException">one of the databases has trouble, or the target is not empty</exception>
    public static async Task<BackupReport> CopyAsync(
        LedgerDatabase from,
        LedgerDatabase to,
        IProgress<BackupProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 1 << 20));
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = Task.Run(
            async () =>
            {
                try
                {
                    await using var stream = pipe.Writer.AsStream(leaveOpen: true);
                    await new LedgerBackup(from).WriteAsync(stream, BackupPurpose.Export, null, both.Token);
                    await pipe.Writer.CompleteAsync();
                }
                catch (Exception e)
                {
                    // The reader gets it, and takes back what it has read.
                    await pipe.Writer.CompleteAsync(e);
                }
            },
            CancellationToken.None
        );
        try
        {
            return await new LedgerRestore(to).ReadAsync(pipe.Reader.AsStream(), progress, both.Token);
        }
        finally
        {
            await both.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await writing;
        }
    }

    /// <summary>What is in a stream, unpacked where it is packed.</summary>
    /// <param name="stream">from its present position; the answer closes it</param>
    public static async Task<Stream> OpenAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 1 << 16));
        var start = await reader.ReadAtLeastAsync(2, cancellationToken);
        var isPacked = IsPacked(start.Buffer.Length >= 2 ? start.Buffer.Slice(0, 2) : start.Buffer);
        reader.AdvanceTo(start.Buffer.Start);
        var whole = reader.AsStream();
        return isPacked ? new GZipStream(whole, CompressionMode.Decompress) : whole;
    }

    private static bool IsPacked(System.Buffers.ReadOnlySequence<byte> start)
    {
        Span<byte> magic = stackalloc byte[2];
        if (start.Length < magic.Length)
            return false;
        System.Buffers.BuffersExtensions.CopyTo(start, magic);
        return magic is [0x1F, 0x8B];
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
