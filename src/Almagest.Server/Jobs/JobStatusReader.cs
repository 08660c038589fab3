using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Server.Jobs;

/// <summary>Reads the store of jobs as it is in the database, whether or not a server runs.</summary>
public sealed class JobStatusReader(LedgerDatabase ledger)
{
    // A server is gone when it has not checked in for this many of its intervals.
    private const int Patience = 2;

    /// <param name="history">executions of each job at most</param>
    /// <exception cref="Almagest.Contract.Errors.LedgerException">the database has trouble</exception>
    public async Task<IReadOnlyList<JobStatus>> ReadAsync(int history = 20, CancellationToken cancellationToken = default)
    {
        return await ledger.AskAsync(
            async connection =>
            {
                var executions = await HistoryAsync(connection, history, cancellationToken);
                await using var command = new NpgsqlCommand(
                    $"""
                    select j.job_group, j.job_name, j.description, coalesce(t.description, c.cron_expression), c.time_zone_id,
                      t.next_fire_time, t.prev_fire_time,
                           exists (select 1 from {JobScheduler.TablePrefix}fired_triggers f
                                   where f.sched_name = j.sched_name and f.job_name = j.job_name and f.job_group = j.job_group
                                     and f.state = 'EXECUTING'),
                           (select count(*) from {JobScheduler.TablePrefix}scheduler_state s
                            where s.sched_name = j.sched_name and s.last_checkin_time + $2 * {TimeSpan.TicksPerMillisecond} *
                              s.checkin_interval > $1)::int
                    from {JobScheduler.TablePrefix}job_details j
                    left join {JobScheduler.TablePrefix}triggers t on t.sched_name = j.sched_name and t.job_name = j.job_name
                      and t.job_group = j.job_group and t.trigger_name = j.job_name
                    left join {JobScheduler.TablePrefix}cron_triggers c on c.sched_name = t.sched_name and c.trigger_name = t.trigger_name
                      and c.trigger_group = t.trigger_group
                    where j.sched_name = '{JobScheduler.SchedulerName}'
                    order by j.job_group, j.job_name
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = DateTime.UtcNow.Ticks },
                        new() { Value = Patience },
                    },
                };
                var jobs = new List<JobStatus>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    var name = reader.GetString(1);
                    jobs.Add(
                        new JobStatus(
                            name,
                            Text(reader, 2),
                            Text(reader, 3),
                            Text(reader, 4),
                            Time(reader, 5),
                            Time(reader, 6),
                            reader.GetBoolean(7),
                            reader.GetInt32(8),
                            [.. executions[(reader.GetString(0), name)]]
                        )
                    );
                }
                return jobs;
            },
            cancellationToken
        );
    }

    private static async Task<ILookup<(string, string), JobExecution>> HistoryAsync(
        NpgsqlConnection connection,
        int most,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            $"""
            select j.job_group, j.job_name, h.fired_time, h.run_time, h.succeeded, h.result, coalesce(h.summary, h.error_message),
              h.instance_name
            from {JobScheduler.TablePrefix}job_details j
            cross join lateral (
              select * from {JobScheduler.TablePrefix}execution_history h
              where h.sched_name = j.sched_name and h.job_group = j.job_group and h.job_name = j.job_name order by h.fired_time desc
                limit $1) h
            where j.sched_name = '{JobScheduler.SchedulerName}'
            order by h.fired_time desc
            """,
            connection
        )
        {
            Parameters = { new() { Value = most } },
        };
        var rows = new List<((string, string) Job, JobExecution Execution)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var result = reader.IsDBNull(5)
                ? (reader.GetBoolean(4) ? Quartz.JobRunResult.Succeeded : Quartz.JobRunResult.Failed)
                : (Quartz.JobRunResult)reader.GetInt32(5);
            rows.Add(
                (
                    (reader.GetString(0), reader.GetString(1)),
                    new JobExecution(
                        Time(reader, 2)!.Value,
                        TimeSpan.FromTicks(reader.GetInt64(3)).TotalMilliseconds,
                        Word(result),
                        Text(reader, 6),
                        reader.GetString(7)
                    )
                )
            );
        }
        return rows.ToLookup(r => r.Job, r => r.Execution);
    }

    private static string Word(Quartz.JobRunResult result) =>
        result switch
        {
            Quartz.JobRunResult.Succeeded => "succeeded",
            Quartz.JobRunResult.Cancelled => "cancelled",
            Quartz.JobRunResult.Skipped => "skipped",
            _ => "failed",
        };

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    // The store counts ticks of 100 ns from year 1, UTC.
    private static DateTime? Time(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) || reader.GetInt64(column) <= 0 ? null : new DateTime(reader.GetInt64(column), DateTimeKind.Utc);
}
