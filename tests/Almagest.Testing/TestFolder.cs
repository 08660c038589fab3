using Almagest.Postgres;

namespace Almagest.Testing;

/// <summary>
/// A folder of this test process, in memory where there is room, else in the system's temporary directory, deleted when disposed. An open,
/// locked file marks it as in use; folders whose mark is free are of test processes that crashed, and are deleted, with the server
/// that may be running in them.
/// </summary>
public sealed class TestFolder : IDisposable
{
    private const string Prefix = "almagest-test-";
    private const string Memory = "/dev/shm";
    private const long RoomNeeded = 3L << 30;
    private static readonly Lazy<int> s_swept = new(Sweep);

    private readonly FileStream _mark;

    private TestFolder(string path, FileStream mark)
    {
        Path = path;
        _mark = mark;
    }

    public string Path { get; }

    public static TestFolder Create(string name)
    {
        _ = s_swept.Value;
        // The data of a server are a thousand files, and on ext4 the kernel searches long for their places where as many have just been
        // deleted.
        var parent = HasRoom() ? Memory : null;
        for (var attempt = 1; ; attempt++)
        {
            var path = MakeFolder(name, parent);
            // As root, PostgreSQL's account has to pass through it.
            if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            try
            {
                return new TestFolder(path, Mark(path));
            }
            catch (IOException) when (attempt < 10)
            {
                // Another process swept it before it was marked.
            }
        }
    }

    public void Dispose()
    {
        Delete(Path);
        _mark.Dispose();
        File.Delete(MarkOf(Path));
    }

    /// <summary>Whether the files may lie in memory: all tests together need 1 GB of it.</summary>
    private static bool HasRoom()
    {
        try
        {
            return new DriveInfo(Memory) is { DriveFormat: "tmpfs" } drive
                && drive.AvailableFreeSpace > RoomNeeded
                && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 2 * RoomNeeded;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private static string MakeFolder(string name, string? parent)
    {
        if (parent is null)
            return Directory.CreateTempSubdirectory($"{Prefix}{name}-").FullName;
        var path = System.IO.Path.Combine(parent, $"{Prefix}{name}-{System.IO.Path.GetRandomFileName()[..8]}");
        if (OperatingSystem.IsWindows())
            return Directory.CreateDirectory(path).FullName;
        return Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
    }

    // Beside the folder, so that the folder can be given away or mounted over.
    private static string MarkOf(string path) => path + ".lock";

    private static FileStream Mark(string path) => new(MarkOf(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static int Sweep()
    {
        var count = 0;
        string[] parents = [System.IO.Path.GetTempPath(), Memory];
        foreach (var file in parents.Where(Directory.Exists).SelectMany(parent => Directory.GetFiles(parent, $"{Prefix}*.lock")))
        {
            try
            {
                var path = file[..^".lock".Length];
                using var mark = Mark(path);
                if (Directory.Exists(path))
                    EmbeddedServer.DestroyAsync(new EmbeddedServerOptions { Home = path }).Wait(TimeSpan.FromSeconds(30));
                Delete(path);
                File.Delete(file);
                count++;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or AggregateException)
            {
                // In use by another test process, or of another user.
            }
        }

        return count;
    }

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }
}
