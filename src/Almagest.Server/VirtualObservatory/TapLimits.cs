namespace Almagest.Server.VirtualObservatory;

/// <summary>How much a query may ask, and how long answers are kept.</summary>
internal static class TapLimits
{
    /// <summary>Rows of an answer where MAXREC does not say.</summary>
    public const long StandardRows = 100_000;

    /// <summary>Most rows of an answer.</summary>
    public const long MostRows = 10_000_000;

    /// <summary>Longest answer to /sync, its sending included.</summary>
    public static readonly TimeSpan Sync = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan StandardExecution = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan MostExecution = TimeSpan.FromHours(1);

    /// <summary>How long a job is kept.</summary>
    public static readonly TimeSpan StandardRetention = TimeSpan.FromDays(1);
    public static readonly TimeSpan MostRetention = TimeSpan.FromDays(7);

    /// <summary>Jobs at most; beyond it, the oldest one that has ended makes room.</summary>
    public const int MostJobs = 200;

    /// <summary>The same, of one owner.</summary>
    public const int MostOwnJobs = 100;

    /// <summary>Bytes of the tables that come with a query, and of those that jobs keep until they have ended.</summary>
    public const int MostUploadBytes = 32 << 20;
    public const long MostKeptUploadBytes = 256 << 20;

    /// <summary>Bytes of one result, and of all results together.</summary>
    public const long MostResultBytes = 1L << 30;
    public const long MostBytes = 4L << 30;

    /// <summary>Bytes of all results of one owner.</summary>
    public const long MostOwnBytes = 2L << 30;

    /// <summary>Longest wait for a change of a job's phase.</summary>
    public static readonly TimeSpan MostWait = TimeSpan.FromMinutes(5);
}
