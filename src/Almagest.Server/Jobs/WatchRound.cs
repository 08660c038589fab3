using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Runs.Watching;
using Quartz;

namespace Almagest.Server.Jobs;

/// <summary>Looks every few minutes, once in a fleet, at the anomaly runs that have completed since the last look, whichever program made
/// them, and tells what they newly flag among watched stars.</summary>
[DisallowConcurrentExecution]
internal sealed class WatchRound(LedgerDatabase ledger) : IJob
{
    public const string Name = "star-watch";

    public static ScheduledJob Job { get; } =
        new(
            new JobKey(Name, "watches"),
            typeof(WatchRound),
            "Tells what runs newly flag among watched stars",
            JobSchedule.Parse("*/5 * * * *", "UTC", "watches")
        );

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var summary = WatchRounds.Summary(await new WatchRounds(ledger).LookAsync(cancellationToken));
            await JobHistory.ForgetSameAsync(ledger, Name, summary, cancellationToken);
            context.Result = JobRunReport.Succeeded(summary);
        }
        catch (LedgerException e)
        {
            context.Result = JobRunReport.Failed(e.Message);
        }
    }
}
