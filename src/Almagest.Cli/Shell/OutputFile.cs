using System.IO.Compression;
using System.Text;
using Almagest.Postgres;

namespace Almagest.Cli.Shell;

/// <summary>
/// A file that a command writes: compressed where its name ends in <c>.gz</c>, and in place under its name only when it is whole. A link
/// stays, and what it leads to is replaced; a device or a pipe is written into, never replaced.
/// </summary>
internal sealed class OutputFile : IAsyncDisposable
{
    // <errno.h> of Linux and of macOS.
    private const int DiskFull = 28,
        QuotaExceeded = 122,
        ReadOnly = 30;

    private readonly string _path;
    private readonly string? _partial;
    private bool _kept;

    private OutputFile(string path, string? partial, Stream stream)
    {
        _path = path;
        _partial = partial;
        Stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? new GZipStream(stream, CompressionLevel.Fastest)
            : new BufferedStream(stream, 1 << 16);
        Writer = new StreamWriter(Stream, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
    }

    public Stream Stream { get; }

    public StreamWriter Writer { get; }

    public string Path => _path;

    /// <summary>How large the whole file is; null of what keeps nothing, such as a pipe.</summary>
    public long? Bytes => _partial is null ? null : new FileInfo(_path).Length;

    /// <exception cref="CommandFailedException">it cannot be created</exception>
    public static OutputFile Create(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new UsageException($"{path} is a folder", "Name a file with -o.", "--output");
        try
        {
            if (FileKind.IsSpecial(full))
                return new OutputFile(full, null, new FileStream(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite));
            full = FileKind.TargetOf(full);
            var partial = full + ".part";
            return new OutputFile(full, partial, new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.Read));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure(path, e);
        }
    }

    /// <summary>Runs some writing, with trouble of the disk in words.</summary>
    public async Task WriteAsync(Func<StreamWriter, Task> write)
    {
        try
        {
            await write(Writer);
            await Writer.DisposeAsync();
            if (_partial is not null)
                File.Move(_partial, _path, overwrite: true);
            _kept = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure(_path, e);
        }
    }

    /// <summary>Trouble of the disk in words.</summary>
    public static CommandFailedException Failure(string path, Exception e) =>
        e switch
        {
            DirectoryNotFoundException => new($"the folder of {path} does not exist", "Create it first, or choose another place.", e),
            UnauthorizedAccessException => new($"{path} cannot be written: permission denied", "Choose a place that you may write to.", e),
            IOException { HResult: DiskFull or QuotaExceeded } => new(
                $"{path} cannot be written: the disk is full",
                "Free some space and try again.",
                e
            ),
            IOException { HResult: ReadOnly } => new($"{path} cannot be written: the disk is read-only", "Choose another place.", e),
            _ => new($"{path} cannot be written", "Check the path and the disk.", e),
        };

    public async ValueTask DisposeAsync()
    {
        if (_kept)
            return;
        try
        {
            await Writer.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The disk is full: what could not be written is thrown away here.
        }
        if (_partial is not null)
            File.Delete(_partial);
    }
}
