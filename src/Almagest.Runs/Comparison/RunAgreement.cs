using Almagest.Contract.Comparison;
using Almagest.Contract.Errors;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Runs.Comparison;

/// <summary>
/// How far two complete runs agree, star by star. A run <i>marks</i> the stars that it flags; a cluster run marks those that it leaves
/// out of every cluster.
/// </summary>
/// <param name="Marked1">stars that run 1 marks</param>
/// <param name="Marked2">stars that run 2 marks</param>
/// <param name="Overlap">the marks among the stars that both runs analysed, and what chance would give</param>
/// <param name="Clusters">of two cluster runs: how many stars of each cluster of run 1 are in each of run 2, most first; empty for
/// others</param>
/// <param name="AdjustedRandIndex">of two cluster runs, noise counted as a group (Hubert and Arabie 1985); null for others</param>
/// <param name="AdjustedMutualInformation">likewise (Vinh, Epps and Bailey 2010)</param>
/// <param name="NormalizedMutualInformation">likewise, not corrected for chance</param>
public sealed record RunAgreement(
    DiscoveryRun Run1,
    DiscoveryRun Run2,
    long Marked1,
    long Marked2,
    MarkOverlap Overlap,
    IReadOnlyList<ClusterMatch> Clusters,
    double? AdjustedRandIndex,
    double? AdjustedMutualInformation,
    double? NormalizedMutualInformation
)
{
    /// <summary>Stars that both runs looked at.</summary>
    public long AnalysedByBoth => Overlap.Shared;

    /// <summary>That the two have one detector, so that their overlap tests nothing, as a sentence; null where they do not.</summary>
    public string? Remark => RunOrigin.Remark(Run1, Run2);

    /// <summary>Stars that both mark.</summary>
    public long Common => Overlap.Common;

    public long OnlyIn1 => Marked1 - Common;
    public long OnlyIn2 => Marked2 - Common;

    /// <summary>Common over marked by either, among the stars that both analysed, [0, 1]; 0 where neither marks a star.</summary>
    public double JaccardSimilarity => Overlap.Jaccard;
}

