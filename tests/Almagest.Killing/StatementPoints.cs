using System.Diagnostics;

namespace Almagest.Killing;

/// <summary>
/// Stands still at a statement of a piece of work, before PostgreSQL hears of it or after it has answered: each statement is a place
/// where work can be killed, and none is missed that somebody adds.
/// </summary>
internal sealed class StatementPoints : IDisposable
{
    // The work, and whatever it starts.
    private static readonly AsyncLocal<bool> s_isWork = new();

    private readonly ActivityListener _listener;
    private readonly int _stop;
    private readonly bool _after;
    private readonly ManualResetEventSlim _released = new();
    private readonly TaskCompletionSource<string> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    /// <param name="stop">the number of the statement, from 1; 0 = it stands still nowhere</param>
    /// <param name="after">when it was answered, and not before it is sent</param>
    public StatementPoints(int stop, bool after)
    {
        (_stop, _after) = (stop, after);
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = activity => At(activity, isStart: true),
            ActivityStopped = activity => At(activity, isStart: false),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Statements so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The statement at which it stands still.</summary>
    public Task<string> Reached => _reached.Task;

    /// <summary>Does the work as that which is watched.</summary>
    public static async Task WatchAsync(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        s_isWork.Value = true;
        await work();
    }

    /// <summary>Lets it go on, for good.</summary>
    public void Release() => _released.Set();

    private void At(Activity activity, bool isStart)
    {
        if (!s_isWork.Value)
            return;
        if (isStart)
            activity.SetCustomProperty("number", Interlocked.Increment(ref _count));
        if (isStart == _after || (int?)activity.GetCustomProperty("number") != _stop)
            return;
        var text = (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement"))?.ToString();
        _reached.TrySetResult(text ?? activity.DisplayName);
        _released.Wait();
    }

    public void Dispose()
    {
        _released.Set();
        _listener.Dispose();
    }
}
