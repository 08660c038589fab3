using Almagest.Contract.Errors;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Comparison;

/// <summary>The stars on which many anomaly runs agree.</summary>
/// <param name="Runs">the runs that were asked, with their weights among all of them</param>
/// <param name="EffectiveRuns">sum of the weights: how many unrelated runs they are worth</param>
/// <param name="Stars">the surest first</param>
/// <param name="Total">stars that at least one run flags</param>
public sealed record StarConsensusList(
    IReadOnlyList<(DiscoveryRun Run, double Weight)> Runs,
    double EffectiveRuns,
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
        ConsensusOrder order = ConsensusOrder.Low,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0)
            return new StarConsensusList([], 0, [], 0);
        ComparedRuns.RequireType(runs, RunTypes.Anomaly);
        ComparedRuns.RequireOneDataset(runs);
        var ordered = runs.OrderBy(r => r.RunId).ToList();
        var ranking = new ConsensusRanking(await new RunSetReader(ledger).MarksAsync(ordered, cancellationToken));
        var top = ranking.Top(Math.Clamp(limit, 0, MostStars), order, cancellationToken);
        var ids = top.Select(s => s.StarId).ToArray();
        var stars = (await ledger.ReadAsync(context => context.Stars.Where(s => ids.Contains(s.StarId)), cancellationToken)).ToDictionary(
            s => s.StarId
        );
        var weights = ranking.Weights.ToList();
        return new StarConsensusList(
            [.. ordered.Zip(weights)],
            weights.Sum(),
            [.. top.Where(s => stars.ContainsKey(s.StarId)).Select(s => (s, stars[s.StarId]))],
            ranking.Count
        );
    }
}
