using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Almagest.Server.Jobs;

/// <summary>Work beside the requests, begun only when the server listens: a server whose port is taken must not touch the ledger. On a
/// standby it begins when that is promoted.</summary>
internal abstract class ServerJob(WritableLedger writable, IHostApplicationLifetime lifetime, ILogger logger) : BackgroundService
{
    /// <summary>What its work asks where the database takes no changes.</summary>
    protected WritableLedger Writable { get; } = writable;

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await using var onStop = stoppingToken.Register(() => started.TrySetCanceled(stoppingToken));
        try
        {
            await started.Task;
            await Writable.WaitAsync(stoppingToken);
            await WorkAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (Exception e)
        {
            // A job outlives its own troubles; whatever gets here is a defect.
            logger.LogCritical(e, "A job of the server has ended: {Job}", GetType().Name);
        }
    }

    /// <summary>Works until cancelled; troubles are its own to log and to outlive.</summary>
    protected abstract Task WorkAsync(CancellationToken stoppingToken);
}
