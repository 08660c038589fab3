using Almagest.Contract.Errors;
using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Almagest.Server.Measuring;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Almagest.Server.Jobs;

/// <summary>
/// Brings the views up to date after runs complete or are deleted, whichever program did it: the database announces the
/// change. Completions that follow each other closely share one refresh. A look every minute catches what a lost
/// connection, or a time without server, missed; a refresh that fails is tried again at growing intervals, which its records give
/// (<see cref="ViewStatus.NextRetry"/>).
/// </summary>
internal sealed class ViewRefreshService(
    LedgerDatabase ledger,
    LedgerMeter meter,
    WritableLedger writable,
    IHostApplicationLifetime lifetime,
    ILogger<ViewRefreshService> logger
) : ServerJob(writable, lifetime, logger)
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestQuiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMinutes(1);

    private readonly ViewRefresher _refresher = new(ledger);
    private readonly AutomaticViewMode _automatic = new(ledger);
    private Task _choosing = Task.CompletedTask;

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        try
        {
            await FollowAsync(stoppingToken);
        }
        finally
        {
            await _choosing;
        }
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                await ListenAsync(backoff, stoppingToken);
            }
            catch (Exception e) when (e is LedgerException or NpgsqlException)
            {
                if (await Writable.OutwaitAsync(e, stoppingToken))
                    continue;
                var wait = backoff.Next();
                logger.LogWarning("The views cannot follow the ledger: {Reason}; trying again in {Wait} s", e.Message, wait.TotalSeconds);
                await Task.Delay(wait, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "The views cannot follow the ledger");
                await Task.Delay(backoff.Next(), stoppingToken);
            }
        }
    }

    private async Task ListenAsync(Backoff backoff, CancellationToken stoppingToken)
    {
        await using var connection = await ledger.ConnectAsync(stoppingToken);
        await using (var listen = new NpgsqlCommand($"listen {ViewRefresher.Channel}", connection))
            await listen.ExecuteNonQueryAsync(stoppingToken);
        // Commands of others leave the views to this server from here on.
        await ViewKeeper.AnnounceAsync(connection, stoppingToken);
        while (true)
        {
            // Listening began before this: a change in between is either seen here or announced.
            var done = await _refresher.RefreshDueAsync("run", stoppingToken);
            meter.Refreshed(done.Outcomes);
            if (backoff.Reset() is { } away)
                logger.LogWarning("The views follow the ledger again, after {Seconds} s", Math.Round(away.TotalSeconds, 1));
            var wait = done.NextRetry is { } retry && retry < s_lookAgain ? (retry > s_quiet ? retry : s_quiet) : s_lookAgain;
            foreach (var f in done.Outcomes.Where(o => !o.Succeeded))
                logger.LogWarning("{View} could not be refreshed: {Reason}; it is tried again", f.ViewName, f.Error);
            // A conversion takes its time, and the views are refreshed meanwhile.
            if (done.Outcomes.Count > 0 && _choosing.IsCompleted)
                _choosing = ChooseModeAsync(stoppingToken);
            if (await connection.WaitAsync(wait, stoppingToken))
                await SettleAsync(connection, stoppingToken);
        }
    }

    private async Task ChooseModeAsync(CancellationToken stoppingToken)
    {
        AutomaticStep? step = null;
        try
        {
            step = await _automatic.ConsiderAsync(null, stoppingToken);
        }
        catch (LedgerException e)
        {
            logger.LogWarning("The views' mode could not be chosen: {Reason}; it is looked at again after the next refresh", e.Message);
        }
        catch (OperationCanceledException)
        {
            // The server stops; whoever refreshes next goes on.
        }
        catch (Exception e)
        {
            logger.LogError(e, "The views' mode could not be chosen");
        }
        if (step is null)
            return;
        if (step.Decision == AutomaticDecision.Converted)
            logger.LogInformation("The views are kept in mode incremental from now on: {Reason}", step.Reason);
        else
            logger.LogWarning("The views would better be kept in mode incremental: {Reason}", step.Reason);
    }

    private static async Task SettleAsync(NpgsqlConnection connection, CancellationToken stoppingToken)
    {
        var deadline = DateTime.UtcNow + s_longestQuiet;
        while (DateTime.UtcNow < deadline && await connection.WaitAsync(s_quiet, stoppingToken))
        {
            // Another change: wait for the last of them.
        }
    }
}
