using System.Diagnostics;
using Almagest.Contract.Errors;
using Almagest.Discovery;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Tasks;

/// <summary>
/// Does the tasks of runs that several workers share. It holds nothing that another could not go on without: killed at any moment, it
/// leaves a task that waits again. One task at a time.
/// </summary>
public sealed class TaskWorker(LedgerDatabase ledger)
{
    // The next phase of a run begins sooner.
    private static readonly TimeSpan s_longestRest = TimeSpan.FromSeconds(30);

    private readonly TaskClaims _tasks = new(ledger);
    private readonly TaskSteps _steps = new(ledger);
    private readonly Stopwatch _rest = new();

    /// <summary>Threads of the algorithms; 0 = one per core. Never changes a result.</summary>
    public int MaxThreads { get; init; }

    /// <summary>How long a run may be worked on; null = as long as it takes.</summary>
    public TimeSpan? LongestRun { get; init; }

    /// <summary>Stars of a tile.</summary>
    internal int PieceStars { get; init; } = 1 << 15;

    internal RunMemory Limits { get; init; } = RunMemory.Here;

    internal Func<ScratchRoom> Rooms { get; init; } = () => new ScratchRoom();

    /// <summary>Told of each task before its work, for tests.</summary>
    internal static Action<TaskClaim>? AtTask { get; set; }

    /// <summary>Does a task that this worker has taken.</summary>
    /// <returns>whether it was the last of its run, which is complete now</returns>
    /// <exception cref="LedgerException">the run failed or was cancelled, and is marked so; or the task was given to another
    /// worker</exception>
    public async Task<bool> ExecuteAsync(
        TaskClaim task,
        IProgress<RunProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(task);
        _rest.Reset();
        var run = task.Run;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (LongestRun is { } longest)
            limit.CancelAfter(longest > task.Since ? longest - task.Since : TimeSpan.Zero);
        await using var heart = new RunHeartbeat((own, token) => _tasks.HeartbeatAsync(task, own, token), progress, limit.Token);
        try
        {
            // The session that holds it tells those who look for lost workers that this one lives, even when it is too busy to say so.
            await using var hold = await AdvisoryLock.TryTakeAsync(ledger, task.Lock, heart.Token);
            AtTask?.Invoke(task);
            await _tasks.TellAsync(task, heart.Token);
            await DoAsync(task, heart, heart.Token);
            return task.Phase == TaskPhase.Complete;
        }
        catch (OperationCanceledException) when (heart.Response == HeartbeatResponse.Lost)
        {
            throw TaskSteps.Lost(task);
        }
        catch (OperationCanceledException) when (heart.Response == HeartbeatResponse.Cancel)
        {
            throw await CancelledAsync(task);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var tooLong = LedgerException
                .Of(
                    ErrorCode.RunTooLong,
                    $"run {run.RunId} was ended: it took longer than a worker lets a run take",
                    "Take fewer stars, samples or trees, or let whoever operates the workers allow more."
                )
                .With("run_id", run.RunId)
                .With("seconds", LongestRun!.Value.TotalSeconds);
            await FailAsync(task, tooLong);
            throw tooLong;
        }
        catch (OperationCanceledException)
        {
            await AtEndAsync(() => _tasks.ReleaseAsync(task));
            throw;
        }
        catch (LedgerException e) when (e.Code == ErrorCode.RunLost)
        {
            // It was asked to stop while this was kept, and nobody else may hear it; or another has the task, or the run has ended.
            if (await IsAskedToStopAsync(task))
                throw await CancelledAsync(task);
            throw;
        }
        catch (LedgerException e) when (e.Code == ErrorCode.DatabaseNodeAway)
        {
            // Nothing was wrong with its worker: however long the node is away, the task waits for it.
            await AtEndAsync(() => _tasks.ReleaseAsync(task));
            throw;
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Unavailable)
        {
            // Not the run's fault.
            await AtEndAsync(() => _tasks.LoseAsync(task, TimeSpan.Zero, e.Message, CancellationToken.None));
            throw;
        }
        catch (DiscoveryException e)
        {
            var failed = LedgerException.Of(ErrorCode.InvalidValue, e.Message, field: "parameters", inner: e);
            await FailAsync(task, failed);
            throw failed;
        }
        catch (LedgerException e)
        {
            await FailAsync(task, e);
            throw;
        }
        catch (Exception e)
        {
            await AtEndAsync(() =>
                _tasks.EndRunAsync(task, RunStatus.Failed, $"the program met an unexpected problem ({e.GetType().Name})")
            );
            throw;
        }
    }

    /// <summary>Does what can be begun of one run, until there is nothing more for this worker at the moment.</summary>
    /// <returns>how many tasks it did</returns>
    /// <inheritdoc cref="ExecuteAsync"/>
    public async Task<int> WorkOffAsync(Guid runId, IProgress<RunProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var done = 0;
        for (; await _tasks.NextAsync(runId, cancellationToken) is { } task; done++)
            await ExecuteAsync(task, progress, cancellationToken);
        return done;
    }

    /// <summary>Told each time that there is no task: what it knows of the last run, which may be much, goes after a while.</summary>
    public void Rest()
    {
        _rest.Start();
        if (_rest.Elapsed > s_longestRest)
            _steps.Forget();
    }

    private Task DoAsync(TaskClaim task, IProgress<RunProgress> progress, CancellationToken cancellationToken) =>
        task.Phase switch
        {
            TaskPhase.Prepare => new TaskPreparation(ledger)
            {
                MaxThreads = MaxThreads,
                PieceStars = PieceStars,
                Limits = Limits,
                Rooms = Rooms,
            }.DoAsync(task, progress, cancellationToken),
            TaskPhase.Score => _steps.ScoreAsync(task, MaxThreads, cancellationToken),
            TaskPhase.Threshold => _steps.ThresholdAsync(task, Rooms, cancellationToken),
            TaskPhase.Draw => _steps.DrawAsync(task, MaxThreads, cancellationToken),
            _ => new TaskCompletion(ledger, _steps).DoAsync(task, Rooms, progress, cancellationToken),
        };

    private Task FailAsync(TaskClaim task, LedgerException e) =>
        AtEndAsync(() => _tasks.EndRunAsync(task, RunStatus.Failed, e.Remedy is null ? e.Message : $"{e.Message}. {e.Remedy}"));

    private async Task<LedgerException> CancelledAsync(TaskClaim task)
    {
        await AtEndAsync(() => _tasks.EndRunAsync(task, RunStatus.Cancelled, null));
        return LedgerException
            .Of(ErrorCode.RunCancelled, $"run {task.Run.RunId} was cancelled", "Start it again.")
            .With("run_id", task.Run.RunId);
    }

    private async Task<bool> IsAskedToStopAsync(TaskClaim task)
    {
        try
        {
            return await _tasks.HeartbeatAsync(task, null, CancellationToken.None) == HeartbeatResponse.Cancel;
        }
        catch (LedgerException)
        {
            return false;
        }
    }

    // Where even this fails, the task is found by its silence.
    private async Task AtEndAsync(Func<Task> mark)
    {
        try
        {
            await mark();
            await _tasks.SweepAsync(CancellationToken.None);
        }
        catch (LedgerException)
        {
            // What went wrong before is thrown.
        }
    }
}
