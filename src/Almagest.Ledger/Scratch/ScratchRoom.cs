using Almagest.Contract.Errors;
using Almagest.Discovery.Storage;
using Almagest.Ledger.Database;
using Microsoft.Win32.SafeHandles;

namespace Almagest.Ledger.Scratch;

/// <summary>
/// Files for the numbers of selections that are not to be held in memory. They have no name once they are open, so that nothing is left of
/// them however the program ends; disposing closes them.
/// </summary>
public sealed class ScratchRoom : Room, IDisposable
{
    private readonly Lock _guard = new();
    private readonly List<SafeFileHandle> _files = [];
    private readonly int _tile;
    private readonly int _stretch;

    public ScratchRoom()
        : this(1 << 17, 1 << 16) { }

    /// <param name="tile">stars in memory at a time: a multiple of 2^14</param>
    /// <param name="stretch">numbers of one look</param>
    public ScratchRoom(int tile, int stretch) => (_tile, _stretch) = (tile, stretch);

    public override int Tile => _tile;

    public override int Stretch => _stretch;

    /// <summary>Where the files are: the folder that TMPDIR names; where it names none and that would be in memory, <c>/var/tmp</c>.
    /// </summary>
    public static string Folder { get; } = Choose();

    /// <summary>Refuses what would fill the disk.</summary>
    /// <exception cref="LedgerException">there is too little room, or the folder cannot be used</exception>
    public static void Require(long bytes)
    {
        if (TemporaryFolder.Trouble(Folder) is { } trouble)
            throw trouble;
        DiskSpace.RequireForFiles(Folder, bytes);
    }

    public override Sequence<T> Create<T>(long count) => new FileSequence<T>(this, Open(), count);

    /// <summary>A file for other things, written once and read once.</summary>
    public Stream CreateStream() => new FileStream(Open(), FileAccess.ReadWrite, 1 << 16);

    private SafeFileHandle Open()
    {
        var path = Path.Combine(Folder, $"almagest-{Guid.NewGuid():N}.tmp");
        var file = Create(path);
        // Elsewhere than on Windows the name can go at once: then even a program that is killed leaves nothing.
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        lock (_guard)
            _files.Add(file);
        return file;
    }

    private static SafeFileHandle Create(string path)
    {
        try
        {
            return File.OpenHandle(
                path,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete,
                FileOptions.DeleteOnClose | FileOptions.RandomAccess
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && TemporaryFolder.Trouble(Folder, e) is { } trouble)
        {
            throw trouble;
        }
    }

    private static string Choose()
    {
        const string Large = "/var/tmp";
        var usual = Path.GetTempPath();
        if (Environment.GetEnvironmentVariable("TMPDIR") is { Length: > 0 } || !Directory.Exists(Large))
            return usual;
        try
        {
            return new DriveInfo(usual).DriveFormat == "tmpfs" ? Large : usual;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return usual;
        }
    }

    public void Dispose()
    {
        lock (_guard)
        {
            foreach (var file in _files)
                file.Dispose();
            _files.Clear();
        }
    }
}
