using System.Diagnostics;

namespace Almagest.Server.Jobs;

/// <summary>
/// Waiting times that double from 0.25 s to 5 s: what waits is back within seconds of the database, and a trouble that lasts is not made
/// worse. Not thread-safe.
/// </summary>
internal sealed class Backoff
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    private TimeSpan _next = s_first;
    private long? _began;

    /// <summary>The time to wait now; the next one is twice as long.</summary>
    public TimeSpan Next()
    {
        var now = _next;
        _next = now * 2 < s_longest ? now * 2 : s_longest;
        _began ??= Stopwatch.GetTimestamp();
        return now;
    }

    /// <summary>It is over.</summary>
    /// <returns>how long the trouble lasted; null where there was none since the last time</returns>
    public TimeSpan? Reset()
    {
        TimeSpan? lasted = _began is { } began ? Stopwatch.GetElapsedTime(began) : null;
        (_next, _began) = (s_first, null);
        return lasted;
    }
}
