using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Quartz;

namespace Almagest.Server.Jobs;

/// <summary>
/// Looks after the queue of runs on a schedule, once in a fleet: lost runs, forgotten idempotency keys, and a record of how long the queue
/// is. The workers find lost runs themselves within seconds; this is what does it where none is free to, and what operators see of it.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class RunQueueMaintenance(LedgerDatabase ledger) : IJob
{
    public const string Name = "run-watch";

    public static ScheduledJob Job { get; } =
        new(
            new JobKey(Name, "runs"),
            typeof(RunQueueMaintenance),
            "Looks after the queue of runs",
            JobSchedule.Parse("*/10 * * * *", "UTC", "runs")
        );

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var lost = await new RunClaims(ledger).HandleLostRunsAsync(cancellationToken);
            var keys = await new RunSubmitter(ledger).ForgetKeysAsync(cancellationToken);
            var counts = await new RunRepository(ledger).CountByStatusAsync(cancellationToken);
            var summary =
                $"{CountText.Of(counts[RunStatus.Pending], "run waits", "runs wait")}, "
                + $"{CountText.Of(counts[RunStatus.Running], "is", "are")} worked on; "
                + $"{CountText.Of(lost.Restarted, "lost run waits", "lost runs wait")} again, {lost.Failed} failed; "
                + $"{CountText.Of(keys, "idempotency key", "idempotency keys")} forgotten";
            await JobHistory.ForgetSameAsync(ledger, Name, summary, cancellationToken);
            context.Result = JobRunReport.Succeeded(summary);
        }
        catch (LedgerException e)
        {
            context.Result = JobRunReport.Failed(e.Message);
        }
    }
}
