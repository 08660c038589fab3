namespace Almagest.Runs.Lifecycle;

/// <summary>What a task does; the tasks of a phase begin when all of those before it are done.</summary>
internal enum TaskPhase
{
    /// <summary>Goes over the whole selection: features, their scales, the fitted detector, and the tiles. Makes all other tasks.</summary>
    Prepare,

    /// <summary>Scores the stars of a tile.</summary>
    Score,

    /// <summary>Draws the line between flagged stars and others, over all scores.</summary>
    Threshold,

    /// <summary>Draws the stars of a tile within their errors.</summary>
    Draw,

    /// <summary>Stores all results and completes the run, in one transaction as of any run.</summary>
    Complete,
}

/// <summary>
/// The life of a task of a run that several workers share, and every statement that changes its status: waiting, running, done. A task is
/// done in the transaction that keeps what it makes; whoever has lost it meanwhile keeps nothing. What tasks make is in their own table:
/// results are stored by the last of them alone, with the completion of the run.
/// </summary>
internal static class TaskLife
{
    // $1 run, $2 number, $3 attempt
    private const string Mine = "run_tasks.run_id = $1 and number = $2 and run_tasks.attempts = $3 and run_tasks.status = 'running'";

    /// <summary>The first task of a run. {0} run</summary>
    public const string First = "insert into public.run_tasks (run_id, number, phase) values ({0}, 0, 0)";

    /// <summary>Take the next task of the oldest run; none where an older run without tasks waits, and none of a run that is being
    /// deleted, which has its tasks to come. $1 worker, $2 its version, $3 of this run alone, or null</summary>
    public const string TakeNext = """
        with next as (
          select t.run_id, t.number from public.run_tasks t join public.discovery_runs r using (run_id)
          where t.status = 'waiting' and t.not_before <= clock_timestamp() and r.status in ('pending', 'running')
            and r.cancel_requested_at is null and (t.program_version is null or t.program_version = $2)
            and ($3::uuid is null or t.run_id = $3)
            and ($3::uuid is not null or not exists (
              select 1 from public.discovery_runs q where q.status = 'pending' and q.not_before <= clock_timestamp() and q.run_id < t.run_id
                and not exists (select 1 from public.run_tasks o where o.run_id = q.run_id)))
            and not exists (select 1 from public.run_tasks e where e.run_id = t.run_id and e.phase < t.phase and e.status <> 'done')
          order by t.run_id, t.number limit 1 for update of t skip locked for key share of r skip locked)
        update public.run_tasks t set status = 'running', worker = $1, heartbeat_at = clock_timestamp(), attempts = t.attempts + 1
        from next where t.run_id = next.run_id and t.number = next.number
        returning t.run_id, t.number, t.phase, t.attempts, t.first_star, t.last_star, t.stars, t.digest
        """;

    /// <summary>What is to be known of the run of a task that was just taken. $1 run</summary>
    public const string RunOf = """
        select status, attempts, algorithm, clock_timestamp() - started_at, clock_timestamp() - heartbeat_at
        from public.discovery_runs where run_id = $1
        """;

    /// <summary>Put a task back: its worker stops. $1 to $3</summary>
    public const string Release = $"update public.run_tasks set status = 'waiting', worker = null where {Mine}";

    /// <summary>
    /// The worker of a task was lost: it waits again. Others go first for a moment, for what ends a worker may end the next, too. $1 to $3,
    /// $4 silence that is required of its worker; how often that has happened
    /// </summary>
    public const string Lose = $"""
        with lost as (
          select run_id, number from public.run_tasks where {Mine} and heartbeat_at <= clock_timestamp() - $4
          for no key update skip locked)
        update public.run_tasks t set status = 'waiting', worker = null, losses = t.losses + 1,
          not_before = clock_timestamp() + t.losses * interval '1 second'
        from lost where t.run_id = lost.run_id and t.number = lost.number
        returning t.losses
        """;

    /// <summary>Tasks whose worker is silent, and whether for very long. $1 silence that counts, $2 silence that proves</summary>
    public const string Silent = """
        select run_id, number, attempts, heartbeat_at < clock_timestamp() - $2
        from public.run_tasks where status = 'running' and heartbeat_at < clock_timestamp() - $1 limit 1000
        """;

