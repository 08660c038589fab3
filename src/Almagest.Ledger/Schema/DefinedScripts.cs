using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Npgsql;

namespace Almagest.Ledger.Schema;

/// <summary>What the repeatable scripts have made in a database: each thing's fingerprint is its comment.</summary>
internal sealed class DefinedScripts
{
    private readonly Dictionary<string, (char Kind, string? Fingerprint)> _relations = [];
    private readonly Dictionary<string, string?> _functions = [];
    private string? _summaries;
    private string? _sky;

    /// <summary>Views that some program has registered.</summary>
    public List<string> Registered { get; } = [];

    /// <summary>Whether the bulk tables lie on several machines.</summary>
    public bool IsDistributed { get; private set; }

    public static async Task<DefinedScripts> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var found = new DefinedScripts();
        await using var command = new NpgsqlCommand(
            """
            select relkind, relname::text, obj_description(oid, 'pg_class')
            from pg_class where relnamespace = 'public'::regnamespace and relkind in ('m', 'v')
            union all
            select 'f', proname, obj_description(oid, 'pg_proc') from pg_proc where pronamespace = 'public'::regnamespace
            union all
            select 's', nspname, obj_description(oid, 'pg_namespace') from pg_namespace where nspname in ($1, $2)
            union all
            select 'a', view_name, null from public.analytics_views
            union all
            select 'd', engine, null from public.ledger_distribution
            """,
            connection
        )
        {
            Parameters =
            {
                new() { Value = IncrementalSql.Schema },
                new() { Value = SkyFunctions.Schema },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (kind, name, fingerprint) = (reader.GetChar(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2));
            if (kind == 'a')
                found.Registered.Add(name);
            else if (kind == 'd')
                found.IsDistributed = true;
            else if (kind == 'f')
                found._functions[name] = fingerprint;
            else if (kind == 's' && name == SkyFunctions.Schema)
                found._sky = fingerprint;
            else if (kind == 's')
                found._summaries = fingerprint;
            else
                found._relations[name] = (kind, fingerprint);
        }
        return found;
    }

    /// <summary>Whether the schema of mode incremental, with the triggers that maintain it, is today's.</summary>
    public bool AreSummariesStale => _summaries != IncrementalSql.Fingerprint;

    /// <summary>Whether the functions of the sky are missing or others than today's.</summary>
    public bool IsSkyStale => _sky != SkyFunctions.Fingerprint;

    public bool IsStale(LedgerFunction function) => _functions.GetValueOrDefault(function.Name) != function.Fingerprint;

    // What a view's comment says depends on what the view is.
    public bool IsStale(AnalyticsView view) =>
        !_relations.TryGetValue(view.Name, out var found)
        || found.Fingerprint != (found.Kind == 'm' ? view.Fingerprint : IncrementalSql.FingerprintOf(view, IsDistributed));

    /// <summary>The names of what is missing or not as this program defines it.</summary>
    public List<string> Stale() =>
        [
            .. AnalyticsViews.All.Where(IsStale).Select(v => v.Name),
            .. Registered.Where(IsStrange),
            .. AreSummariesStale ? [IncrementalSql.Schema] : Array.Empty<string>(),
            .. LedgerFunctions.All.Where(IsStale).Select(f => f.Name),
            .. IsSkyStale ? [SkyFunctions.Schema] : Array.Empty<string>(),
        ];

    /// <summary>Whether this program has no view of that name.</summary>
    public static bool IsStrange(string registered) => AnalyticsViews.All.All(v => v.Name != registered);
}
