namespace Almagest.Catalog.Files;

/// <summary>
/// A folder for files that nobody needs once this program is done with them: uploads, downloads, what came through a pipe. It goes when
/// this is disposed of. A program that is killed leaves it behind; whoever makes the next one removes it.
/// </summary>
public sealed class ScratchFolder : IDisposable
{
    private const string Prefix = "almagest-scratch-";
    private const string LockName = ".in-use";
    private const int MostAttempts = 100;

    // Held for as long as the program lives: the system gives it back with the process, however that ends.
    private readonly FileStream _lock;

    private ScratchFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>Makes one in the system's folder for temporary files, for this account alone.</summary>
    public static ScratchFolder Create()
    {
        RemoveAbandoned();
        for (var attempt = 1; ; attempt++)
        {
            var path = Directory.CreateTempSubdirectory(Prefix).FullName;
            if (TryHold(System.IO.Path.Combine(path, LockName), attempt == MostAttempts) is { } held)
                return new ScratchFolder(path, held);
        }
    }

    // Between the making of the lock's file and its being held, another who looks for what is abandoned may take and remove the folder.
    private static FileStream? TryHold(string name, bool last)
    {
        try
        {
            var held = Hold(name, FileMode.OpenOrCreate);
            if (File.Exists(name))
                return held;
            held.Dispose();
            if (last)
                throw new IOException($"the folder of '{name}' is removed again and again");
        }
        catch (IOException) when (!last)
        {
            // The other one has it at this moment, or it is gone.
        }
        return null;
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
                // Held until it is gone: whoever makes it meanwhile gets the lock of a file that is no more, and sees that.
                using var held = Hold(name, FileMode.Open);
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

    private static FileStream Hold(string path, FileMode mode) => new(path, mode, FileAccess.ReadWrite, FileShare.None);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Disposed of twice.
        }
        finally
        {
            _lock.Dispose();
        }
    }
}
