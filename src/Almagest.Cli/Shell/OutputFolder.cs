namespace Almagest.Cli.Shell;

/// <summary>A folder that a command writes: under its name only when it is whole.</summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly string _given;
    private readonly string _partial;
    private bool _kept;

    private OutputFolder(string given, string path, string partial) => (_given, Path, _partial) = (given, path, partial);

    /// <summary>Under which it is kept.</summary>
    public string Path { get; }

    /// <exception cref="UsageException">there is something of this name, but for an empty folder</exception>
    /// <exception cref="CommandFailedException">it cannot be created</exception>
    public static OutputFolder Create(string path)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (File.Exists(full) || (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
            throw new UsageException($"{path} is there already", "Name another folder with -o, or remove that one.", "--output");
        var partial = full + ".part";
        try
        {
            // What a command left that was stopped.
            if (Directory.Exists(partial))
                Directory.Delete(partial, recursive: true);
            if (!Directory.Exists(System.IO.Path.GetDirectoryName(full)))
                throw new DirectoryNotFoundException();
            Directory.CreateDirectory(partial);
            return new OutputFolder(path, full, partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.Failure(path, e);
        }
    }

    /// <summary>Runs some writing into the folder that it is given, with trouble of the disk in words.</summary>
    public async Task<T> WriteAsync<T>(Func<string, Task<T>> write)
    {
        try
        {
            var written = await write(_partial);
            if (Directory.Exists(Path))
                Directory.Delete(Path);
            Directory.Move(_partial, Path);
            _kept = true;
            return written;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputFile.Failure(_given, e);
        }
    }

    public void Dispose()
    {
        if (!_kept && Directory.Exists(_partial))
            Directory.Delete(_partial, recursive: true);
    }
}
