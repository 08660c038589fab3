using System.Diagnostics;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Views;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Tasks;

namespace Almagest.Cli.Serving;

/// <summary>
/// Works on runs that wait and on tasks of shared ones, one after the other, the oldest first. Told to stop, it gives back what it is at.
/// While the database is away it waits for it.
/// </summary>
internal sealed class QueueWorker(LedgerDatabase ledger, CommandShell shell)
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_reapAgain = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_checkAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(5);

    private readonly RunClaims _runs = new(ledger);
    private readonly TaskClaims _tasks = new(ledger);

    // A run has ended of which the views know nothing yet. Whoever was here before may have been killed between the two.
    private volatile bool _mayLag = true;

    public required int Threads { get; init; }

    public required TimeSpan LongestRun { get; init; }

    public required bool UntilIdle { get; init; }

    /// <summary>Until it is told to stop, or there is nothing to do where it is to end then.</summary>
    /// <exception cref="LedgerException">the schema is not this program's any more</exception>
    public async Task WorkAsync()
    {
        Log($"worker {Environment.MachineName}:{Environment.ProcessId} looks for runs that wait");
        try
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(shell.CancellationToken);
            var reaping = ReapAsync(over.Token);
            try
            {
                await TakeAsync(shell.CancellationToken);
            }
            finally
            {
                await over.CancelAsync();
                await reaping;
            }
        }
        catch (OperationCanceledException) when (shell.CancellationToken.IsCancellationRequested)
        {
            // To be told to stop is how it ends: no failure.
        }
        Log("worker stops");
    }

    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        var shared = new TaskWorker(ledger) { MaxThreads = Threads, LongestRun = LongestRun };
        var wait = TimeSpan.Zero;
        var check = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (check.Elapsed > s_checkAgain)
                {
                    await ledger.Schema.EnsureCurrentAsync(cancellationToken);
                    check.Restart();
                }
                if (await _tasks.NextAsync(null, cancellationToken) is { } task)
                    await DoAsync(shared, task, cancellationToken);
                else if (await _runs.NextAsync(cancellationToken) is { } run)
                    await DoAsync(run, cancellationToken);
                else if (_mayLag)
                    await KeepViewsAsync(cancellationToken);
                else if (UntilIdle && !await IsAnyLeftAsync(cancellationToken))
                    return;
                else
                {
                    shared.Rest();
                    await Task.Delay(s_lookAgain, cancellationToken);
                }
                if (wait > TimeSpan.Zero)
                    Log("the database is there again");
                wait = TimeSpan.Zero;
            }
            catch (LedgerException e) when (IsAway(e))
            {
                if (wait == TimeSpan.Zero)
                    Log($"cannot look for runs that wait: {e.Message}; trying again");
                wait =
                    wait == TimeSpan.Zero ? s_lookAgain
                    : wait * 2 < s_longestWait ? wait * 2
                    : s_longestWait;
                await Task.Delay(wait, cancellationToken);
            }
        }
    }

    // What its user may not do will not come by waiting: whoever started it has to hear it.
    private static bool IsAway(LedgerException e) => e.Kind == LedgerErrorKind.Unavailable && e.Code != ErrorCode.DatabaseForbidden;

    // What others are at may come back.
    private async Task<bool> IsAnyLeftAsync(CancellationToken cancellationToken)
    {
        var counts = await new RunRepository(ledger).CountByStatusAsync(cancellationToken);
        return counts[RunStatus.Pending] + counts[RunStatus.Running] > 0;
    }

    private Task DoAsync(TaskWorker worker, TaskClaim task, CancellationToken cancellationToken) =>
        DoAsync(
            $"task {task.Number} ({task.What}) of run {task.Run.RunId}",
            task.Attempt,
            task.Run,
            () => worker.ExecuteAsync(task, null, cancellationToken),
            cancellationToken
        );

    private Task DoAsync(RunClaim run, CancellationToken cancellationToken)
    {
        var service = new DiscoveryService(ledger)
        {
            MaxThreads = Threads,
            RequeueWhenCancelled = true,
            LongestRun = LongestRun,
        };
        return DoAsync(
            $"run {run.RunId} ({run.Algorithm})",
            run.Attempt,
            run,
            async () =>
            {
                (await service.ExecuteAsync(run, null, cancellationToken)).Analysis.Release();
                return true;
            },
            cancellationToken
        );
    }

    /// <param name="work">says whether the run is complete with it</param>
    private async Task DoAsync(string what, int attempt, RunClaim run, Func<Task<bool>> work, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        Log($"{what} begins{(attempt > 1 ? $", attempt {attempt}" : "")}");
        var complete = false;
        try
        {
            complete = await work();
            Log($"{what} is done, {ConsoleText.Duration(watch.Elapsed.TotalMilliseconds)}");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log($"{what} is given back");
            throw;
        }
        catch (LedgerException e)
        {
            _mayLag = true;
            Log($"{what} was not done: {e.Message}");
            if (e.Kind == LedgerErrorKind.Unavailable)
                throw;
        }
        catch (Exception e)
        {
            // The run has failed with it; the others are not left alone.
            _mayLag = true;
            Log($"{what} failed: {e}");
        }
        if (!complete)
            return;
        Log($"run {run.RunId} ({run.Algorithm}) is complete");
        await KeepViewsAsync(cancellationToken);
    }

    private async Task KeepViewsAsync(CancellationToken cancellationToken)
    {
        _mayLag = false;
        try
        {
            var kept = await new ViewKeeper(ledger).KeepAsync("run", null, cancellationToken);
            foreach (var failed in kept.Outcomes.Where(o => !o.Succeeded))
                Log($"the view {failed.ViewName} could not be refreshed: {failed.Error}");
            if (kept.Step is { } step)
                Log(ViewUpkeep.Words(step));
        }
        catch (LedgerException e)
        {
            _mayLag = IsAway(e);
            Log($"the views could not be brought up to date: {e.Message}");
            if (_mayLag)
                throw;
        }
    }

    private async Task ReapAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    var lost = await _runs.HandleLostRunsAsync(cancellationToken);
                    if (lost.Total > 0)
                        Log($"{ConsoleText.Plural(lost.Total, "run", "runs")} had lost the worker");
                    _mayLag |= lost.Total + lost.Tasks > 0;
                    if (lost.Tasks > 0)
                        Log($"{ConsoleText.Plural(lost.Tasks, "task", "tasks")} had lost the worker; again in the queue");
                }
                catch (LedgerException)
                {
                    // Whoever looks for work says it.
                }
                await Task.Delay(s_reapAgain, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The worker stops.
        }
    }

    private void Log(string line) => shell.Say(shell.LogsJson ? line : $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ssZ} {line}");
}
