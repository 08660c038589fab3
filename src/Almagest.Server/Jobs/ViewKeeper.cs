using Almagest.Contract.Errors;
using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
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
internal sealed class ViewKeeper(LedgerDatabase ledger, IHostApplicationLifetime lifetime, ILogger<ViewKeeper> logger) : ServerJob(lifetime, logger)
{
    static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan LongestQuiet = TimeSpan.FromSeconds(2);
    static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    readonly ViewRefresher refresher = new(ledger);

    protected override async Task WorkAsync(CancellationToken stopping)
    {
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                await ListenAsync(backoff, stopping);
            }
            catch (Exception e) when (e is LedgerException or NpgsqlException)
            {
                var wait = backoff.Next();
                logger.LogWarning("The views cannot follow the ledger: {Reason}; trying again in {Wait} s", e.Message, wait.TotalSeconds);
                await Task.Delay(wait, stopping);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "The views cannot follow the ledger");
                await Task.Delay(backoff.Next(), stopping);
            }
        }
    }

    async Task ListenAsync(Backoff backoff, CancellationToken stopping)
    {
        await using var connection = await ledger.ConnectAsync(stopping);
        await using (var listen = new NpgsqlCommand($"listen {ViewRefresher.Channel}", connection)) await listen.ExecuteNonQueryAsync(stopping);
        while (true)
        {
            // Listening began before this: a change in between is either seen here or announced.
            var done = await refresher.RefreshDueAsync("run", stopping);
            backoff.Reset();
            var wait = done.NextRetry is { } retry && retry < LookAgain ? (retry > Quiet ? retry : Quiet) : LookAgain;
            foreach (var f in done.Outcomes.Where(o => !o.Succeeded)) logger.LogWarning("{View} could not be refreshed: {Reason}; it is tried again", f.ViewName, f.Error);
            if (await connection.WaitAsync(wait, stopping)) await SettleAsync(connection, stopping);
        }
    }

    static async Task SettleAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        var deadline = DateTime.UtcNow + LongestQuiet;
        while (DateTime.UtcNow < deadline && await connection.WaitAsync(Quiet, stopping))
        {
            // Another change: wait for the last of them.
        }
    }
}
