using Almagest.Contract.Errors;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Runs.Comparison;

/// <summary>The stars on which many anomaly runs agree.</summary>
/// <param name="Runs">the runs that were asked, in order of creation</param>
/// <param name="DrawOf">the draw of each, from 0: runs of one number share a fitted detector</param>
/// <param name="Questions">what they ask, by their places</param>
/// <param name="Stars">the surest first</param>
/// <param name="Total">stars that at least one run flags</param>
public sealed record StarConsensusList(
    IReadOnlyList<DiscoveryRun> Runs,
    IReadOnlyList<int> DrawOf,
    IReadOnlyList<ConsensusQuestion> Questions,
    ConsensusOptions Options,
    IReadOnlyList<(StarConsensus Consensus, Star Star)> Stars,
    long Total
)
{
    /// <summary>By star: the mean over the runs that know it of the chance that its true values are flagged, given what was
    /// measured. Empty where a run has its results in files: of it, the ledger knows the chances of flagged stars alone.</summary>
    public IReadOnlyDictionary<long, double> FlagProbabilities { get; init; } = new Dictionary<long, double>();
}

/// <summary>Ranks stars over many anomaly runs, see <see cref="ConsensusRanking"/>.</summary>
public sealed class ConsensusReader(LedgerDatabase ledger)
{
    /// <summary>Most stars of one answer.</summary>
    public const int MostStars = 10_000;

    /// <param name="runs">complete anomaly runs over one dataset; their order does not matter</param>
    /// <exception cref="LedgerException">the runs are of another type, or over several datasets</exception>
    public async Task<StarConsensusList> ReadAsync(
        IReadOnlyList<DiscoveryRun> runs,
        int limit = 100,
        ConsensusOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0)
            return new StarConsensusList([], [], [], options ?? ConsensusOptions.Default, [], 0);
        ComparedRuns.RequireType(runs, RunTypes.Anomaly);
        ComparedRuns.RequireOneDataset(runs);
        var ordered = runs.OrderBy(r => r.RunId).ToList();
        var ranking = await RankAsync(ledger, ordered, options, cancellationToken);
        var top = ranking.Top(Math.Clamp(limit, 0, MostStars), cancellationToken);
        var ids = top.Select(s => s.StarId).ToArray();
        var stars = (await ledger.ReadAsync(context => context.Stars.Where(s => ids.Contains(s.StarId)), cancellationToken)).ToDictionary(
            s => s.StarId
        );
        return new StarConsensusList(
            ordered,
            ranking.DrawOf,
            ranking.Questions,
            options ?? ConsensusOptions.Default,
            [.. top.Where(s => stars.ContainsKey(s.StarId)).Select(s => (s, stars[s.StarId]))],
            ranking.Count
        )
        {
            FlagProbabilities = await FlagProbabilitiesAsync(ledger, ordered, ids, cancellationToken),
        };
    }

    internal static Task<Dictionary<long, double>> FlagProbabilitiesAsync(
        LedgerDatabase ledger,
        List<DiscoveryRun> runs,
        long[] stars,
        CancellationToken cancellationToken
    )
    {
        // A mean over the runs that flag a star would be too high.
        if (runs.Exists(r => r.StarSetId is not null))
            return Task.FromResult(new Dictionary<long, double>());
        return ledger.AskAsync(
            async connection =>
            {
                // Shares of draws are sums of few terms: in the order of the runs, so that the mean is the same each time.
                await using var command = new NpgsqlCommand(
                    """
                    select star_id, avg(flag_probability order by run_id)
                    from public.discovery_results
                    where run_id = any($1) and star_id = any($2) and flag_probability is not null
                    group by star_id
                    """,
                    connection
                )
                {
                    CommandTimeout = 600,
                    Parameters =
                    {
                        new() { Value = runs.Select(r => r.RunId).ToArray() },
                        new() { Value = stars },
                    },
                };
                var means = new Dictionary<long, double>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    means.Add(reader.GetInt64(0), reader.GetDouble(1));
                return means;
            },
            cancellationToken
        );
    }

    internal static async Task<ConsensusRanking> RankAsync(
        LedgerDatabase ledger,
        IReadOnlyList<DiscoveryRun> runs,
        ConsensusOptions? options,
        CancellationToken cancellationToken
    ) => new(RunOrigin.Of(runs, await new RunSetReader(ledger).MarksAsync(runs, cancellationToken)), options, cancellationToken);
}
