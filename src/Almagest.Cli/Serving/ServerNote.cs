using System.Diagnostics;
using System.Text.Json;

namespace Almagest.Cli.Serving;

/// <summary>
/// The file <c>server.json</c> in the home: where the first server listens that the same account runs, for programs that look for
/// it, as the Python package does. It is a convenience: where it cannot be written, nothing fails.
/// </summary>
internal sealed class ServerNote
{
    private readonly string _path;

    private ServerNote(string path) => _path = path;

    /// <param name="home">the folder of the embedded database</param>
    public static ServerNote Leave(Uri address, string home)
    {
        var path = Path.Combine(home, "server.json");
        // The first of several keeps its place: it would have none any more when the last one ends.
        if (IsOfLivingServer(path))
            return new ServerNote(path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Whoever reads it sees the whole of it.
            var part = $"{path}.{Environment.ProcessId}";
            File.WriteAllText(part, JsonSerializer.Serialize(new { url = address, pid = Environment.ProcessId }) + "\n");
            File.Move(part, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        return new ServerNote(path);
    }

    private static bool IsOfLivingServer(string path)
    {
        try
        {
            using var note = JsonDocument.Parse(File.ReadAllText(path));
            using var process = Process.GetProcessById(note.RootElement.GetProperty("pid").GetInt32());
            // A number may have passed to another program since.
            using var own = Process.GetCurrentProcess();
            return process.Id != own.Id && process.ProcessName == own.ProcessName;
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or ArgumentException
            )
        {
            return false;
        }
    }

    /// <summary>Takes it away, unless another server has left its own since.</summary>
    public void Remove()
    {
        try
        {
            using var note = JsonDocument.Parse(File.ReadAllText(_path));
            if (note.RootElement.GetProperty("pid").GetInt32() == Environment.ProcessId)
                File.Delete(_path);
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException) { }
    }
}
