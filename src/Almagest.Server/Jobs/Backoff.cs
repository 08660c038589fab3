namespace Almagest.Server.Jobs;

/// <summary>Waiting times that double from 1 s to 5 min, so that a trouble that lasts is not made worse. Not thread-safe.</summary>
internal sealed class Backoff
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    TimeSpan next = First;

    /// <summary>The time to wait now; the next one is twice as long.</summary>
    public TimeSpan Next()
    {
        var now = next;
        next = now * 2 < Longest ? now * 2 : Longest;
        return now;
    }

    public void Reset() => next = First;
}
