using Almagest.Contract.Errors;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;

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
);

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
        );
    }

    internal static async Task<ConsensusRanking> RankAsync(
        LedgerDatabase ledger,
        IReadOnlyList<DiscoveryRun> runs,
        ConsensusOptions? options,
        CancellationToken cancellationToken
    ) => new(RunOrigin.Of(runs, await new RunSetReader(ledger).MarksAsync(runs, cancellationToken)), options, cancellationToken);
}
