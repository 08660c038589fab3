using System.Globalization;

namespace Almagest.Postgres;

/// <summary>What <c>postmaster.pid</c> says, and whether it is true.</summary>
/// <param name="ProcessId">The server's main process when the file was written.</param>
/// <param name="Status"><c>starting</c>, <c>stopping</c>, <c>ready</c> or empty.</param>
internal readonly record struct PostmasterFile(int ProcessId, string Status)
{
    private const int StatusLine = 7;

    public static string PathIn(string data) => Path.Combine(data, "postmaster.pid");

    public static PostmasterFile? Read(string data)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(PathIn(data));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // A negative number is a single-user server's.
        return lines.Length > 0 && int.TryParse(lines[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
            ? new PostmasterFile(Math.Abs(id), lines.Length > StatusLine ? lines[StatusLine].Trim() : "")
            : null;
    }

    /// <summary>
    /// Whether the process works in this data directory, as every process of its server does. After a crash the
    /// number may belong to any other program.
    /// </summary>
    public bool IsServerOf(string data) => WorksIn(ProcessId, data);

    /// <summary>Whether any process has this number.</summary>
    public bool IsSomeProcess => Directory.Exists($"/proc/{ProcessId}");

    /// <summary>The processes that a server leaves for a moment when its main process is killed.</summary>
    public static List<int> ServersOf(string data) =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
                .Where(id => id > 0 && WorksIn(id, data)),
        ];

    private static bool WorksIn(int process, string data) =>
        Native.Stat($"/proc/{process}/cwd") is { } there
        && Native.Stat(data) is { } here
        && there.IsSameFile(here)
        && Command(process).StartsWith("postgres", StringComparison.Ordinal);

    private static string Command(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
