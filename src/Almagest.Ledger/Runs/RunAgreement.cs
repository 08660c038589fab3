using Almagest.Discovery.Statistics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Ledger.Runs;

/// <summary>
/// How far two complete runs agree, star by star. A run <i>marks</i> the stars that it flags; a cluster run marks those that it leaves
/// out of every cluster.
/// </summary>
/// <param name="AnalysedByBoth">stars that both runs looked at</param>
/// <param name="Marked1">stars that run 1 marks</param>
/// <param name="Marked2">stars that run 2 marks</param>
/// <param name="Common">stars that both mark</param>
/// <param name="Expected">how many of the stars analysed by both would be common, were the two runs independent of each other</param>
/// <param name="Log10PValue">log10 of the chance of at least so many common stars, were the runs independent</param>
/// <param name="AdjustedRandIndex">of two cluster runs, noise counted as a group; null for others</param>
/// <param name="Clusters">of two cluster runs: how many stars of each cluster of run 1 are in each of run 2, most first; empty for others</param>
public sealed record RunAgreement(
    DiscoveryRun Run1, DiscoveryRun Run2, long AnalysedByBoth, long Marked1, long Marked2, long Common,
    double Expected, double Log10PValue, double? AdjustedRandIndex, IReadOnlyList<ClusterMatch> Clusters)
{
    public long OnlyIn1 => Marked1 - Common;
    public long OnlyIn2 => Marked2 - Common;

    /// <summary>Common over marked by either, [0, 1]; 0 where neither marks a star.</summary>
    public double JaccardSimilarity => Marked1 + Marked2 == 0 ? 0 : (double)Common / (Marked1 + Marked2 - Common);
}

/// <summary>Stars that are in one cluster of the first run and in one of the second; -1 = in none.</summary>
public sealed record ClusterMatch(int Cluster1, int Cluster2, long Stars);

/// <summary>Measures the agreement of two runs from their raw results.</summary>
public sealed class RunAgreementReader(LedgerDatabase ledger)
{
    /// <exception cref="LedgerException">a run is not complete, the two are one, or they have no star in common</exception>
    public async Task<RunAgreement> ReadAsync(DiscoveryRun run1, DiscoveryRun run2, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run1);
        ArgumentNullException.ThrowIfNull(run2);
        if (run1.RunId == run2.RunId) throw LedgerException.Invalid("run_id", "the two runs are one and the same", "Name two different runs.");
        foreach (var run in new[] { run1, run2 })
        {
            if (!run.IsComplete) throw LedgerException.Conflict($"run {run.RunId} is {run.Status}: it has no results", "Only complete runs can be compared.");
        }
        if (run1.DatasetId != run2.DatasetId)
            throw LedgerException.Invalid("run_id", "the two runs looked at different datasets and have no star in common", "Compare runs over the same dataset.");
        try
        {
            await using var connection = await ledger.ConnectAsync(cancellation);
            var (both, marked1, marked2, within1, within2, common) = await CountsAsync(connection, run1, run2, cancellation);
            var clusters = run1.RunType == RunTypes.Cluster && run2.RunType == RunTypes.Cluster ? await MatchesAsync(connection, run1, run2, cancellation) : null;
            return new RunAgreement(run1, run2, both, marked1, marked2, common,
                Hypergeometric.Mean(both, within1, within2), Hypergeometric.Log10UpperTail(both, within1, within2, common),
                clusters is null ? null : new ContingencyTable(clusters.Select(c => (c.Cluster1, c.Cluster2, c.Stars))).AdjustedRandIndex(), clusters ?? []);
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e);
        }
    }

    static string Mark(string alias, DiscoveryRun run) => run.RunType == RunTypes.Anomaly ? $"coalesce({alias}.is_anomaly = 1, false)" : $"coalesce({alias}.cluster_id = -1, false)";

    static async Task<(long Both, long Marked1, long Marked2, long Within1, long Within2, long Common)> CountsAsync(
        NpgsqlConnection connection, DiscoveryRun run1, DiscoveryRun run2, CancellationToken cancellation)
    {
        var (a, b) = (Mark("a", run1), Mark("b", run2));
        await using var command = Command(connection, run1, run2, $"""
            select count(*) filter (where a.star_id is not null and b.star_id is not null),
                   count(*) filter (where {a}), count(*) filter (where {b}),
                   count(*) filter (where {a} and b.star_id is not null), count(*) filter (where {b} and a.star_id is not null),
                   count(*) filter (where {a} and {b})
            from (select * from public.discovery_results where run_id = $1) a
            full join (select * from public.discovery_results where run_id = $2) b using (star_id)
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));
    }

    static async Task<List<ClusterMatch>> MatchesAsync(NpgsqlConnection connection, DiscoveryRun run1, DiscoveryRun run2, CancellationToken cancellation)
    {
        await using var command = Command(connection, run1, run2, """
            select a.cluster_id, b.cluster_id, count(*)
            from public.discovery_results a join public.discovery_results b using (star_id)
            where a.run_id = $1 and b.run_id = $2
            group by 1, 2 order by 3 desc, 1, 2
            """);
        var matches = new List<ClusterMatch>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) matches.Add(new ClusterMatch(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt64(2)));
        return matches;
    }

    static NpgsqlCommand Command(NpgsqlConnection connection, DiscoveryRun run1, DiscoveryRun run2, string sql) => new(sql, connection)
    {
        Parameters = { new() { Value = run1.RunId }, new() { Value = run2.RunId } },
        CommandTimeout = 600,
    };
}
