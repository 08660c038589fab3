using Almagest.Contract.Errors;

namespace Almagest.Dashboard.Work;

/// <summary>How a job stands.</summary>
public enum JobState
{
    Working,
    Done,
    Failed,
    Cancelled,
}

/// <summary>
/// Work that a page asked for and that goes on when the page is left: a load, a cross-match, a replay, an export, a deletion.
/// Thread-safe; what is read of it may be a moment old.
/// </summary>
public sealed class PageJob : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly List<(DateTime At, string Text)> _log = [];
    private readonly Lock _lock = new();
    private string _stage = "";
    private double? _fraction;

    internal PageJob(string kind, string title, string? by, CancellationToken serverStops)
    {
        (Kind, Title, By) = (kind, title, by);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(serverStops);
        Stop = _stop.Token;
    }

    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>What it is, in a word: load, replay …</summary>
    public string Kind { get; }

    /// <summary>What it works on.</summary>
    public string Title { get; }

    /// <summary>Who asked for it; null where that is not known.</summary>
    public string? By { get; }

    public DateTime StartedAt { get; } = DateTime.UtcNow;

    public DateTime? EndedAt { get; private set; }

    public JobState State { get; private set; } = JobState.Working;

    /// <summary>Ends when somebody cancels it, or the server stops.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Ends with the work, whatever became of it.</summary>
    public Task Completion { get; internal set; } = Task.CompletedTask;

    /// <summary>What came of it, in a sentence; null while it works.</summary>
    public string? Outcome { get; private set; }

    /// <summary>Where what came of it is, from the base of the pages; null = nowhere.</summary>
    public string? Address { get; private set; }

    /// <summary>What the link to <see cref="Address"/> says.</summary>
    public string? AddressTitle { get; private set; }

    /// <summary>Why it failed.</summary>
    public LedgerException? Trouble { get; private set; }

    /// <summary>A file that it made, for as long as the job is kept; null = none.</summary>
    public string? File { get; private set; }

    /// <summary>What came of it, for the page that asked; null where there is nothing more to tell.</summary>
    public object? Report { get; set; }

    /// <summary>What goes away with the job, such as the folder of its file.</summary>
    internal List<IDisposable> Belongings { get; } = [];

    public string Stage
    {
        get
        {
            lock (_lock)
                return _stage;
        }
    }

    /// <summary>Part that is done, 0 to 1; null where nobody knows.</summary>
    public double? Fraction
    {
        get
        {
            lock (_lock)
                return _fraction;
        }
    }

    /// <summary>What it said on its way, the oldest first.</summary>
    public IReadOnlyList<(DateTime At, string Text)> Log
    {
        get
        {
            lock (_lock)
                return [.. _log];
        }
    }

    /// <summary>Says how far it is.</summary>
    public void Tell(string stage, double? fraction = null)
    {
        ArgumentNullException.ThrowIfNull(stage);
        lock (_lock)
        {
            // A number that counts on is no news.
            if (Words(stage) != Words(_stage) && _log.Count < 1000)
                _log.Add((DateTime.UtcNow, stage));
            (_stage, _fraction) = (stage, fraction);
        }
    }

    /// <summary>Says what came of it, and where it is.</summary>
    public void Conclude(string outcome, string? address = null, string? title = null) =>
        (Outcome, Address, AddressTitle) = (outcome, address, title);

    /// <summary>Gives it a file, in a folder that goes with the job.</summary>
    public void Give(string file, IDisposable folder)
    {
        File = file;
        Belongings.Add(folder);
    }

    public void Cancel()
    {
        if (State == JobState.Working)
            _stop.Cancel();
    }

    internal void End(JobState state, LedgerException? trouble = null)
    {
        Trouble = trouble;
        EndedAt = DateTime.UtcNow;
        Tell(
            state switch
            {
                JobState.Done => Outcome ?? "done",
                JobState.Cancelled => "cancelled",
                _ => trouble?.Message ?? "failed",
            },
            state == JobState.Done ? 1 : null
        );
        State = state;
    }

    public void Dispose()
    {
        Belongings.ForEach(b => b.Dispose());
        Belongings.Clear();
        File = null;
        _stop.Dispose();
    }

    private static string Words(string stage) => string.Concat(stage.Where(c => !char.IsDigit(c) && c is not (',' or '.')));
}
