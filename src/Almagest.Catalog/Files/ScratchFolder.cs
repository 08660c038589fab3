namespace Almagest.Catalog.Files;

/// <summary>
/// A folder for files that nobody needs once this program is done with them: uploads, downloads, what came through a pipe. It goes when
/// this is disposed of. A program that is killed leaves it behind; whoever makes the next one removes it.
/// </summary>
public sealed class ScratchFolder : IDisposable
{
    private const string Prefix = "almagest-scratch-";
    private const string LockName = ".in-use";

    // Held for as long as the program lives: the system gives it back with the process, however that ends.
    private readonly FileStream _lock;

    private ScratchFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>Makes one in the system's folder for temporary files, for this account alone.</summary>
    public static ScratchFolder Create()
    {
        RemoveAbandoned();
        var path = Directory.CreateTempSubdirectory(Prefix).FullName;
        return new ScratchFolder(path, Hold(System.IO.Path.Combine(path, LockName)));
    }

    /// <summary>Removes what killed programs of this account left behind.</summary>
    /// <returns>how many folders there were</returns>
    public static int RemoveAbandoned()
    {
        var removed = 0;
        foreach (var folder in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            try
            {
                var name = System.IO.Path.Combine(folder, LockName);
                // One that is just being made has no lock yet.
                if (!File.Exists(name))
                    continue;
                Hold(name).Dispose();
                Directory.Delete(folder, recursive: true);
                removed++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, or somebody else's.
            }
        }
        return removed;
    }

    /// <summary>Keeps what somebody sends as a file of this folder.</summary>
    /// <param name="name">as the sender calls it: only for people, so that nothing of it leads out of the folder</param>
    /// <param name="received">told the bytes so far; what it throws ends it</param>
    /// <returns>the file's path</returns>
    public async Task<string> SaveAsync(Stream content, string name, Action<long> received, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(received);
        var safe = string.Concat(name.Split('/', '\\')[^1].Where(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or ' ').Take(100))
            .TrimStart('.');
        var path = System.IO.Path.Combine(Path, safe.Length == 0 ? "upload" : safe);
        await using var file = File.Create(path);
        var buffer = new byte[1 << 17];
        long total = 0;
        // In the context of the caller, who may draw what it is told.
        for (int n; (n = await content.ReadAsync(buffer, cancellationToken)) > 0; )
        {
            await file.WriteAsync(buffer.AsMemory(0, n), cancellationToken);
            received(total += n);
        }
        return path;
    }

    private static FileStream Hold(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    public void Dispose()
    {
        _lock.Dispose();
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Disposed of twice.
        }
    }
}
