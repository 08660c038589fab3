namespace Almagest.Ledger.Schema;

/// <summary>What a run found, out of its summary, in SQL: null where it has no such number.</summary>
public static class RunOutcomes
{
    /// <param name="alias">of discovery_runs</param>
    /// <param name="name">anomaly_count, cluster_count or noise_count</param>
    public static string Count(string alias, string name) =>
        $"(case when jsonb_typeof({alias}.results_summary -> '{name}') = 'number' then ({alias}.results_summary -> '{name}')::bigint end)";

    /// <summary>Stars of the selection that were not analysed, for whatever reason.</summary>
    public static string Excluded(string alias) =>
        $"(case when jsonb_typeof({alias}.results_summary -> 'excluded') = 'array' then "
        + "(select coalesce(sum((e -> 'count')::bigint), 0)::bigint "
        + $"from jsonb_array_elements({alias}.results_summary -> 'excluded') e) end)";

    /// <summary>Time from its beginning to its end.</summary>
    public static string Seconds(string alias) => $"(extract(epoch from {alias}.completed_at - {alias}.started_at)::double precision)";
}
