using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Results;

namespace Almagest.Runs.Resources;

/// <summary>The stars that a run left out, as the API and the command line give them.</summary>
public static class ExclusionResources
{
    /// <param name="most">most stars; their counts are of all</param>
    public static async Task<ExcludedStarList> ReadAsync(
        LedgerDatabase ledger,
        DiscoveryRun run,
        int most,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        var reader = new ExcludedStarReader(ledger);
        var excluded = await reader.FindAsync(run, cancellationToken);
        var stars = new List<ExcludedStar>();
        await foreach (var batch in reader.ReadAsync(excluded, cancellationToken))
        {
            stars.AddRange(batch.Take(most - stars.Count).Select(x => x.Star.ToExcludedStar(x.Reason)));
            if (stars.Count == most)
                break;
        }
        var counts = excluded.Select(e => new ExcludedCount(e.Reason, e.Count)).ToList();
        return new ExcludedStarList(run.RunId, run.TotalStars, counts, stars, counts.Sum(c => c.Count) > stars.Count);
    }
}
