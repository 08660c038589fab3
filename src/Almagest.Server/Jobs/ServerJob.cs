using Microsoft.Extensions.Hosting;

namespace Almagest.Server.Jobs;

/// <summary>Work beside the requests, begun only when the server listens: a server whose port is taken must not touch the ledger.</summary>
internal abstract class ServerJob(IHostApplicationLifetime lifetime) : BackgroundService
{
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await using var onStop = stoppingToken.Register(() => started.TrySetCanceled(stoppingToken));
        try
        {
            await started.Task;
            await WorkAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>Works until cancelled; troubles are its own to log and to outlive.</summary>
    protected abstract Task WorkAsync(CancellationToken stopping);
}