/// <summary>Measures the agreement of two runs from their raw results.</summary>
public sealed class RunAgreementReader(LedgerDatabase ledger)
{
    /// <exception cref="LedgerException">a run is not complete, the two are one, or they have no star in common</exception>
    public async Task<RunAgreement> ReadAsync(DiscoveryRun run1, DiscoveryRun run2, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run1);
        ArgumentNullException.ThrowIfNull(run2);
        if (run1.RunId == run2.RunId)
            throw LedgerException.Of(
                ErrorCode.RunsNotComparable,
                "the two runs are one and the same",
                "Name two different runs.",
                "run_id"
            );
        ComparedRuns.RequireComplete(run1);
        ComparedRuns.RequireComplete(run2);
        if (!RunDatasets.Share(run1, run2))
            throw LedgerException.Of(
                ErrorCode.RunsNotComparable,
                "the two runs looked at different datasets, whose rows are not the same stars by themselves",
                "Compare runs over the same dataset. Of two over two datasets of the same stars, ask what changed.",
                "run_id"
            );
        if (run1.StarSetId is not null || run2.StarSetId is not null)
            return await OfSetsAsync(run1, run2, cancellationToken);
        return await ledger.AskAsync(
            async connection =>
            {
                var (marked1, marked2, overlap) = await CountsAsync(connection, run1, run2, cancellationToken);
                if (run1.RunType != RunTypes.Cluster || run2.RunType != RunTypes.Cluster)
                    return new RunAgreement(run1, run2, marked1, marked2, overlap, [], null, null, null);
                return Of(run1, run2, marked1, marked2, overlap, await MatchesAsync(connection, run1, run2, cancellationToken));
            },
            cancellationToken
        );
    }

    // Where one has its results in files, what it analysed is a set beside its flagged stars, or the members of its clusters.
    private async Task<RunAgreement> OfSetsAsync(DiscoveryRun run1, DiscoveryRun run2, CancellationToken cancellationToken)
    {
        var marks = await new RunSetReader(ledger).MarksAsync([run1, run2], cancellationToken);
        var (first, second) = (marks[0], marks[1]);
        var overlap = MarkOverlap.Count(first.Analysed, first.Marked, second.Analysed, second.Marked);
        if (run1.RunType != RunTypes.Cluster || run2.RunType != RunTypes.Cluster)
            return new RunAgreement(run1, run2, first.Marked.Count, second.Marked.Count, overlap, [], null, null, null);
        var clusters = await ledger.AskAsync(
            async connection =>
                WithNoise(
                    await MatchesAsync(connection, run1, run2, cancellationToken),
                    await SharedMembersAsync(connection, run1, second.Analysed, cancellationToken),
                    await SharedMembersAsync(connection, run2, first.Analysed, cancellationToken),
                    overlap.Shared
                ),
            cancellationToken
        );
        return Of(run1, run2, first.Marked.Count, second.Marked.Count, overlap, clusters);
    }

    private static RunAgreement Of(
        DiscoveryRun run1,
        DiscoveryRun run2,
        long marked1,
        long marked2,
        MarkOverlap overlap,
        IReadOnlyList<ClusterMatch> clusters
    )
    {
        var table = new ContingencyTable(clusters.Select(c => (c.Cluster1, c.Cluster2, c.Stars)));
        return new RunAgreement(
            run1,
            run2,
            marked1,
            marked2,
            overlap,
            clusters,
            table.AdjustedRandIndex(),
            MutualInformation.Adjusted(table),
            MutualInformation.Normalized(table)
        );
    }

    /// <summary>The whole table, from what two runs have in common in clusters and what each has of the stars that the other analysed: what
    /// is in no cluster is left of them.</summary>
    /// <param name="shared">stars that both analysed</param>
    private static List<ClusterMatch> WithNoise(
        IEnumerable<ClusterMatch> matches,
        Dictionary<int, long> members1,
        Dictionary<int, long> members2,
        long shared
    )
    {
        List<ClusterMatch> all = [.. matches.Where(m => m.Cluster1 >= 0 && m.Cluster2 >= 0)];
        var (of1, of2) = (new Dictionary<int, long>(members1), new Dictionary<int, long>(members2));
        var noise = shared - of1.Values.Sum() - of2.Values.Sum();
        foreach (var m in all)
        {
            of1[m.Cluster1] -= m.Stars;
            of2[m.Cluster2] -= m.Stars;
            noise += m.Stars;
        }
        all.AddRange(of1.Select(m => new ClusterMatch(m.Key, -1, m.Value)));
        all.AddRange(of2.Select(m => new ClusterMatch(-1, m.Key, m.Value)));
        all.Add(new ClusterMatch(-1, -1, noise));
        return [.. all.Where(m => m.Stars > 0).OrderByDescending(m => m.Stars).ThenBy(m => m.Cluster1).ThenBy(m => m.Cluster2)];
    }

    // How many members each cluster has among some stars.
    private static async Task<Dictionary<int, long>> SharedMembersAsync(
        NpgsqlConnection connection,
        DiscoveryRun run,
        StarSet among,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            "select cluster_id, star_id from public.discovery_results where run_id = $1 and cluster_id >= 0",
            connection
        )
        {
            Parameters = { new() { Value = run.RunId } },
            CommandTimeout = 600,
        };
        var members = new Dictionary<int, long>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            if (among.Contains(reader.GetInt64(1)))
                members[reader.GetInt32(0)] = members.GetValueOrDefault(reader.GetInt32(0)) + 1;
        return members;
    }

    internal static string Mark(string alias, DiscoveryRun run) =>
        run.RunType == RunTypes.Anomaly ? $"coalesce({alias}.is_anomaly = 1, false)" : $"coalesce({alias}.cluster_id = -1, false)";

    private static async Task<(long Marked1, long Marked2, MarkOverlap Overlap)> CountsAsync(
        NpgsqlConnection connection,
        DiscoveryRun run1,
        DiscoveryRun run2,
        CancellationToken cancellationToken
    )
    {
        var (a, b) = (Mark("a", run1), Mark("b", run2));
        await using var command = Command(
            connection,
            run1,
            run2,
            $"""
            select count(*) filter (where a.star_id is not null and b.star_id is not null),
                   count(*) filter (where {a}), count(*) filter (where {b}),
                   count(*) filter (where {a} and b.star_id is not null), count(*) filter (where {b} and a.star_id is not null),
                   count(*) filter (where {a} and {b})
            from (select * from public.discovery_results where run_id = $1) a
            full join (select * from public.discovery_results where run_id = $2) b using (star_id)
            """
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (
            reader.GetInt64(1),
            reader.GetInt64(2),
            new MarkOverlap(reader.GetInt64(0), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5))
        );
    }

    private static async Task<List<ClusterMatch>> MatchesAsync(
        NpgsqlConnection connection,
        DiscoveryRun run1,
        DiscoveryRun run2,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(
            connection,
            run1,
            run2,
            """
            select a.cluster_id, b.cluster_id, count(*)
            from public.discovery_results a join public.discovery_results b using (star_id)
            where a.run_id = $1 and b.run_id = $2
            group by 1, 2 order by 3 desc, 1, 2
            """
        );
        var matches = new List<ClusterMatch>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            matches.Add(new ClusterMatch(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt64(2)));
        return matches;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, DiscoveryRun run1, DiscoveryRun run2, string sql) =>
        new(sql, connection)
        {
            Parameters =
            {
                new() { Value = run1.RunId },
                new() { Value = run2.RunId },
            },
            CommandTimeout = 600,
        };
}
