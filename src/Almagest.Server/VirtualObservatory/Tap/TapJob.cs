using Microsoft.Win32.SafeHandles;

namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>
/// A query that is answered behind the client's back. Its result is a file without a name: the disk is free again when the job is
/// destroyed, or the server ends in whatever way. Its members are guarded by the job's own lock, but for what never changes.
/// </summary>
internal sealed class TapJob(VoParameters parameters, string owner)
{
    private readonly Lock _guard = new();
    private TaskCompletionSource _changed = New();
    private int _readers;
    private bool _destroyed;

    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Who alone may see it.</summary>
    public string Owner => owner;

    public DateTime Created { get; } = DateTime.UtcNow;

    public CancellationTokenSource Abortion { get; } = new();

    public VoParameters Parameters => parameters;

    public JobPhase Phase { get; private set; }

    public DateTime? Started { get; private set; }

    public DateTime? Ended { get; private set; }

    public DateTime Destruction { get; set; } = DateTime.UtcNow + TapLimits.StandardRetention;

    /// <summary>Longest execution; 0 seconds asked = the most.</summary>
    public TimeSpan ExecutionDuration { get; set; } = TapLimits.StandardExecution;

    public VoException? Error { get; private set; }

    public string? ResultType { get; private set; }

    public long ResultBytes { get; private set; }

    /// <summary>Whether rows were left out of the result.</summary>
    public bool IsCutOff { get; private set; }

    private SafeFileHandle? Result { get; set; }

    public bool HasEnded => Phase is JobPhase.COMPLETED or JobPhase.ERROR or JobPhase.ABORTED;

    /// <summary>Completes at the next change of phase.</summary>
    public Task Changed
    {
        get
        {
            lock (_guard)
                return _changed.Task;
        }
    }

    /// <summary>Goes from one phase to another; false where the job is in neither of the first.</summary>
    public bool Move(JobPhase to, params ReadOnlySpan<JobPhase> from)
    {
        lock (_guard)
        {
            if (!from.Contains(Phase))
                return false;
            Set(to);
            return true;
        }
    }

    public bool Complete(SafeFileHandle result, long bytes, string type, bool isCutOff)
    {
        lock (_guard)
        {
            if (Phase != JobPhase.EXECUTING || _destroyed)
                return false;
            (Result, ResultBytes, ResultType, IsCutOff) = (result, bytes, type, isCutOff);
            Set(JobPhase.COMPLETED);
            return true;
        }
    }

    public void Fail(VoException error)
    {
        lock (_guard)
        {
            if (HasEnded)
                return;
            Error = error;
            Set(JobPhase.ERROR);
        }
    }

    /// <summary>The result for one reader, who gives it back; null where there is none.</summary>
    public SafeFileHandle? Borrow()
    {
        lock (_guard)
        {
            if (Result is null || _destroyed)
                return null;
            _readers++;
            return Result;
        }
    }

    public void GiveBack()
    {
        lock (_guard)
        {
            _readers--;
            if (_destroyed && _readers == 0)
                Result?.Dispose();
        }
    }

    /// <summary>Stops it and frees what it holds.</summary>
    public void Destroy()
    {
        Abortion.Cancel();
        lock (_guard)
        {
            if (_destroyed)
                return;
            _destroyed = true;
            if (!HasEnded)
                Set(JobPhase.ABORTED);
            if (_readers == 0)
                Result?.Dispose();
        }
    }

    private void Set(JobPhase phase)
    {
        Phase = phase;
        if (phase == JobPhase.EXECUTING)
            Started = DateTime.UtcNow;
        if (HasEnded)
            Ended = DateTime.UtcNow;
        var waiting = _changed;
        _changed = New();
        waiting.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
