using Almagest.Ledger.Model;

namespace Almagest.Runs.Lifecycle;

/// <summary>What changes the status of a run: who does it, and from which status to which.</summary>
/// <param name="Name">what is done</param>
/// <param name="By">who may do it</param>
/// <param name="Steps">allowed changes; several of one status are told apart by the statement</param>
internal sealed record RunOperation(string Name, string By, params (string From, string To)[] Steps)
{
    /// <summary>The statuses in which it does something, as a condition of SQL.</summary>
    public string Allowed => $"status in ({string.Join(", ", Steps.Select(step => step.From).Distinct().Select(from => $"'{from}'"))})";
}

/// <summary>
/// The life of a run: its statuses, and every statement that changes one. Nothing else in the program writes
/// <c>discovery_runs.status</c>, and nothing but <see cref="DeleteRun"/> and the deletion of a dataset removes a run.
/// </summary>
/// <remarks>
/// <para>
/// A run is inserted <c>pending</c>. It ends once, as <c>completed</c>, <c>failed</c> or <c>cancelled</c>, and stays so; a run that
/// has ended can only be deleted, or repeated by a new one.
/// </para>
/// <code>
///   operation | by                                | pending   | running                        | completed, failed, cancelled
///   take      | a worker that is free             | running   | -                              | -
///   begin     | who takes the first of its tasks  | running   | -                              | -
///   release   | its worker, which stops           | -         | pending                        | -
///   end       | its worker                        | -         | failed, cancelled              | -
///   lose      | whoever finds its worker silent   | -         | pending, failed, cancelled     | -
///   cancel    | a user                            | cancelled | (asked; its worker ends it)    | refused, but for cancelled
///   abandon   | the program that created it       | failed, cancelled | failed, cancelled      | -
///   complete  | its worker, or who created it     | completed | completed                      | refused
///   delete    | a user                            | gone      | refused                        | gone
/// </code>
/// <para>
/// A run that has tasks (<see cref="TaskLife"/>) is nobody's: it is begun instead of taken, whoever has one of them may end it, its
/// attempt stays the same to its end, and it is not lost: its tasks are.
/// </para>
/// <para>
/// - = nothing happens: somebody else was faster. A worker's statements hold for its own attempt only (<see cref="RunClaim"/>); whoever
/// lost its run changes nothing. The database has guards of its own: <c>status</c> is one of the five, <c>is_complete</c> holds exactly
/// for <c>completed</c> (check constraints), and a complete run is never rewritten (trigger <c>keep_complete_run</c>).
/// </para>
/// </remarks>
internal static class RunLife
{
    public static readonly RunOperation Take = new("take", "a worker that is free", (RunStatus.Pending, RunStatus.Running));

    public static readonly RunOperation Begin = new("begin", "who takes the first of its tasks", (RunStatus.Pending, RunStatus.Running));

    public static readonly RunOperation Release = new("release", "its worker, which stops", (RunStatus.Running, RunStatus.Pending));

    public static readonly RunOperation End = new(
        "end",
        "its worker",
        (RunStatus.Running, RunStatus.Failed),
        (RunStatus.Running, RunStatus.Cancelled)
    );

    public static readonly RunOperation Lose = new(
        "lose",
        "whoever finds its worker silent",
        (RunStatus.Running, RunStatus.Pending),
        (RunStatus.Running, RunStatus.Failed),
        (RunStatus.Running, RunStatus.Cancelled)
    );

    /// <summary>A running run stays running and is asked to stop.</summary>
    public static readonly RunOperation Cancel = new(
        "cancel",
        "a user",
        (RunStatus.Pending, RunStatus.Cancelled),
        (RunStatus.Running, RunStatus.Running)
    );

    public static readonly RunOperation Abandon = new(
        "abandon",
        "the program that created it",
        (RunStatus.Pending, RunStatus.Failed),
        (RunStatus.Pending, RunStatus.Cancelled),
        (RunStatus.Running, RunStatus.Failed),
        (RunStatus.Running, RunStatus.Cancelled)
    );

    public static readonly RunOperation Complete = new(
        "complete",
        "its worker, or who created it",
        (RunStatus.Pending, RunStatus.Completed),
        (RunStatus.Running, RunStatus.Completed)
    );

    public static IReadOnlyList<RunOperation> Operations { get; } = [Take, Begin, Release, End, Lose, Cancel, Abandon, Complete];

