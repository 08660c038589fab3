using Almagest.Contract.Errors;
using Almagest.Server.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>Tends the jobs of the ledger as long as the server runs, and leaves its own to others when it stops.</summary>
internal sealed class TapJobService(TapJobs jobs, WritableLedger writable, IHostApplicationLifetime lifetime, ILogger<TapJobService> logger)
    : ServerJob(writable, lifetime, logger)
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(15);

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    await jobs.TendAsync(stoppingToken);
                }
                catch (LedgerException e)
                {
                    if (await Writable.OutwaitAsync(e, stoppingToken))
                        continue;
                    logger.LogWarning("TAP jobs cannot be tended: {Reason}; trying again in {Wait} s", e.Message, s_lookAgain.TotalSeconds);
                }
                await Task.Delay(s_lookAgain, stoppingToken);
            }
        }
        finally
        {
            await LeaveAsync();
        }
    }

    private async Task LeaveAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await jobs.LeaveAsync(patience.Token);
        }
        catch (Exception e) when (e is LedgerException or OperationCanceledException or ObjectDisposedException)
        {
            // Their servers are taken for lost after a while.
            logger.LogWarning("TAP jobs could not be left to others: {Reason}", e.Message);
        }
    }
}
