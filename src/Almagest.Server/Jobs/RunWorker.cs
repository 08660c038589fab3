using System.Diagnostics;
using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Tasks;
using Almagest.Server.Measuring;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Almagest.Server.Jobs;

/// <summary>
/// Takes runs from the ledger's queue, which all servers on the database share, and executes them, several at once where the settings say
/// so. Tasks of runs that several workers share are taken from theirs, as by <c>almagest worker</c>. A run that is interrupted because
/// the server stops waits again for the next worker; one whose worker is lost, here or elsewhere, does so, too, until that has happened
/// too often.
/// </summary>
internal sealed class RunWorker(
    RunQueue queue,
    ServerOptions options,
    SelectionCache selections,
    LedgerMeter meter,
    WritableLedger writable,
    IHostApplicationLifetime lifetime,
    ILogger<RunWorker> logger
) : ServerJob(writable, lifetime, logger)
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_reapAgain = TimeSpan.FromSeconds(3);

    private readonly RunClaims _claims = new(options.Ledger);
    private readonly TaskClaims _tasks = new(options.Ledger);
    private long _missedSince;

    protected override Task WorkAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            Enumerable
                .Range(0, options.Workers)
                .Select(_ => Task.Run(() => ExecuteRunsAsync(stoppingToken), stoppingToken))
                .Append(HandleLostRunsAsync(stoppingToken))
        );

    private async Task ExecuteRunsAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff();
        DiscoveryService? service = null;
        Guid? group = null;
        var shared = new TaskWorker(options.Ledger) { MaxThreads = options.RunThreads, LongestRun = options.LongestRun };
        while (true)
        {
            try
            {
                if (await _tasks.NextAsync(null, stoppingToken) is { } task)
                {
                    backoff.Reset();
                    Found();
                    await ExecuteAsync(shared, task, stoppingToken);
                    continue;
                }
                var claim = await _claims.NextAsync(stoppingToken);
                backoff.Reset();
                Found();
                if (claim is null)
                {
                    (service, group) = (null, null);
                    shared.Rest();
                    await queue.WaitAsync(s_lookAgain, stoppingToken);
                    continue;
                }
                // Another worker may be free for the next.
                queue.Signal();
                // The runs of a sweep share the stars that this worker has loaded, and what it has made of them.
                if (service is null || claim.GroupId is null || claim.GroupId != group)
                {
                    service = new DiscoveryService(options.Ledger)
                    {
                        MaxThreads = options.RunThreads,
                        RequeueWhenCancelled = true,
                        LongestRun = options.LongestRun,
                        Memory = claim.GroupId is null ? null : new AnalysisCache(selections),
                    };
                }
                group = claim.GroupId;
                await ExecuteAsync(service, claim, stoppingToken);
            }
            catch (LedgerException e)
            {
                if (await Writable.OutwaitAsync(e, stoppingToken))
                    continue;
                var wait = backoff.Next();
                Missed();
                logger.LogWarning("Cannot look for runs that wait: {Reason}; trying again in {Wait} s", e.Message, wait.TotalSeconds);
                await Task.Delay(wait, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, runs that wait are not left alone for it.
                service = null;
                logger.LogError(e, "Cannot look for runs that wait");
                await Task.Delay(backoff.Next(), stoppingToken);
            }
        }
    }

    private void Missed() => Interlocked.CompareExchange(ref _missedSince, Stopwatch.GetTimestamp(), 0);

    // The first of the workers that finds the database again says so, for all of them.
    private void Found()
    {
        if (Interlocked.Exchange(ref _missedSince, 0) is not 0 and var since)
            logger.LogWarning(
                "The workers have the database again, after {Seconds} s",
                Math.Round(Stopwatch.GetElapsedTime(since).TotalSeconds, 1)
            );
    }

    private async Task ExecuteAsync(DiscoveryService service, RunClaim claim, CancellationToken stoppingToken)
    {
        var began = Stopwatch.GetTimestamp();
        var outcome = RunStatus.Failed;
        try
        {
            (await service.ExecuteAsync(claim, queue.Track(claim.RunId), stoppingToken)).Analysis.Release();
            outcome = RunStatus.Completed;
            logger.LogInformation("Run {RunId} ({Algorithm}) is complete", claim.RunId, claim.Algorithm);
        }
        catch (LedgerException e)
        {
            if (e.Code == ErrorCode.RunCancelled)
                outcome = RunStatus.Cancelled;
            logger.LogWarning("Run {RunId} did not complete: {Reason}", claim.RunId, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            logger.LogError(e, "Run {RunId} failed unexpectedly", claim.RunId);
        }
        finally
        {
            meter.Run(claim.Algorithm, outcome, Stopwatch.GetElapsedTime(began));
            queue.Forget(claim.RunId);
        }
    }

    private async Task ExecuteAsync(TaskWorker worker, TaskClaim task, CancellationToken stoppingToken)
    {
        var outcome = RunStatus.Failed;
        try
        {
            // What comes next can be begun by others, too.
            queue.Signal();
            if (!await worker.ExecuteAsync(task, null, stoppingToken))
                return;
            outcome = RunStatus.Completed;
            logger.LogInformation("Run {RunId} ({Algorithm}) is complete", task.Run.RunId, task.Run.Algorithm);
        }
        catch (LedgerException e)
        {
            logger.LogWarning("Task {Number} of run {RunId} was not done: {Reason}", task.Number, task.Run.RunId, e.Message);
            if (e.Code == ErrorCode.RunLost || e.Kind == LedgerErrorKind.Unavailable)
                return;
            if (e.Code == ErrorCode.RunCancelled)
                outcome = RunStatus.Cancelled;
        }
        catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            logger.LogError(e, "Task {Number} of run {RunId} failed unexpectedly", task.Number, task.Run.RunId);
        }
        meter.Run(task.Run.Algorithm, outcome, task.Since);
    }

    private async Task HandleLostRunsAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff();
        while (true)
        {
            var wait = s_reapAgain;
            try
            {
                var lost = await _claims.HandleLostRunsAsync(stoppingToken);
                if (lost.Total > 0)
                    logger.LogWarning(
                        "{Total} runs had lost their worker: {Restarted} wait again, {Failed} failed, {Cancelled} cancelled",
                        lost.Total,
                        lost.Restarted,
                        lost.Failed,
                        lost.Cancelled
                    );
                if (lost.Tasks > 0)
                    logger.LogWarning("{Tasks} tasks of shared runs had lost their worker and wait again", lost.Tasks);
                if (lost.Restarted > 0 || lost.Tasks > 0)
                    queue.Signal();
                backoff.Reset();
                Found();
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (await Writable.OutwaitAsync(e, stoppingToken))
                    continue;
                wait = backoff.Next();
                Missed();
                logger.LogWarning(
                    "Cannot look for runs that have lost their worker: {Reason}; trying again in {Wait} s",
                    e.Message,
                    wait.TotalSeconds
                );
            }
            await Task.Delay(wait, stoppingToken);
        }
    }
}
