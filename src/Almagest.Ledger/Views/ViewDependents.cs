using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Views;

/// <summary>
/// What others have made on top of the views: views, functions and rules that read them, indexes of their own on them, jobs of pg_cron that
/// name them. A conversion replaces the views, and would take these along or be refused by them.
/// </summary>
internal static class ViewDependents
{
    private const string Sql = """
        with ours as (
          select format('public.%I', v.view_name)::regclass::oid as oid from public.analytics_views v
        )
        select distinct
          coalesce(pg_describe_object('pg_class'::regclass, r.ev_class, 0), pg_describe_object(d.classid, d.objid, d.objsubid))
        from pg_depend d
        left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
        where d.deptype = 'n' and d.refclassid = 'pg_class'::regclass and d.refobjid in (select oid from ours)
          and coalesce(r.ev_class, 0) not in (select oid from ours)
        union
        select pg_describe_object('pg_class'::regclass, i.indexrelid, 0) || ' on ' || i.indrelid::regclass
        from pg_index i join pg_class c on c.oid = i.indexrelid
        where i.indrelid in (select oid from ours) and not c.relname = any ($1)
        order by 1
        """;

    private const string Jobs = """
        select 'job ' || jobid || ' of pg_cron' from cron.job
        where database = current_database() and exists (
          select 1 from public.analytics_views v where position(v.view_name in command) > 0)
        order by jobid
        """;

    /// <summary>What PostgreSQL calls each, such as <c>view public.my_summary</c>.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        object ourIndexes = AnalyticsViews.All.SelectMany(v => v.IndexNames()).ToArray();
        var found = await connection.ListAsync<string>(Sql, cancellationToken, ourIndexes);
        if (await HasJobsAsync(connection, cancellationToken))
            found.AddRange(await connection.ListAsync<string>(Jobs, cancellationToken));
        return found;
    }

    private static async Task<bool> HasJobsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (
            await connection.ListAsync<bool>(
                "select to_regclass('cron.job') is not null and has_table_privilege(to_regclass('cron.job'), 'select')",
                cancellationToken
            )
        )[0];
}
