using System.Security.Cryptography;
using System.Text;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;

namespace Almagest.Ledger.Views;

/// <summary>
/// One query-optimized view: its definition (the .sql file is the specification), its unique key, and the runs that touch it.
/// All of it may be changed in place: it is a repeatable script (<see cref="Schema.RepeatableScripts"/>). Migrations hold frozen texts of their own.
/// </summary>
public sealed record AnalyticsView(string Name, IReadOnlyList<string> Key, IReadOnlyList<string> RunTypes, bool EveryChange = false)
{
    /// <summary>Further indexes, for the look-ups of the routes: name suffix and column list.</summary>
    public IReadOnlyList<(string Suffix, string Columns)> LookupIndexes { get; init; } = [];

    /// <summary>Tables whose every change touches the view, besides the runs: <c>stars</c>, <c>star_labels</c>.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>Views that its definition reads; they are refreshed before it.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>The SELECT that defines the view, without a final semicolon.</summary>
    public string Definition { get; } = EmbeddedSql.Read($"Views.Definitions.{Name}.sql").TrimEnd();

    /// <summary>Fingerprint of all that makes the materialized view, kept as its comment, to tell a view of today from one of yesterday.</summary>
    public string Fingerprint => FingerprintOf(CreateUncommented("") + Registration);

    internal static string FingerprintOf(string definition) => "almagest definition " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition)))[..16];

    public string KeyIndex => $"ux_{Name}";

    /// <summary>Its indexes in mode refresh, the key's first.</summary>
    public IEnumerable<string> IndexNames() => [KeyIndex, .. LookupIndexes.Select(i => LookupIndex(i.Suffix))];

    string LookupIndex(string suffix) => $"ix_{Name}_{suffix}";

    string DefinitionOver(string suffix) => DependsOn.Aggregate(Definition, (sql, view) => sql.Replace($"public.{view} ", $"public.{view}{suffix} ", StringComparison.Ordinal));

    /// <summary>Creates the materialized view with its indexes.</summary>
    /// <param name="suffix">for all names, those of the views it is computed from included, while other relations have the names themselves</param>
    public string CreateMaterializedSql(string suffix = "")
    {
        var sql = new StringBuilder(CreateUncommented(suffix));
        sql.Append("comment on materialized view public.").Append(Name).Append(suffix).Append(" is '").Append(Fingerprint).Append("';\n");
        return sql.ToString();
    }

    string CreateUncommented(string suffix)
    {
        var sql = new StringBuilder();
        sql.Append("create materialized view public.").Append(Name).Append(suffix).Append(" as\n").Append(DefinitionOver(suffix)).Append(";\n");
        sql.Append("create unique index ").Append(KeyIndex).Append(suffix).Append(" on public.").Append(Name).Append(suffix).Append(" (").AppendJoin(", ", Key).Append(");\n");
        foreach (var (name, columns) in LookupIndexes)
            sql.Append("create index ").Append(LookupIndex(name)).Append(suffix).Append(" on public.").Append(Name).Append(suffix).Append(" (").Append(columns).Append(");\n");
        return sql.ToString();
    }

    /// <summary>Says in the database which changes touch it: a row of <c>analytics_views</c>, whose version goes on where there is one.</summary>
    public string Registration => $"""
        insert into public.analytics_views (view_name, run_types, every_change, tables)
        values ('{Name}', {TextArray(RunTypes)}, {(EveryChange ? "true" : "false")}, {TextArray(Tables)})
        on conflict (view_name) do update set run_types = excluded.run_types, every_change = excluded.every_change, tables = excluded.tables;

        """;

    static string TextArray(IReadOnlyList<string> values) => $"array[{string.Join(", ", values.Select(v => $"'{v}'"))}]::text[]";
}

/// <summary>The views, in the order in which they are refreshed.</summary>
public static class AnalyticsViews
{
    public static readonly AnalyticsView RunStats = new("mv_discovery_run_stats", ["run_id"], Model.RunTypes.All)
    {
        LookupIndexes = [("type_created", "run_type, created_at desc"), ("created", "created_at desc")],
    };

    public static readonly AnalyticsView ClusterSizes = new("mv_cluster_size_distribution", ["run_id", "cluster_id"], [Model.RunTypes.Cluster]);

    public static readonly AnalyticsView StarFrequency = new("mv_star_anomaly_frequency", ["star_id"], [Model.RunTypes.Anomaly])
    {
        LookupIndexes = [("frequency", "frequency_pct desc, anomaly_count desc, star_id")],
    };

    public static readonly AnalyticsView Overlap = new("mv_anomaly_overlap_matrix", ["run_1_id", "run_2_id"], [Model.RunTypes.Anomaly])
    {
        LookupIndexes = [("run_2", "run_2_id"), ("similarity", "jaccard_similarity desc, run_1_id, run_2_id")],
    };

    public static readonly AnalyticsView Timeline =
        new("mv_discovery_timeline", ["period_type", "period_start", "run_type"], Model.RunTypes.All, EveryChange: true);

    public static readonly AnalyticsView Coverage = new("mv_dataset_coverage", ["dataset_id", "healpix_6"], Model.RunTypes.All)
    {
        LookupIndexes = [("runs", "dataset_id, runs desc, star_analyses desc, healpix_6")],
        Tables = ["stars"],
    };

    public static readonly AnalyticsView Quality = new("mv_discovery_quality", ["run_id", "label_set"], Model.RunTypes.All)
    {
        LookupIndexes = [("f1", "f1 desc nulls last, run_id"), ("adjusted_rand_index", "adjusted_rand_index desc nulls last, run_id")],
        Tables = ["star_labels"],
    };

    public static readonly AnalyticsView Parameters = new("mv_parameter_performance", ["run_type", "algorithm", "parameters_hash"], Model.RunTypes.All)
    {
        LookupIndexes = [("runs", "runs desc")],
        Tables = ["star_labels"],
        DependsOn = [RunStats.Name, Overlap.Name, Quality.Name],
    };

    public static readonly IReadOnlyList<AnalyticsView> All = [RunStats, ClusterSizes, StarFrequency, Overlap, Timeline, Coverage, Quality, Parameters];

    /// <exception cref="LedgerException">no view has that name</exception>
    public static AnalyticsView Get(string name) =>
        All.FirstOrDefault(v => v.Name == name)
        ?? throw LedgerException.Of(ErrorCode.ViewNotFound, $"there is no view '{name}'",
            $"The views are {string.Join(", ", All.Select(v => v.Name))}.");
}
