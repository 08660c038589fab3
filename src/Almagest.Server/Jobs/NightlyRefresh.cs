using Almagest.Ledger;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Almagest.Server.Jobs;

/// <summary>Refreshes all views by the clock, once in a fleet of servers: the safety net below the views that follow each run.</summary>
internal sealed class NightlyRefresh(LedgerDatabase ledger, NightlySchedule schedule, IHostApplicationLifetime lifetime, ILogger<NightlyRefresh> logger) : ServerJob(lifetime, logger)
{
    static readonly TimeSpan OneFleet = TimeSpan.FromHours(1);
    // A clock that is set, or a machine that sleeps, must not make it late by more than this.
    static readonly TimeSpan LongestNap = TimeSpan.FromMinutes(10);
    const int Attempts = 5;

    protected override async Task WorkAsync(CancellationToken stopping)
    {
        for (var from = DateTimeOffset.UtcNow; schedule.Next(from) is { } due; from = DateTimeOffset.UtcNow)
        {
            for (var left = due - DateTimeOffset.UtcNow; left > TimeSpan.Zero; left = due - DateTimeOffset.UtcNow)
                await Task.Delay(left < LongestNap ? left : LongestNap, stopping);
            await RefreshAsync(stopping);
        }
    }

    async Task RefreshAsync(CancellationToken stopping)
    {
        var backoff = new Backoff();
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var trouble = await TryAsync(stopping);
            if (trouble is null) return;
            logger.LogWarning("The nightly refresh failed, attempt {Attempt} of {Attempts}: {Reason}", attempt, Attempts, trouble);
            if (attempt < Attempts) await Task.Delay(backoff.Next() * 30, stopping);
        }
    }

    async Task<string?> TryAsync(CancellationToken stopping)
    {
        try
        {
            var outcomes = await new ViewRefresher(ledger).RefreshOnceAsync("nightly", OneFleet, stopping);
            return outcomes.FirstOrDefault(o => !o.Succeeded) is { } failed ? $"{failed.ViewName}: {failed.Error}" : null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (e is not LedgerException) logger.LogError(e, "The nightly refresh met an unexpected problem");
            return e.Message;
        }
    }
}
