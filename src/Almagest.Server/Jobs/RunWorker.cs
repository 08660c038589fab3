using Almagest.Ledger;
using Almagest.Ledger.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Almagest.Server.Jobs;

/// <summary>
/// Executes pending runs: those submitted here at once, those left over by others when they have waited for a while. A run
/// that is interrupted because the server stops is pending again, and the next server takes it up; a run whose process died
/// is failed, for it may have been the run that killed it.
/// </summary>
internal sealed class RunWorker(RunQueue queue, ServerOptions options, IHostApplicationLifetime lifetime, ILogger<RunWorker> logger) : ServerJob(lifetime, logger)
{
    static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    static readonly TimeSpan ReapAgain = TimeSpan.FromMinutes(1);

    readonly DiscoveryService service = new(options.Ledger) { MaxThreads = options.RunThreads, RequeueWhenCancelled = true };
    readonly RunRepository runs = new(options.Ledger);

    protected override Task WorkAsync(CancellationToken stopping) =>
        Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => Task.Run(() => ExecuteRunsAsync(stopping), stopping)).Append(FindOrphansAsync(stopping)));

    async Task ExecuteRunsAsync(CancellationToken stopping)
    {
        while (true)
        {
            var runId = await queue.NextAsync(stopping);
            try
            {
                var outcome = await service.ExecuteAsync(runId, queue.Track(runId), stopping);
                if (outcome is not null) logger.LogInformation("Run {RunId} ({Algorithm}) is complete", runId, outcome.Request.Parameters.Algorithm);
            }
            catch (LedgerException e)
            {
                logger.LogWarning("Run {RunId} failed: {Reason}", runId, e.Message);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                logger.LogError(e, "Run {RunId} failed unexpectedly", runId);
            }
            finally
            {
                queue.Forget(runId);
            }
        }
    }

    async Task FindOrphansAsync(CancellationToken stopping)
    {
        var backoff = new Backoff();
        var reaped = DateTime.MinValue;
        while (true)
        {
            var wait = LookAgain;
            try
            {
                if (DateTime.UtcNow - reaped > ReapAgain)
                {
                    if (await service.ReapAsync(stopping) is > 0 and var dead) logger.LogWarning("{Count} runs had lost their worker and are failed", dead);
                    reaped = DateTime.UtcNow;
                }
                foreach (var runId in await runs.PendingAsync(options.OrphanAge, 1000, stopping)) queue.Add(runId);
                backoff.Reset();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                wait = backoff.Next();
                logger.LogWarning("Cannot look for pending runs: {Reason}; trying again in {Wait} s", e.Message, wait.TotalSeconds);
            }
            await Task.Delay(wait, stopping);
        }
    }
}
