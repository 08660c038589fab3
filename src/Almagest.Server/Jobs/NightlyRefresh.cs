using Almagest.Ledger.Database;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Views;
using Almagest.Server.Measuring;
using Quartz;

namespace Almagest.Server.Jobs;

/// <summary>
/// Lets go what was deleted more than a day ago, and refreshes all views on a schedule: the safety net below the views that follow each
/// run. A view that cannot be refreshed is tried again by <see cref="ViewRefreshService"/>, as after any other failure; the job's own
/// record says that it failed.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class NightlyRefresh(LedgerDatabase ledger, LedgerMeter meter) : IJob
{
    public const string Name = "nightly-refresh";

    public static ScheduledJob JobBy(JobSchedule schedule) =>
        new(new JobKey(Name, "views"), typeof(NightlyRefresh), "Refreshes all views", schedule);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await new LedgerDeletions(ledger).EmptyAsync(LedgerDeletions.Kept, cancellationToken);
        var outcomes = await new ViewRefresher(ledger).RefreshAsync(null, "nightly", cancellationToken);
        meter.Refreshed(outcomes);
        var failed = outcomes.Where(o => !o.Succeeded).ToList();
        if (failed.Count > 0)
        {
            // The keeper learns when it is due again; by itself it looks once a minute.
            await using var notify = ledger.DataSource.CreateCommand($"notify {ViewRefresher.Channel}");
            await notify.ExecuteNonQueryAsync(cancellationToken);
        }
        context.Result =
            failed.Count == 0
                ? JobRunReport.Succeeded($"{outcomes.Count} views refreshed")
                : JobRunReport.Failed(
                    $"{failed.Count} of {outcomes.Count} views could not be refreshed: "
                        + $"{string.Join("; ", failed.Select(f => $"{f.ViewName}: {f.Error}"))}"
                );
    }
}
