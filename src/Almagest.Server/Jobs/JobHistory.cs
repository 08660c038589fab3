using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Server.Jobs;

/// <summary>The history of jobs that look every few minutes and mostly find what they found before. It has a bound of rows for all jobs
/// together, so that such rounds would soon push out the nights and the news.</summary>
internal static class JobHistory
{
    /// <summary>Forgets the last rounds of a job where they said the same, before this one says it: the first round that said something
    /// else, failed or was cancelled, and all before it, stay.</summary>
    public static Task ForgetSameAsync(LedgerDatabase ledger, string job, string summary, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"""
                    delete from {JobScheduler.TablePrefix}execution_history
                    where sched_name = '{JobScheduler.SchedulerName}' and job_name = $1 and fired_time > (
                      select coalesce(max(fired_time), 0) from {JobScheduler.TablePrefix}execution_history
                      where sched_name = '{JobScheduler.SchedulerName}' and job_name = $1
                        and not (succeeded and summary is not distinct from $2))
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = job },
                        new() { Value = summary },
                    },
                };
                await command.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken
        );
}
