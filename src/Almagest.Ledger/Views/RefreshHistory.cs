namespace Almagest.Ledger.Views;

/// <summary>
/// What the records of refreshes say of each view, as SQL that every reader of them shares. When a failed refresh is tried again
/// follows from the records alone: every server and the command line see the same, and a restart forgets nothing.
/// </summary>
internal static class RefreshHistory
{
    /// <summary>Why a refresh failed whose program is gone.</summary>
    public const string Abandoned = "the refreshing program ended before it was done";

    /// <summary>How long a view's refreshes are remembered, as a PostgreSQL interval; the last success of a view stays however old it
    /// is.</summary>
    public const string Kept = "1 year";

    private const int LongestSeconds = 300;

    /// <summary>
    /// The head of a query: <c>refresh_history</c> with view_name, the last success (succeeded_at, duration_ms, row_count), the last
    /// record (outcome, error), failures since the last success, and next_retry (null without failures). A record that says
    /// <c>running</c> while nobody holds the lock of the refreshers is a failure.
    /// </summary>
    public static readonly string Sql = $"""
        with locked as materialized (
          select exists (
            select 1 from pg_locks
            where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
              and classid = {(uint)(ViewRefresher.RefreshLock >> 32)} and objid = {unchecked(
            (uint)ViewRefresher.RefreshLock
        )} and objsubid = 1) as by_someone
        ),
        records as not materialized (
          select r.refresh_id, r.view_name, r.started_at, r.row_count, r.duration_ms, coalesce(r.finished_at, r.started_at) as ended_at,
                 case when r.outcome = 'running' and not l.by_someone then 'failed' else r.outcome end as outcome,
                 case when r.outcome = 'running' and not l.by_someone then '{Abandoned}' else r.error end as error
          from public.view_refreshes r cross join locked l
        ),
        refresh_history as (
          select v.view_name, good.ended_at as succeeded_at, good.duration_ms, good.row_count, last.outcome, last.error, bad.failures,
                 bad.failed_at + least({LongestSeconds}, 2 ^ least(bad.failures - 1, 20)) * interval '1 second' as next_retry
          from public.analytics_views v
          left join lateral (
            select * from records r where r.view_name = v.view_name and r.outcome = 'succeeded' order by r.started_at desc limit 1) good
              on true
          left join lateral (
            select * from records r where r.view_name = v.view_name order by r.started_at desc limit 1) last on true
          cross join lateral (
            select count(*)::int as failures, max(r.ended_at) as failed_at from records r
            where r.view_name = v.view_name and r.outcome = 'failed' and r.started_at > coalesce(good.started_at, '-infinity')) bad
        )
        """;

    /// <summary>The same as next_retry: 1 s after the first failure, twice as long after each further one, 5 min at most.</summary>
    public static TimeSpan WaitAfter(int failures) =>
        TimeSpan.FromSeconds(Math.Min(LongestSeconds, Math.Pow(2, Math.Min(failures - 1, 20))));
}
