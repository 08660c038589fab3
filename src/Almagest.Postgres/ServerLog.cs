namespace Almagest.Postgres;

/// <summary>Reads what a server has printed since a moment: older lines may tell of other troubles.</summary>
internal sealed class ServerLog
{
    private const int MostBytes = 16 << 10;

    private readonly ServerLocation _place;
    private readonly Dictionary<string, long> _lengths;

    private ServerLog(ServerLocation place, Dictionary<string, long> lengths)
    {
        _place = place;
        _lengths = lengths;
    }

    /// <summary>Remembers where the log ends now.</summary>
    public static ServerLog FromNow(ServerLocation place) =>
        new(place, Files(place).ToDictionary(file => file.FullName, file => file.Length));

    /// <summary>What was printed before the log was open, which each start writes anew, and then the log.</summary>
    public string Read()
    {
        var texts = new List<string> { Tail(_place.StartLog, 0) };
        texts.AddRange(
            Files(_place)
                .OrderBy(file => file.LastWriteTimeUtc)
                .Select(file => Tail(file.FullName, _lengths.GetValueOrDefault(file.FullName)))
        );
        return string.Join('\n', texts).Trim();
    }

    private static FileInfo[] Files(ServerLocation place) =>
        Directory.Exists(place.Logs) ? new DirectoryInfo(place.Logs).GetFiles("*.log") : [];

    private static string Tail(string path, long from)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // A file that is shorter now was emptied: it is a week old.
            var start = from > file.Length ? 0 : from;
            file.Seek(Math.Max(start, file.Length - MostBytes), SeekOrigin.Begin);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