    /// <summary>The status that a run is inserted with.</summary>
    public const string First = RunStatus.Pending;

    /// <summary>Calls a run something, whatever its status. $1 run, $2 its name, null = nothing</summary>
    public const string Name = "update public.discovery_runs set name = $2 where run_id = $1";

    private const string NoProgress = "progress_stage = null, progress_fraction = null";

    private const string WithoutTasks = "not exists (select 1 from public.run_tasks t where t.run_id = q.run_id)";

    // $1 run, $2 attempt
    private const string Mine = "run_id = $1 and attempts = $2";

    private const string Taken =
        $"status = 'running', started_at = clock_timestamp(), heartbeat_at = clock_timestamp(), worker = $1, attempts = r.attempts + "
        + $"1, {NoProgress}";

    /// <summary>Take the oldest run that waits. $1 worker</summary>
    public static readonly string TakeNext = $"""
        update public.discovery_runs r set {Taken}
        from (select run_id from public.discovery_runs q where {Take.Allowed} and not_before <= clock_timestamp() and {WithoutTasks}
              order by run_id limit 1 for update skip locked) next
        where r.run_id = next.run_id
        returning r.run_id, r.attempts, r.group_id, r.algorithm
        """;

    /// <summary>Take this run. $1 worker, $2 run</summary>
    public static readonly string TakeOne = $"""
        update public.discovery_runs r set {Taken}
        from (select run_id from public.discovery_runs q where run_id = $2 and {Take.Allowed} and {WithoutTasks}
              for update skip locked) next
        where r.run_id = next.run_id
        returning r.run_id, r.attempts, r.group_id, r.algorithm
        """;

    /// <summary>The first task of a run is taken. $1 worker, $2 run</summary>
    public static readonly string BeginRun = $"""
        update public.discovery_runs r set {Taken} where run_id = $2 and {Begin.Allowed}
        """;

    /// <summary>A task of a run is taken that nobody was at: how long it has been worked on leaves that time out. $1 run, $2 silence that
    /// counts</summary>
    public const string ResumeRun = """
        update public.discovery_runs
        set started_at = started_at + (clock_timestamp() - heartbeat_at), heartbeat_at = clock_timestamp()
        where run_id = $1 and status = 'running' and heartbeat_at < clock_timestamp() - $2
        """;

    /// <summary>Put a run back among those that wait. $1 run, $2 attempt</summary>
    public static readonly string ReleaseRun = $"""
        update public.discovery_runs set status = 'pending', started_at = null, not_before = clock_timestamp(), {NoProgress}
        where {Mine} and {Release.Allowed}
        """;

    /// <summary>End a run that is not complete. $1 run, $2 attempt, $3 failed or cancelled, $4 error</summary>
    public static readonly string EndRun = $"""
        update public.discovery_runs set status = $3, error = $4, completed_at = clock_timestamp(), {NoProgress}
        where {Mine} and {End.Allowed}
        """;

    /// <summary>The same by the worker of one of its tasks, as long as it has that. $5 number and $6 attempt of the task</summary>
    public static readonly string EndRunOfTask = $"""
        {EndRun} and exists (
          select 1 from public.run_tasks t where t.run_id = $1 and t.number = $5 and t.attempts = $6 and t.status = 'running')
        """;

    /// <summary>
    /// An attempt was lost: the run waits again, or fails where that has happened too often. $1 run, $2 attempt, $3 silence that is
    /// required of its worker, $4 reason
    /// </summary>
    public static readonly string LoseRun = $"""
        with lost as (
          select run_id, case when cancel_requested_at is not null then 'cancelled' when restarts < max_restarts then 'pending'
            else 'failed' end as next
          from public.discovery_runs
          where {Mine} and {Lose.Allowed} and coalesce(heartbeat_at, '-infinity') <= clock_timestamp() - $3
          for no key update skip locked)
        update public.discovery_runs r
        set status = lost.next,
            restarts = r.restarts + (lost.next = 'pending')::int,
            started_at = case lost.next when 'pending' then null else r.started_at end,
            completed_at = case lost.next when 'pending' then null else clock_timestamp() end,
            -- What ends a worker may end the next, too: the others in the queue go first for a moment.
            not_before = case lost.next when 'pending' then clock_timestamp() + r.restarts * interval '5 seconds' else r.not_before end,
            error = case lost.next when 'failed'
              then $4 || case when r.max_restarts > 0 then format(', %s times in a row', r.restarts + 1)
                else '' end || '; start it again' end,
            {NoProgress}
        from lost where r.run_id = lost.run_id
        returning r.status
        """;

