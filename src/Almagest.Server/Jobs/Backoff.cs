namespace Almagest.Server.Jobs;

/// <summary>Waiting times that double from 1 s to 5 min, so that a trouble that lasts is not made worse. Not thread-safe.</summary>
internal sealed class Backoff
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    private TimeSpan _next = s_first;

    /// <summary>The time to wait now; the next one is twice as long.</summary>
    public TimeSpan Next()
    {
        var now = _next;
        _next = now * 2 < s_longest ? now * 2 : s_longest;
        return now;
    }

    public void Reset() => _next = s_first;
}
