namespace Almagest.Ledger.Tests.Schema;

/// <summary>What a database is made of, as sorted text: two databases with the same text have the same schema.</summary>
internal static class SchemaCatalogue
{
    private const string Sql = """
        select concat_ws(' ', 'column', table_schema, table_name, column_name, data_type, is_nullable, column_default)
          from information_schema.columns where table_schema in ('public', 'jobs', 'view_summaries')
        union all select 'index ' || indexdef from pg_indexes where schemaname in ('public', 'jobs', 'view_summaries')
        union all select 'view ' || matviewname || ' ' || definition from pg_matviews where schemaname = 'public'
        union all select 'view ' || viewname || ' ' || definition from pg_views where schemaname = 'public'
        union all select 'registered ' || view_name || ' ' || run_types::text || ' ' || every_change from public.analytics_views
        union all select 'trigger ' || tgname || ' ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
        union all select 'function ' || proname || ' ' || prosrc
          from pg_proc where pronamespace::regnamespace::text in ('public', 'view_summaries')
        union all select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid)
          from pg_constraint where connamespace::regnamespace::text in ('public', 'jobs', 'view_summaries')
        order by 1
        """;

    /// <summary>Of a ledger before the views, too: nothing is registered there.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(TestLedger ledger)
    {
        var hasViews = await ledger.ScalarAsync<bool>("select to_regclass('public.analytics_views') is not null");
        var lines = Sql.Split('\n').Where(line => hasViews || !line.Contains("'registered '", StringComparison.Ordinal));
        return await ledger.StringsAsync(string.Join('\n', lines));
    }
}