    /// <summary>Cancel a run that waits; ask the worker of a running one to stop. $1 run</summary>
    public static readonly string CancelRun = $"""
        update public.discovery_runs
        set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
            status = case status when 'pending' then 'cancelled' else status end,
            completed_at = case status when 'pending' then clock_timestamp() else completed_at end
        where run_id = $1 and {Cancel.Allowed}
        """;

    /// <summary>End a run that is not complete, without a claim. $1 run, $2 failed or cancelled, $3 error</summary>
    public static readonly string AbandonRun = $"""
        update public.discovery_runs set status = $2, error = $3, completed_at = clock_timestamp(), {NoProgress}
        where run_id = $1 and {Abandon.Allowed}
        """;

    /// <summary>
    /// Hold a run whose results are being stored; its status. The row can still be told progress, and the request to cancel; it can be
    /// neither deleted nor taken from the queue. $1 run, $2 attempt or null
    /// </summary>
    public const string HoldToComplete =
        "select status from public.discovery_runs where run_id = $1 and ($2::int is null or (attempts = $2 and status = 'running')) "
        + "for key share";

    /// <summary>Complete a run whose results are stored. $1 run, $2 stars, $3 summary, $4 hash of the results, $5 attempt or null, $6 rule
    /// of the hash, $7 set of stars and $8 files of a run whose results are in files, else null</summary>
    public static readonly string CompleteRun = $"""
        update public.discovery_runs
        set status = 'completed', is_complete = true, total_stars = $2, results_summary = nullif(
              coalesce(results_summary, jsonb_build_object()) || coalesce($3, jsonb_build_object()), jsonb_build_object()),
            started_at = coalesce(started_at, created_at), completed_at = clock_timestamp(), results_hash = $4, results_hash_version = $6,
            star_set_id = $7, result_files = $8, {NoProgress}
        where run_id = $1 and {Complete.Allowed} and ($5::int is null or (attempts = $5 and status = 'running'))
        """;

    /// <summary>Delete a run that nobody works on; a trigger deletes its results. $1 run</summary>
    public const string DeleteRun = "delete from public.discovery_runs where run_id = $1 and status <> 'running'";

    /// <summary>
    /// Sign of life of a worker and its progress; whether the run is to be cancelled. The run's own completion may hold the row for long:
    /// then there is nothing to say, for its session is a sign of life. $1 run, $2 attempt, $3 stage, $4 fraction
    /// </summary>
    public const string Beat = """
        with mine as (select run_id from public.discovery_runs where run_id = $1 and status = 'running'
          and attempts = $2 for no key update skip locked)
        update public.discovery_runs r set heartbeat_at = clock_timestamp(), progress_stage = $3, progress_fraction = $4
        from mine where r.run_id = mine.run_id
        returning r.cancel_requested_at is not null
        """;

    /// <summary>The same of a run whose tasks are worked on: how far they are. $1 run, $2 stage, $3 fraction</summary>
    public const string TellTasks = """
        update public.discovery_runs r set heartbeat_at = clock_timestamp(), progress_stage = $2, progress_fraction = $3
        from (select run_id from public.discovery_runs where run_id = $1 and status = 'running' for no key update skip locked) mine
        where r.run_id = mine.run_id
        """;

    /// <summary>Whether a run is still this attempt's, or complete. $1 run, $2 attempt</summary>
    public const string IsMine =
        "select is_complete or (status = 'running' and attempts = $2) from public.discovery_runs where run_id = $1";

    /// <summary>Running runs whose worker is silent, and whether for very long. $1 silence that counts, $2 silence that proves</summary>
    public const string Silent = $"""
        select run_id, attempts, coalesce(heartbeat_at, started_at, created_at) < clock_timestamp() - $2
        from public.discovery_runs q where status = 'running' and coalesce(heartbeat_at, '-infinity') < clock_timestamp() - $1
          and {WithoutTasks} limit 1000
        """;

    /// <summary>Write down the recipe of a run that was stored without one, while it is worked on. $1 run, $2 parameters, $3
    /// summary</summary>
    public const string ResolveParameters =
        "update public.discovery_runs set parameters = $2::jsonb, results_summary = $3::jsonb where run_id = $1 and status = 'running'";
}
