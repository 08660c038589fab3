using Almagest.Catalog.Files;
using Almagest.Cli.Shell;

namespace Almagest.Cli.Commands;

/// <summary>What comes through a pipe, kept in files: a load reads its files more than once.</summary>
internal sealed class Streams(CommandShell shell) : IDisposable
{
    public const string StandardInput = "-";

    private ScratchFolder? _folder;

    /// <summary>The paths; instead of the standard input, pipes and devices files that hold what came through them.</summary>
    public async Task<string[]> KeepAsync(IReadOnlyList<string> paths)
    {
        var kept = new string[paths.Count];
        for (var i = 0; i < kept.Length; i++)
            kept[i] = await KeepAsync(paths[i], i);
        return kept;
    }

    private async Task<string> KeepAsync(string path, int number)
    {
        var from = Open(path);
        if (from is null)
            return path;
        await using (from)
        {
            _folder ??= ScratchFolder.Create();
            var kept = Path.Combine(_folder.Path, number == 0 ? "stdin" : $"stdin-{number + 1}");
            await using var to = File.Create(kept);
            await from.CopyToAsync(to, shell.CancellationToken);
            return kept;
        }
    }

    /// <summary>What cannot be read twice; null for a file or folder.</summary>
    private static Stream? Open(string path)
    {
        if (path == StandardInput)
            return Console.OpenStandardInput();
        if (!File.Exists(path))
            return null;
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (!stream.CanSeek)
                return stream;
            stream.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Whoever reads it says what is wrong.
        }
        return null;
    }

    public void Dispose() => _folder?.Dispose();
}
