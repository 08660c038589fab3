using Almagest.Contract.Errors;
using Almagest.Discovery.Consensus;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Runs.Comparison;

/// <summary>
/// Reads what complete runs analysed, marked and clustered, as sets of stars. A run <i>marks</i> the stars that it flags; a cluster run
/// marks those that it leaves out of every cluster.
/// </summary>
/// <remarks>
/// The database packs 64 neighbouring stars into one row of bits, so that a run of 100,000 stars is about 1,600 rows. Runs with the same
/// dataset, filter, number of stars and, where they exclude stars, recipe analysed the same stars (a dataset never changes), which are read
/// once and shared. What a run with results in files analysed is read from its set.
/// </remarks>
public sealed class RunSetReader(LedgerDatabase ledger)
{
    /// <summary>Labels of cluster runs that are compared at once: at four bytes each they stay below half a gigabyte.</summary>
    private const long MostLabels = 100_000_000;

    /// <summary>What each run analysed and marked, in the order of the runs.</summary>
    public async Task<IReadOnlyList<MarkedRun>> MarksAsync(IReadOnlyList<DiscoveryRun> runs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var analysed = await AnalysedAsync(runs, cancellationToken);
        // One condition a query, so that each meets its own index: (run_id, is_anomaly) and (run_id, cluster_id).
        var marked = await ReadAsync("is_anomaly = 1", [.. runs.Where(r => r.RunType == RunTypes.Anomaly)], cancellationToken);
        foreach (
            var (id, set) in await ReadAsync(
                "cluster_id = -1",
                [.. runs.Where(r => r.RunType == RunTypes.Cluster && r.StarSetId is null)],
                cancellationToken
            )
        )
            marked.Add(id, set);
        // With results in files the noise is what is left of all.
        var clustered = await ReadAsync("cluster_id >= 0", [.. runs.Where(RunRows.IsNoiseInFiles)], cancellationToken);
        for (var i = 0; i < runs.Count; i++)
            if (RunRows.IsNoiseInFiles(runs[i]))
                marked[runs[i].RunId] = clustered.TryGetValue(runs[i].RunId, out var members)
                    ? StarSet.Without(analysed[i], members)
                    : analysed[i];
        return [.. runs.Select((r, i) => new MarkedRun(analysed[i], marked.GetValueOrDefault(r.RunId) ?? new StarSet()))];
    }

    /// <summary>The stars that each run analysed; one set for all runs over one selection that leave out the same stars of it.</summary>
    public async Task<IReadOnlyList<StarSet>> AnalysedAsync(IReadOnlyList<DiscoveryRun> runs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        static (long, string, string, long) Selection(DiscoveryRun r) =>
            (r.DatasetId, r.DatasetFilter, RunParametersJson.Leaves(r), r.TotalStars);
        var representatives = runs.GroupBy(Selection).ToDictionary(g => g.Key, g => g.First());
        var sets = await ReadAsync("true", [.. representatives.Values.Where(r => r.StarSetId is null)], cancellationToken);
        // The others have the flagged stars, or the members of clusters, alone in the table of results.
        var kept = new Dictionary<long, StarSet>();
        foreach (var run in representatives.Values)
        {
            if (run.StarSetId is not { } id)
                continue;
            if (!kept.TryGetValue(id, out var set))
                kept.Add(id, set = await new AnalysedSets(ledger).ReadAsync(id, cancellationToken));
            sets.Add(run.RunId, set);
        }
        var bySelection = representatives.ToDictionary(r => r.Key, r => sets.GetValueOrDefault(r.Value.RunId) ?? new StarSet());
        return [.. runs.Select(r => bySelection[Selection(r)])];
    }

    /// <summary>The clusters of each cluster run, by their numbers.</summary>
    /// <exception cref="LedgerException">they are too much for memory</exception>
    public async Task<IReadOnlyList<ClusteredRun>> ClustersAsync(
        IReadOnlyList<DiscoveryRun> runs,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count > 0 && runs.Count * runs.Max(r => r.TotalStars) is > MostLabels and var labels)
        {
            throw LedgerException.Of(
                ErrorCode.RunsNotComparable,
                $"{runs.Count} cluster runs of up to {runs.Max(r => r.TotalStars)} stars have {labels} labels, at most {MostLabels} "
                    + $"can be compared at once",
                "Name fewer runs.",
                "run_ids"
            );
        }
        var analysed = await AnalysedAsync(runs, cancellationToken);
        var found = new List<ClusteredRun>();
        await ledger.AskAsync(
            async connection =>
            {
                for (var i = 0; i < runs.Count; i++)
                {
                    await using var command = new NpgsqlCommand(
                        """
                        select cluster_id, array_agg(star_id) from public.discovery_results
                        where run_id = $1 and cluster_id >= 0 group by cluster_id order by cluster_id
                        """,
                        connection
                    )
                    {
                        Parameters = { new() { Value = runs[i].RunId } },
                        CommandTimeout = 600,
                    };
                    var clusters = new List<LabelledCluster>();
                    await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                    while (await reader.ReadAsync(cancellationToken))
                        clusters.Add(new LabelledCluster(reader.GetInt32(0), Sorted(reader.GetFieldValue<long[]>(1))));
                    found.Add(new ClusteredRun(analysed[i], clusters));
                }
            },
            cancellationToken
        );
        return found;
    }

    private static long[] Sorted(long[] ids)
    {
        Array.Sort(ids);
        return ids;
    }

    private async Task<Dictionary<Guid, StarSet>> ReadAsync(
        string condition,
        IReadOnlyList<DiscoveryRun> runs,
        CancellationToken cancellationToken
    )
    {
        var sets = new Dictionary<Guid, StarSet>();
        if (runs.Count == 0)
            return sets;
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"""
                    select run_id, star_id >> 6, bit_or(1::bigint << (star_id & 63)::integer)
                    from public.discovery_results where run_id = any($1) and {condition} group by 1, 2
                    """,
                    connection
                )
                {
                    Parameters = { new() { Value = runs.Select(r => r.RunId).ToArray() } },
                    CommandTimeout = 600,
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    var id = reader.GetGuid(0);
                    if (!sets.TryGetValue(id, out var set))
                        sets.Add(id, set = new StarSet());
                    set.AddWord(reader.GetInt64(1), unchecked((ulong)reader.GetInt64(2)));
                }
                return sets;
            },
            cancellationToken
        );
    }
}