    /// <summary>Sign of life; whether to stop, which is also so where the run has ended. Nothing where the task's own transaction holds it.
    /// $1 to $3</summary>
    public const string Beat = $"""
        with mine as (select run_id, number from public.run_tasks where {Mine} for no key update skip locked)
        update public.run_tasks t set heartbeat_at = clock_timestamp()
        from mine, public.discovery_runs r
        where t.run_id = mine.run_id and t.number = mine.number and r.run_id = mine.run_id
        returning r.cancel_requested_at is not null, r.status <> 'running'
        """;

    /// <summary>Of a task that is still this attempt's, and of a run that goes on: whether to stop. $1 to $3</summary>
    public const string IsMine = $"""
        select r.cancel_requested_at is not null from public.discovery_runs r
        where r.run_id = $1 and r.status = 'running' and exists (select 1 from public.run_tasks where {Mine})
        """;

    /// <summary>Hold the run of a task against deletion while the task is stored; its status. $1 run</summary>
    public const string HoldRun =
        "select status from public.discovery_runs where run_id = $1 and cancel_requested_at is null for key share";

    /// <summary>Hold a task while what it makes is stored. $1 to $3</summary>
    public const string Hold = $"select true from public.run_tasks where {Mine} for update";

    /// <summary>$1 to $3, $4 what others need of it</summary>
    public const string Finish = $"update public.run_tasks set status = 'done', outcome = $4 where {Mine}";

    /// <summary>$1 run, $2 numbers, $3 phases, $4 and $5 first and last stars, $6 how many, $7 digests, $8 version</summary>
    public const string Add = """
        insert into public.run_tasks (run_id, number, phase, first_star, last_star, stars, digest, program_version)
        select $1, number, phase, first_star, last_star, stars, digest, $8
        from unnest($2, $3, $4, $5, $6, $7) as t(number, phase, first_star, last_star, stars, digest)
        """;

    /// <summary>$1 run, $2 number</summary>
    public const string OutcomeOf = "select outcome from public.run_tasks where run_id = $1 and number = $2 and status = 'done'";

    /// <summary>In the order of the tiles. $1 run, $2 phase</summary>
    public const string OutcomesOf = "select outcome from public.run_tasks where run_id = $1 and phase = $2 order by number";

    /// <summary>How far the tasks of a run are: done, all, and of the phase that is worked on. $1 run, $2 phase</summary>
    public const string Progress = """
        select count(*) filter (where status = 'done'), count(*),
          count(*) filter (where phase = $2 and status = 'done'), count(*) filter (where phase = $2)
        from public.run_tasks where run_id = $1
        """;

    /// <summary>The tasks of a run that has ended. $1 run</summary>
    public const string DeleteOf = "delete from public.run_tasks where run_id = $1";

    /// <summary>Whether runs that have ended without being complete have left tasks. A standby may be asked it.</summary>
    public const string IsLeft = """
        select exists (
          select 1 from public.run_tasks join public.discovery_runs r using (run_id) where r.status not in ('pending', 'running')
        )
        """;

    /// <summary>The tasks of runs that have ended without being complete.</summary>
    public const string Sweep = """
        delete from public.run_tasks t using public.discovery_runs r
        where r.run_id = t.run_id and r.status not in ('pending', 'running')
        """;

    /// <summary>Running runs with tasks that were asked to stop while nobody was at any, with their attempt.</summary>
    public const string Cancelled = """
        select run_id, attempts from public.discovery_runs r
        where status = 'running' and cancel_requested_at is not null
          and exists (select 1 from public.run_tasks t where t.run_id = r.run_id)
          and not exists (select 1 from public.run_tasks t where t.run_id = r.run_id and t.status = 'running')
        """;

    /// <summary>Running runs whose tasks wait for a program of a version that nobody has any more. $1 version, $2 how long nobody has been
    /// at them</summary>
    public const string Stranded = """
        select r.run_id, r.attempts, min(t.program_version) from public.discovery_runs r join public.run_tasks t using (run_id)
        where r.status = 'running' and t.status <> 'done'
        group by r.run_id
        having bool_and(t.status = 'waiting') and bool_or(t.program_version <> $1)
          and coalesce(r.heartbeat_at, '-infinity') < clock_timestamp() - $2
        """;
}
