using Almagest.Contract.Errors;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Npgsql;

namespace Almagest.Runs.CrossMatching;

/// <summary>How far two runs over two datasets agree about the pairs of stars that a cross-match links.</summary>
/// <param name="Links">pairs whose stars both runs analysed are <c>Overlap.Shared</c>; this counts all pairs of the match</param>
/// <param name="Overlap">the marks among these pairs, and what chance would give</param>
/// <param name="AdjustedRandIndex">of two cluster runs, over these pairs, noise counted as a group; null for others</param>
public sealed record LinkedAgreement(DiscoveryRun Run1, DiscoveryRun Run2, long Links, MarkOverlap Overlap, double? AdjustedRandIndex);

/// <summary>Compares runs of two datasets through links: a run marks a pair if it marks the pair's star.</summary>
public sealed class LinkedComparison(LedgerDatabase ledger)
{
    /// <param name="run1">a complete run over dataset 1 of the match, or over dataset 2 while run2 is over dataset 1: they are put in
    /// order</param>
    /// <exception cref="LedgerException">a run is not complete, or they are not over the two datasets</exception>
    public async Task<LinkedAgreement> ReadAsync(
        CrossMatch match,
        DiscoveryRun run1,
        DiscoveryRun run2,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(match);
        ArgumentNullException.ThrowIfNull(run1);
        ArgumentNullException.ThrowIfNull(run2);
        ComparedRuns.RequireComplete(run1);
        ComparedRuns.RequireComplete(run2);
        RunRows.Require(run1);
        RunRows.Require(run2);
        if (run1.DatasetId == match.Dataset2Id && run2.DatasetId == match.Dataset1Id)
            (run1, run2) = (run2, run1);
        if (run1.DatasetId != match.Dataset1Id || run2.DatasetId != match.Dataset2Id)
            throw LedgerException.Of(
                ErrorCode.RunsNotComparable,
                $"cross-match {match.MatchId} links datasets {match.Dataset1Id} and {match.Dataset2Id}, the runs are over "
                    + $"{run1.DatasetId} and {run2.DatasetId}",
                "Name one run over each of the two datasets.",
                "run_id"
            );
        var bothCluster = run1.RunType == RunTypes.Cluster && run2.RunType == RunTypes.Cluster;
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    -- A step for each side: of a distributed ledger, the stars of the two lie on different machines.
                    with firsts as materialized (
                      select l.star_2_id, coalesce(a.cluster_id, 0) as cluster,
                        coalesce(a.is_anomaly = 1 or a.cluster_id = -1, false) as marked
                      from public.star_links l
                      join public.discovery_results a on a.run_id = $2 and a.star_id = l.star_1_id
                      where l.match_id = $1
                    )
                    select f.cluster, coalesce(b.cluster_id, 0), f.marked, coalesce(b.is_anomaly = 1 or b.cluster_id = -1, false), count(*)
                    from firsts f
                    join public.discovery_results b on b.run_id = $3 and b.star_id = f.star_2_id
                    group by 1, 2, 3, 4
                    """,
                    connection
                )
                {
                    CommandTimeout = 600,
                    Parameters =
                    {
                        new() { Value = match.MatchId },
                        new() { Value = run1.RunId },
                        new() { Value = run2.RunId },
                    },
                };
                var cells = new List<(int, int, long)>();
                long shared = 0,
                    marked1 = 0,
                    marked2 = 0,
                    common = 0;
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    var (mark1, mark2, pairs) = (reader.GetBoolean(2), reader.GetBoolean(3), reader.GetInt64(4));
                    shared += pairs;
                    if (mark1)
                        marked1 += pairs;
                    if (mark2)
                        marked2 += pairs;
                    if (mark1 && mark2)
                        common += pairs;
                    cells.Add((reader.GetInt32(0), reader.GetInt32(1), pairs));
                }
                return new LinkedAgreement(
                    run1,
                    run2,
                    match.LinkCount,
                    new MarkOverlap(shared, marked1, marked2, common),
                    bothCluster && shared > 0 ? new ContingencyTable(cells).AdjustedRandIndex() : null
                );
            },
            cancellationToken
        );
    }
}
