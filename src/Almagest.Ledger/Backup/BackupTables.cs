using Npgsql;

namespace Almagest.Ledger.Backup;

/// <summary>The tables that hold what nobody can compute again, in an order in which their rows can be put back.</summary>
internal static class BackupTables
{
    // What the program makes by itself: the history of migrations, the views' books and records, and what expires.
    private static readonly string[] s_leftOut =
    [
        "__EFMigrationsHistory",
        "analytics_views",
        "pending_view_changes",
        "view_refreshes",
        "view_policy",
        "tap_jobs",
        "tap_job_uploads",
        "tap_job_chunks",
        "run_tasks",
        "idempotency_keys",
        "data_protection_keys",
        "deletions",
        "deleted_results",
        "deleted_exclusions",
        "deleted_stars",
        "deleted_labels",
        "deleted_links",
        "ledger_distribution",
        "unseen_rows",
    ];

    // Who may ask a server is not a matter of what was found.
    private static readonly string[] s_ofTheServer = ["access_tokens"];

    private const string OfRuns = "set_id in (select star_set_id from public.discovery_runs where star_set_id is not null)";

    /// <summary>Which rows of a table are taken along, where it is not all: sets of stars of runs that are there, not of deleted
    /// ones.</summary>
    public static IReadOnlyDictionary<string, string> Rows { get; } =
        new Dictionary<string, string>
        {
            ["analysed_sets"] = OfRuns,
            ["analysed_set_blocks"] = OfRuns,
            ["analysed_set_cells"] = OfRuns,
        };

    /// <summary>Those of them that go to another place.</summary>
    public static IEnumerable<BackupTable> ForExport(IEnumerable<BackupTable> tables) => tables.Where(t => !s_ofTheServer.Contains(t.Name));

    /// <summary>Tables of the schema public, those that others refer to first.</summary>
    public static async Task<IReadOnlyList<BackupTable>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var tables = new List<BackupTable>();
        await using (
            var command = new NpgsqlCommand(
                """
                select c.relname::text, array_agg(a.attname::text order by a.attnum),
                       array_agg(pg_get_serial_sequence(format('public.%I', c.relname), a.attname) order by a.attnum)
                from pg_class c
                join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
                  and not c.relname = any ($1)
                group by c.relname order by c.relname
                """,
                connection
            )
            {
                Parameters = { new() { Value = s_leftOut } },
            }
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var columns = reader.GetFieldValue<string[]>(1);
                var sequences = reader.GetFieldValue<string?[]>(2);
                tables.Add(
                    new BackupTable(
                        reader.GetString(0),
                        columns,
                        columns.Zip(sequences).Where(c => c.Second is not null).ToDictionary(c => c.First, _ => (long?)null)
                    )
                );
            }
        }
        return InOrder(tables, await ReferencesAsync(connection, cancellationToken));
    }

    /// <summary>The first table that has a row; null where none has.</summary>
    /// <param name="ofExport">only those that an export holds</param>
    public static async Task<string?> FirstWithRowsAsync(NpgsqlConnection connection, bool ofExport, CancellationToken cancellationToken)
    {
        IEnumerable<BackupTable> tables = await ReadAsync(connection, cancellationToken);
        foreach (var table in ofExport ? ForExport(tables) : tables)
        {
            await using var command = new NpgsqlCommand($"select exists (select 1 from {Quoted(table.Name)})", connection);
            if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!)
                return table.Name;
        }
        return null;
    }

    /// <summary>The table's name in SQL.</summary>
    public static string Quoted(string table) => $"public.{QuotedName(table)}";

    public static string QuotedName(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task<ILookup<string, string>> ReferencesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var found = new List<(string From, string To)>();
        await using var command = new NpgsqlCommand(
            """
            select f.relname::text, t.relname::text
            from pg_constraint c join pg_class f on f.oid = c.conrelid join pg_class t on t.oid = c.confrelid
            where c.contype = 'f' and f.relnamespace = 'public'::regnamespace and f.oid <> t.oid
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            found.Add((reader.GetString(0), reader.GetString(1)));
        return found.ToLookup(r => r.From, r => r.To);
    }

    private static List<BackupTable> InOrder(List<BackupTable> tables, ILookup<string, string> references)
    {
        var ordered = new List<BackupTable>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        void Visit(BackupTable table)
        {
            if (!seen.Add(table.Name))
                return;
            foreach (var to in references[table.Name])
            {
                if (tables.Find(t => t.Name == to) is { } referred)
                    Visit(referred);
            }
            ordered.Add(table);
        }
        tables.ForEach(Visit);
        return ordered;
    }
}
