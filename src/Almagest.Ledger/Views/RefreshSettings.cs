namespace Almagest.Ledger.Views;

/// <summary>Settings of the one transaction that computes a view, which a page's query would not want.</summary>
internal static class RefreshSettings
{
    /// <summary>
    /// Hash tables and sorts in memory; no just-in-time compilation, which costs up to a second a query and gains less here; long arrays
    /// compressed by lz4 where the server has it, several times faster than PostgreSQL's own method.
    /// </summary>
    public const string Sql = """
        set local work_mem = '256MB';
        set local jit = off;
        select set_config('default_toast_compression', 'lz4', true) from pg_settings where name = 'default_toast_compression'
          and 'lz4' = any (enumvals);
        """;
}
